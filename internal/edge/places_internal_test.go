package edge

import (
	"net/netip"
	"testing"
)

func TestAnIPv6CustomerHasOneNetwork(t *testing.T) {
	t.Parallel()
	p := newPlaces(Streams{All: 10, PerAddress: 1}.orDefaults())
	var leaves []func()
	for _, address := range []string{"2001:db8::1", "2001:db8:0:1::1", "192.0.2.1", "192.0.2.2"} {
		leave, err := p.enter(netip.MustParseAddr(address))
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		leaves = append(leaves, leave)
	}
	for _, address := range []string{"2001:db8::1", "2001:db8::2:3", "192.0.2.1"} {
		if _, err := p.enter(netip.MustParseAddr(address)); err == nil {
			t.Errorf("%s is let in twice", address)
		}
	}
	if p.taken() != 4 {
		t.Errorf("%d places are taken", p.taken())
	}
	for _, leave := range leaves {
		leave()
	}
	if p.taken() != 0 || len(p.of) != 0 {
		t.Errorf("%d places are taken, and %d addresses remembered, of nobody", p.taken(), len(p.of))
	}
	if _, err := p.enter(netip.MustParseAddr("2001:db8::2:3")); err != nil {
		t.Errorf("a place that was left is not free: %v", err)
	}
}
