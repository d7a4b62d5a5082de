package edge

import (
	"net/netip"
	"testing"
)

func TestTrusted(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for remote, want := range map[string]bool{
		"127.0.0.1:1":         true,
		"[::1]:1":             true,
		"10.1.2.3:4":          true,
		"[::ffff:10.1.2.3]:4": true,
		"[fd00::1]:4":         true,
		"11.1.2.3:4":          false,
		"[2001:db8::1]:4":     false,
		"nonsense":            false,
		"":                    false,
	} {
		if got := trusted(remote, proxies); got != want {
			t.Errorf("%q is trusted: %v", remote, got)
		}
	}
}
