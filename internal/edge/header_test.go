package edge_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"galley/internal/edge"
)

// TestEveryAnswerIsSafeToShow asks for every route there is, and for what is none, rightly and wrongly. The headers are
// those of OWASP's Secure Headers project that do something for what is served here.
func TestEveryAnswerIsSafeToShow(t *testing.T) {
	t.Parallel()
	panics := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("on purpose") })
	shop := newShop(t, func(c *edge.Config) {
		explorer(c)
		letters(c)
		webhooks(c)
		c.Development = true
		c.TestPayments = words("the bank")
		c.Keys = panics
		c.Metrics = prometheus.NewRegistry()
	})
	targets := []string{"/nowhere", "/query?query=%7Bhello%7D", "/query?query=%7B", "/playground/none.js"}
	for _, route := range shop.Routes() {
		_, path, found := strings.Cut(route, " ")
		if !found {
			path = route
		}
		targets = append(targets, strings.NewReplacer("{$}", "", "{gateway}", "stripe").Replace(path))
	}
	statuses := map[int]bool{}
	for _, target := range targets {
		for _, method := range []string{"GET", "POST", "PUT", "OPTIONS"} {
			w := request{method: method, target: target}.to(shop)
			statuses[w.Code] = true
			header := w.Header()
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
				"Cross-Origin-Opener-Policy": "same-origin", "X-Permitted-Cross-Domain-Policies": "none",
			} {
				if header.Get(name) != want {
					t.Errorf("%s %s (%d): %s is %q", method, target, w.Code, name, header.Get(name))
				}
			}
			for _, name := range []string{"Content-Security-Policy", "Permissions-Policy", "Cross-Origin-Resource-Policy", "X-Request-Id"} {
				if header.Get(name) == "" {
					t.Errorf("%s %s (%d): no %s", method, target, w.Code, name)
				}
			}
			if policy := header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
				t.Errorf("%s %s (%d): the policy is %q", method, target, w.Code, policy)
			}
			for _, name := range []string{"Server", "X-Powered-By"} {
				if header.Get(name) != "" {
					t.Errorf("%s %s (%d): it tells what it is: %s", method, target, w.Code, header.Get(name))
				}
			}
		}
	}
	for _, status := range []int{200, 400, 401, 404, 405, 500} {
		if !statuses[status] {
			t.Errorf("nothing had status %d: there are %v", status, slices.Sorted(maps.Keys(statuses)))
		}
	}
}
