package edge

import (
	"net/netip"
	"testing"
)

func TestAnIPv6CustomerHasOneNetwork(t *testing.T) {
	t.Parallel()
	p := newPlaces(Streams{All: 10, PerAddress: 1}.orDefaults())
	for address, welcome := range map[string]bool{"2001:db8::1": true, "2001:db8:0:1::1": true, "192.0.2.1": true, "192.0.2.2": true} {
		leave, err := p.enter(netip.MustParseAddr(address))
		if (err == nil) != welcome {
			t.Errorf("%s: %v", address, err)
		}
		if _, err := p.enter(netip.MustParseAddr(address)); err == nil {
			t.Errorf("%s is let in twice", address)
		}
		if address == "2001:db8::1" {
			if _, err := p.enter(netip.MustParseAddr("2001:db8::2:3")); err == nil {
				t.Error("another address of the same network is let in")
			}
		}
		defer leave()
	}
	if p.taken() != 4 {
		t.Errorf("%d places are taken", p.taken())
	}
}
