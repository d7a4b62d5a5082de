package edge_test

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"

	"galley/internal/edge"
	"galley/internal/origin"
)

// visit is what a shop gets to know of a request: its credentials and where it comes from.
type visit struct {
	edge.Credentials
	origin.Origin
	came bool
}

// visited has a shop of a test's own answer a request, and returns what it got to know.
func visited(t *testing.T, change func(*edge.Config), r request) (v visit, status int) {
	t.Helper()
	shop := newShop(t, func(c *edge.Config) {
		c.Viewer = func(ctx context.Context, credentials edge.Credentials) (context.Context, error) {
			v = visit{credentials, origin.From(ctx), true}
			return ctx, nil
		}
		if change != nil {
			change(c)
		}
	})
	if r.body == "" && r.method == "" {
		r.body = `{"query":"{ hello }"}`
	}
	return v, r.to(shop).Code
}

func behind(networks ...string) func(*edge.Config) {
	return func(c *edge.Config) {
		for _, n := range networks {
			c.TrustedProxies = append(c.TrustedProxies, netip.MustParsePrefix(n))
		}
	}
}

func TestTheClientsAddress(t *testing.T) {
	t.Parallel()
	proxies := behind("10.0.0.0/8", "fd00::/8")
	for _, c := range []struct {
		name      string
		change    func(*edge.Config)
		remote    string
		forwarded []string
		want      string
	}{
		{"without proxies it is the connection's", nil, "203.0.113.9:4711", nil, "203.0.113.9"},
		{"without proxies nobody's word is taken", nil, "203.0.113.9:4711", []string{"198.51.100.1"}, "203.0.113.9"},
		{"without proxies this machine's word is not taken either", nil, "127.0.0.1:4711", []string{"198.51.100.1"}, "127.0.0.1"},
		{"a proxy tells it", proxies, "10.1.1.1:80", []string{"198.51.100.1"}, "198.51.100.1"},
		{"a proxy that tells nothing is the client", proxies, "10.1.1.1:80", nil, "10.1.1.1"},
		{"this machine is not a proxy unless it is named", proxies, "127.0.0.1:80", []string{"198.51.100.1"}, "127.0.0.1"},
		{"this machine is one when it is", behind("127.0.0.0/8"), "127.0.0.1:80", []string{"198.51.100.1"}, "198.51.100.1"},
		{"what the client wrote itself does not count", proxies, "10.1.1.1:80", []string{"1.1.1.1, 2.2.2.2, 198.51.100.1"}, "198.51.100.1"},
		{"what it wrote in a header of its own does not either", proxies, "10.1.1.1:80", []string{"1.1.1.1", "198.51.100.1"}, "198.51.100.1"},
		{"a proxy's address in front of it does not either", proxies, "10.1.1.1:80", []string{"10.9.9.9, 198.51.100.1"}, "198.51.100.1"},
		{"proxies before proxies are passed over", proxies, "10.1.1.1:80", []string{"1.1.1.1,198.51.100.1,10.2.2.2", "fd00::7"}, "198.51.100.1"},
		{"where all are proxies it is the farthest", proxies, "10.1.1.1:80", []string{"10.3.3.3, 10.2.2.2"}, "10.3.3.3"},
		{"nonsense ends the way", proxies, "10.1.1.1:80", []string{"198.51.100.1, unknown, 10.2.2.2"}, "10.2.2.2"},
		{"nonsense at the end is no address", proxies, "10.1.1.1:80", []string{"198.51.100.1, _hidden"}, "10.1.1.1"},
		{"an empty element is no address", proxies, "10.1.1.1:80", []string{"198.51.100.1,"}, "10.1.1.1"},
		{"an address may have a port", proxies, "10.1.1.1:80", []string{"198.51.100.1:9999"}, "198.51.100.1"},
		{"an address of IPv6 may too", proxies, "[fd00::1]:80", []string{"[2001:db8::1]:9999"}, "2001:db8::1"},
		{"IPv4 within IPv6 is IPv4", proxies, "[::ffff:10.1.1.1]:80", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		{"a zone is not part of it", proxies, "10.1.1.1:80", []string{"fe80::1%eth0"}, "fe80::1"},
		{"the zone of a connection is not either", nil, "[fe80::1%lo]:80", nil, "fe80::1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			header := headers("Forwarded", "for=9.9.9.9", "X-Real-Ip", "9.9.9.9")
			header["X-Forwarded-For"] = c.forwarded
			v, status := visited(t, c.change, request{remote: c.remote, header: header})
			if v.Address.String() != c.want {
				t.Errorf("status %d: the address is %s, want %s", status, v.Address, c.want)
			}
		})
	}
	t.Run("a connection without one has none", func(t *testing.T) {
		t.Parallel()
		if v, _ := visited(t, nil, request{remote: "@"}); !v.came || v.Address.IsValid() {
			t.Errorf("got %+v", v)
		}
	})
}

func TestWhoComesPastTheProxiesIsRefused(t *testing.T) {
	t.Parallel()
	for remote, served := range map[string]bool{
		"127.0.0.1:1": true, "[::1]:1": true, "10.1.2.3:4": true, "[::ffff:10.1.2.3]:4": true, "[fd00::1]:4": true,
		"11.1.2.3:4": false, "[2001:db8::1]:4": false, "nonsense": false, "@": false,
	} {
		v, status := visited(t, behind("10.0.0.0/8", "fd00::/8"), request{remote: remote})
		if v.came != served || served != (status == 200) {
			t.Errorf("%q: served %v, status %d", remote, v.came, status)
		}
	}
}

func TestAProxyOnThisMachineThatIsNotNamedIsWarnedOfOnce(t *testing.T) {
	t.Parallel()
	hop := request{remote: "127.0.0.1:1", header: headers("X-Forwarded-For", "198.51.100.1"), body: `{"query":"{ hello }"}`}
	for name, c := range map[string]struct {
		change func(*edge.Config)
		r      request
		want   int
	}{
		"production tells who runs it": {nil, hop, 1},
		"a named one is fine":          {behind("127.0.0.1/32"), hop, 0},
		"development says nothing":     {func(c *edge.Config) { c.Development = true }, hop, 0},
		"a stranger's word is no news": {nil, request{header: hop.header, body: hop.body}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			warnings := 0
			for _, line := range logged(t, c.change, c.r, c.r) {
				if message, _ := line["msg"].(string); strings.Contains(message, "GALLEY_TRUSTED_PROXIES") {
					warnings++
				}
			}
			if warnings != c.want {
				t.Errorf("warned %d times", warnings)
			}
		})
	}
}

func TestWhereARequestComesFrom(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, sent, want string }{
		{"the name of a browser is kept", "Mozilla/5.0 (X11)", "Mozilla/5.0 (X11)"},
		{"an endless one is cut", strings.Repeat("a", 501), strings.Repeat("a", 500)},
		{"it is not cut within a letter", strings.Repeat("a", 499) + "é", strings.Repeat("a", 499)},
		{"bytes that are no text are replaced", "a\xff\xfeb", "a�b"},
		{"bytes that are no text do not make it longer", strings.Repeat("\xffa", 400), strings.Repeat("�a", 125)},
		{"none is none", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v, _ := visited(t, nil, request{header: headers("User-Agent", c.sent)})
			if v.UserAgent != c.want || len(v.UserAgent) > 500 || !utf8.ValidString(v.UserAgent) {
				t.Errorf("got %q", v.UserAgent)
			}
			if v.RequestID != "made-id" {
				t.Errorf("request %q", v.RequestID)
			}
		})
	}
}
