package edge_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"galley/internal/edge"
)

func TestOtherOrigins(t *testing.T) {
	t.Parallel()
	shop := newShop(t, func(c *edge.Config) { c.Origins = []string{"https://www.shop.example", "http://localhost:5173"} })
	preflight := func(from string) request {
		return request{method: "OPTIONS", header: headers("Origin", from,
			"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type,x-cart-token")}
	}
	for _, from := range []string{"https://www.shop.example", "http://localhost:5173"} {
		t.Run(from+" is told that it may ask", func(t *testing.T) {
			t.Parallel()
			w := preflight(from).to(shop)
			for name, want := range map[string]string{
				"Access-Control-Allow-Origin": from, "Access-Control-Allow-Credentials": "true", "Access-Control-Allow-Methods": "GET, POST",
				"Access-Control-Allow-Headers": "content-type,x-cart-token", "Access-Control-Max-Age": "7200",
			} {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			if w.Code != http.StatusNoContent || w.Body.Len() > 0 || !slices.Contains(w.Header().Values("Vary"), "Origin") {
				t.Errorf("status %d, %v: %s", w.Code, w.Header(), w.Body)
			}
		})
		t.Run(from+" reads the answer", func(t *testing.T) {
			t.Parallel()
			w := request{header: headers("Origin", from, "Sec-Fetch-Site", "same-site"), body: `{"query":"{ hello }"}`}.to(shop)
			for name, want := range map[string]string{
				"Access-Control-Allow-Origin": from, "Access-Control-Allow-Credentials": "true", "Access-Control-Expose-Headers": "X-Request-Id",
			} {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			if a := read(t, w.Body); a.Data == nil || !slices.Contains(w.Header().Values("Vary"), "Origin") {
				t.Errorf("status %d, %v", w.Code, w.Header())
			}
		})
		t.Run(from+" reads errors too", func(t *testing.T) {
			t.Parallel()
			w := request{header: headers("Origin", from, "Authorization", "Bearer bad-token"), body: `{"query":"{ hello }"}`}.to(shop)
			if w.Code != http.StatusUnauthorized || w.Header().Get("Access-Control-Allow-Origin") != from {
				t.Errorf("status %d, %v", w.Code, w.Header())
			}
		})
	}
	for _, from := range []string{
		"https://evil.example", "null", "", "https://www.shop.example.evil.example", "https://www.shop.example:443",
		"https://WWW.shop.example", "http://www.shop.example", "https://www.shop.example, https://evil.example", "*", "http://localhost:51730",
	} {
		t.Run("an origin of "+from+" hears nothing", func(t *testing.T) {
			t.Parallel()
			for _, r := range []request{
				preflight(from),
				{header: headers("Origin", from), body: `{"query":"{ hello }"}`},
				{method: "GET", target: get("query", "{ hello }"), header: headers("Origin", from)},
			} {
				w := r.to(shop)
				for name := range w.Header() {
					if strings.HasPrefix(name, "Access-Control-") {
						t.Errorf("%s: %s %v", r.method, name, w.Header()[name])
					}
				}
				if r.method == "OPTIONS" && w.Code != http.StatusMethodNotAllowed {
					t.Errorf("status %d", w.Code)
				}
				if !slices.Contains(w.Header().Values("Vary"), "Origin") {
					t.Errorf("%s: a cache could give this to another origin: %v", r.method, w.Header().Values("Vary"))
				}
			}
		})
	}
	t.Run("without a setting nobody hears anything", func(t *testing.T) {
		t.Parallel()
		w := preflight("https://www.shop.example").to(newShop(t, nil))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("status %d, %v", w.Code, w.Header())
		}
	})
	t.Run("what is no origin does not start", func(t *testing.T) {
		t.Parallel()
		for _, bad := range []string{"*", "shop.example", "https://shop.example/", ""} {
			server, err := edge.New(edge.Config{Executor: newExecutor(nil), Origins: []string{bad}})
			if err == nil {
				t.Errorf("%q: %v", bad, server)
			}
		}
	})
}
