package edge_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"galley/internal/edge"
	"galley/internal/fault"
	"galley/internal/origin"
)

func someTime() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }

// changing has a shop's viewer change the cookie of every request.
func changing(change func(*origin.Cookie), development bool) func(*edge.Config) {
	return func(c *edge.Config) {
		c.Now = someTime
		c.Development = development
		c.Viewer = func(ctx context.Context, _ edge.Credentials) (context.Context, error) {
			cookie := origin.From(ctx).Cookie
			if cookie == nil {
				return ctx, fault.New(fault.BadUserInput, "No cookie can be set here")
			}
			change(cookie)
			return ctx, nil
		}
	}
}

func anHour(c *origin.Cookie)  { c.Set("gs_new", someTime().Add(time.Hour)) }
func expired(c *origin.Cookie) { c.Set("gs_new", someTime().Add(-time.Hour)) }
func nothing(*origin.Cookie)   {}

const (
	safe    = "__Host-session=gs_new; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax"
	unsafe  = "session=gs_new; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax"
	cleared = "__Host-session=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax"
)

func TestCookiesAreSet(t *testing.T) {
	t.Parallel()
	loopback, shop := "127.0.0.1:8080", "shop.example"
	proxied := func(proto string) request {
		return request{host: &shop, remote: "10.0.0.1:1", header: headers("X-Forwarded-Proto", proto)}
	}
	for _, c := range []struct {
		name        string
		change      func(*origin.Cookie)
		development bool
		proxies     []string
		request     request
		want        string // "" is none
	}{
		{"through TLS they are the host's alone", anHour, false, nil, request{host: &shop, tls: true}, safe},
		{"through TLS on this machine too", anHour, true, nil, request{host: &loopback, tls: true}, safe},
		{"in clear text on this machine they are plain", anHour, true, nil, request{host: &loopback}, unsafe},
		{"in clear text on this machine they are plain in production", anHour, false, nil, request{host: &loopback}, unsafe},
		{"what comes in clear text in production came through a proxy's TLS", anHour, false, nil, request{host: &shop}, safe},
		{"a proxy says that it was TLS", anHour, false, []string{"10.0.0.0/8"}, proxied("https"), safe},
		{"a proxy says so in capitals, before what another says", anHour, false, []string{"10.0.0.0/8"}, proxied("HTTPS, http"), safe},
		{"a proxy says nothing", anHour, false, []string{"10.0.0.0/8"}, proxied(""), safe},
		{"a proxy says that it was clear text: there are none", anHour, false, []string{"10.0.0.0/8"}, proxied("http"), ""},
		{"who is no proxy cannot make them plain", anHour, false, nil, proxied("http"), safe},
		{"who is no proxy cannot make them safe", anHour, true, nil, request{host: &loopback, header: headers("X-Forwarded-Proto", "https")}, unsafe},
		{"they are taken away", (*origin.Cookie).Clear, false, nil, request{host: &shop}, cleared},
		{"a session that has ended takes them away", expired, false, nil, request{host: &shop}, cleared},
		{"nothing is set where nothing changed", nothing, false, nil, request{host: &shop}, ""},
		{"a form may not set them", anHour, false, nil, request{host: &shop, header: headers("Content-Type", "multipart/form-data; boundary=x"), body: "--x--"}, ""},
		{"a form with the header may", anHour, false, nil, request{host: &shop, header: headers("Content-Type", "multipart/form-data; boundary=x", "GraphQL-Require-Preflight", "1"), body: "--x--"}, safe},
		{"a link may not", anHour, false, nil, request{host: &shop, method: "GET", target: get("query", "{ hello }")}, ""},
		{"a request with a bearer token may not", anHour, false, nil, request{host: &shop, header: headers("Authorization", "Bearer good-token")}, ""},
		{"they are set with an error too", anHour, false, nil, request{host: &shop, body: `{"query":"{ nothing }"}`}, safe},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.request.body == "" && c.request.method == "" {
				c.request.body = `{"query":"{ hello }"}`
			}
			w := c.request.to(newShop(t, func(config *edge.Config) {
				behind(c.proxies...)(config)
				changing(c.change, c.development)(config)
			}))
			if got := strings.Join(w.Header().Values("Set-Cookie"), " and "); got != c.want {
				t.Errorf("status %d: set %q, want %q", w.Code, got, c.want)
			}
			if w.Header().Get("Cache-Control") != "no-store" {
				t.Error("the answer may be kept")
			}
		})
	}
}

func TestCookiesAreRead(t *testing.T) {
	t.Parallel()
	loopback, shop := "localhost:8080", "shop.example"
	for _, c := range []struct {
		name, host string
		header     http.Header
		want       string
		takenAway  bool
	}{
		{"the host's own is read", shop, headers("Cookie", "a=1; __Host-session=gs_old; b=2"), "gs_old", false},
		{"on another line too", shop, headers("Cookie", "a=1", "Cookie", "__Host-session=gs_old"), "gs_old", false},
		{"a plain one is not read through TLS", shop, headers("Cookie", "session=gs_old"), "", false},
		{"a plain one is read on this machine", loopback, headers("Cookie", "session=gs_old"), "gs_old", false},
		{"none but a plain one is", loopback, headers("Cookie", "__Host-session=gs_old"), "", false},
		{"a name in other letters is another", shop, headers("Cookie", "__host-session=gs_old"), "", false},
		{"two are none, and taken away", shop, headers("Cookie", "__Host-session=gs_old; __Host-session=gs_other"), "", true},
		{"two alike are none either", shop, headers("Cookie", "__Host-session=gs_old", "Cookie", "__Host-session=gs_old"), "", true},
		{"what is no token is none, and taken away", shop, headers("Cookie", "__Host-session=gs_<old>"), "", true},
		{"an endless one is none, and taken away", shop, headers("Cookie", "__Host-session=gs_"+strings.Repeat("a", 4_100)), "", true},
		{"an empty one is none, and taken away", shop, headers("Cookie", "__Host-session="), "", true},
		{"with a bearer token it is ignored, and stays", shop, headers("Cookie", "__Host-session=gs_old", "Authorization", "Bearer good-token"), "", false},
		{"with a bearer token two are ignored, and stay", shop, headers("Cookie", "__Host-session=gs_old; __Host-session=gs_other", "Authorization", "Bearer good-token"), "", false},
		{"a cart's token goes with it", shop, headers("Cookie", "__Host-session=gs_old", "X-Cart-Token", "ct_1"), "gs_old", false},
		{"so does an order's", shop, headers("Cookie", "__Host-session=gs_old", "X-Order-Token", "ot_1"), "gs_old", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var v visit
			w := request{host: &c.host, header: c.header, body: `{"query":"{ hello }"}`}.to(newShop(t, func(config *edge.Config) {
				config.Viewer = func(ctx context.Context, credentials edge.Credentials) (context.Context, error) {
					v = visit{credentials, origin.From(ctx), true}
					return ctx, nil
				}
			}))
			if v.Credentials.Cookie != c.want || w.Code != http.StatusOK {
				t.Errorf("status %d: read %q, want %q", w.Code, v.Credentials.Cookie, c.want)
			}
			if bearer := c.header.Get("Authorization") != ""; bearer != (v.Origin.Cookie == nil) || bearer != (v.Bearer != "") {
				t.Errorf("bearer %q, and the cookie can be set: %v", v.Bearer, v.Origin.Cookie != nil)
			}
			if v.CartToken != c.header.Get("X-Cart-Token") {
				t.Errorf("cart %q", v.CartToken)
			}
			if v.OrderToken != c.header.Get("X-Order-Token") {
				t.Errorf("order %q", v.OrderToken)
			}
			want := ""
			if c.takenAway {
				want = cleared
			}
			if got := w.Header().Get("Set-Cookie"); got != want {
				t.Errorf("set %q, want %q", got, want)
			}
		})
	}
	t.Run("a header that is no bearer token does not bring the cookie back", func(t *testing.T) {
		t.Parallel()
		for _, authorization := range []string{"", "Basic YTpi", "Bearer", "Bearer a b"} {
			v, status := visited(t, nil, request{header: http.Header{"Authorization": {authorization}, "Cookie": {"session=gs_old"}}})
			if v.came || status != http.StatusUnauthorized {
				t.Errorf("%q: status %d, %+v", authorization, status, v)
			}
		}
	})
}
