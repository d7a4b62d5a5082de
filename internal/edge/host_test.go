package edge_test

import (
	"net/http"
	"strings"
	"testing"

	"galley/internal/edge"
)

func TestHosts(t *testing.T) {
	t.Parallel()
	development := newShop(t, func(c *edge.Config) { c.Development = true })
	production := newShop(t, nil)
	for host, home := range map[string]bool{
		"localhost": true, "localhost:8080": true, "LocalHost:1": true,
		"127.0.0.1": true, "127.0.0.1:8080": true, "127.1.2.3:80": true, "[::1]": true, "[::1]:8080": true,
		"[::ffff:127.0.0.1]:80": true,

		"evil.example": false, "evil.example:8080": false, "localhost.evil.example": false, "127.0.0.1.evil.example:80": false,
		"10.0.0.1:8080": false, "0.0.0.0:8080": false, "[::]:8080": false, "[2001:db8::1]": false,
		"": false, ":8080": false, "[::1": false, "[]": false, "2130706433": false, "0x7f.1": false, "evil@localhost": false,
	} {
		t.Run("host "+host, func(t *testing.T) {
			t.Parallel()
			for _, r := range []request{{body: `{"query":"{ hello }"}`}, {method: "GET", target: "/"}, {method: "GET", target: "/livez"}, {method: "GET", target: "/nowhere"}} {
				r.host = &host
				w := r.to(development)
				if refused := w.Code == http.StatusMisdirectedRequest; refused == home {
					t.Errorf("%s %s in development: %d", r.method, r.target, w.Code)
				}
				if !home && !strings.Contains(w.Body.String(), "localhost") {
					t.Errorf("it says %s", w.Body)
				}
				if w := r.to(production); w.Code == http.StatusMisdirectedRequest {
					t.Errorf("%s %s in production: %d", r.method, r.target, w.Code)
				}
			}
		})
	}
}
