package edge_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"galley/graph/graphtest"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/edge"
	"galley/internal/edge/admission"
	"galley/internal/fault"
	"galley/internal/viewer"
)

// measured has a shop's metrics served, and those of its database and loaders among them.
func measured(t *testing.T) func(*edge.Config, *graphtest.Shop) {
	return func(c *edge.Config, shop *graphtest.Shop) {
		c.Metrics = prometheus.NewRegistry()
		c.Metrics.MustRegister(shop.Database, shop.Batches)
		c.Observe.Named = func(name string) bool { return name == "Home" }
		c.Admission = admission.Options{Queries: 8, Queue: 8}
		identify := c.Viewer
		c.Viewer = func(ctx context.Context, credentials edge.Credentials) (context.Context, error) {
			switch credentials.Bearer {
			case "watcher":
				return viewer.With(ctx, viewer.Viewer{Kind: viewer.APIKey, Permissions: []viewer.Permission{viewer.JobRead}}), nil
			case "staff":
				ctx, _ = database.WithCounter(ctx) // as Identify does
			}
			return identify(ctx, credentials)
		}
	}
}

// scrape is what Prometheus would read.
func scrape(t *testing.T, shop *edge.Server) string {
	t.Helper()
	w := request{method: "GET", target: "/metrics", header: headers("Authorization", "Bearer watcher")}.to(shop)
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestAScrapeSaysWhatHappened(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := realShopWith(t, engine, measured(t))
			for _, c := range []struct{ query, bearer string }{
				{`query Home { products(first: 2) { nodes { id category { name } } } }`, ""},
				{`query Home { products(first: 2) { nodes { id category { name } } } }`, ""},
				{`{ me { email } }`, "staff"},
				{`{ users { nodes { id } } }`, ""}, // refused by its directive
				{`{ nothing }`, ""},
				{`{`, ""},
				{`mutation { cartCreate(input: {}) { cart { id } } }`, ""},
			} {
				send(t, shop, c.query, "", c.bearer)
			}
			text := scrape(t, shop)
			for _, want := range []string{
				`galley_operations_total{operation="Home",outcome="ok",type="query"} 2`,
				`galley_operations_total{operation="me",outcome="ok",type="query"} 1`,
				`galley_operations_total{operation="users",outcome="errors",type="query"} 1`,
				`galley_operations_total{operation="",outcome="refused",type=""} 2`,
				`galley_operations_total{operation="cartCreate",outcome="ok",type="mutation"} 1`,
				`galley_operation_errors_total{code="UNAUTHENTICATED"} 1`,
				`galley_operation_errors_total{code="GRAPHQL_VALIDATION_FAILED"} 1`,
				`galley_operation_errors_total{code="GRAPHQL_PARSE_FAILED"} 1`,
				`galley_operation_duration_seconds_count{operation="Home",type="query"} 2`,
				`galley_operation_statements_sum{operation="Home",type="query"} 4`, // a page, and its categories, twice
				`galley_operation_statements_sum{operation="users",type="query"} 0`,
				`galley_batch_keys_count{by="plan"} 5`, `galley_batch_keys_sum{by="plan"} 9`, `galley_batch_keys_count{by="loader"} 0`,
				`galley_streams 0`,
				`galley_admission_places{gate="operations"} 8`, `galley_admission_running{gate="operations"} 0`,
				`galley_admission_refused_total{gate="operations"} 0`,
				`go_sql_max_open_connections{db_name=`,
			} {
				if !strings.Contains(text, want) {
					t.Errorf("%s is not in\n%s", want, text)
				}
			}
		})
	}
}

func TestStrangersAddNoSeries(t *testing.T) {
	t.Parallel()
	shop := realShopWith(t, databasetest.SQLite, measured(t))
	attack := func(i int) {
		name := fmt.Sprintf("Invented%d", i)
		send(t, shop, "query "+name+" { a"+name+": __typename }", "", "")
		send(t, shop, "query "+name+" { "+name+" }", "", "")
		request{method: "GET", target: "/" + name}.to(shop)
		request{method: strings.ToUpper(name), target: "/query"}.to(shop)
	}
	attack(0)
	before := strings.Count(scrape(t, shop), "\n")
	for i := range 1000 {
		attack(i)
	}
	text := scrape(t, shop)
	if after := strings.Count(text, "\n"); after != before || strings.Contains(text, "Invented") {
		t.Errorf("%d lines became %d", before, after)
	}
}

func TestMetricsAreForThoseWhoMaySeeJobs(t *testing.T) {
	t.Parallel()
	may := map[string][]viewer.Permission{"watcher": {viewer.JobRead}, "other": {viewer.OrderRead, viewer.JobWrite}}
	shop := newShop(t, func(c *edge.Config) {
		c.Metrics = prometheus.NewRegistry()
		c.Viewer = func(ctx context.Context, credentials edge.Credentials) (context.Context, error) {
			switch {
			case credentials.Cookie != "" || credentials.Bearer == "":
				return ctx, nil
			case may[credentials.Bearer] == nil:
				return ctx, fault.New(fault.Unauthenticated, "This session has ended: sign in again")
			}
			return viewer.With(ctx, viewer.Viewer{Kind: viewer.APIKey, Permissions: may[credentials.Bearer]}), nil
		}
	})
	for _, c := range []struct {
		name   string
		header http.Header
		status int
	}{
		{"a stranger is refused", nil, http.StatusUnauthorized},
		{"so is an unknown token", headers("Authorization", "Bearer unknown"), http.StatusUnauthorized},
		{"so is what is no token", headers("Authorization", "Basic YTpi"), http.StatusUnauthorized},
		{"so is a cookie", headers("Cookie", "session=watcher", "GraphQL-Require-Preflight", "1"), http.StatusUnauthorized},
		{"so is who may do something else", headers("Authorization", "Bearer other"), http.StatusForbidden},
		{"who may is answered", headers("Authorization", "Bearer watcher"), http.StatusOK},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := request{method: "GET", target: "/metrics", header: c.header}.to(shop)
			if w.Code != c.status || strings.Contains(w.Body.String(), "galley_") != (c.status == http.StatusOK) {
				t.Errorf("status %d: %s", w.Code, w.Body)
			}
			if w.Code == http.StatusUnauthorized && w.Header().Get("WWW-Authenticate") == "" || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("header %v", w.Header())
			}
		})
	}
	t.Run("without metrics there is no such page", func(t *testing.T) {
		t.Parallel()
		if w := (request{method: "GET", target: "/metrics"}).to(newShop(t, nil)); w.Code != http.StatusNotFound {
			t.Errorf("status %d", w.Code)
		}
	})
}

// TestABusyShopSaysSo has a shop with one place, which is taken.
func TestABusyShopSaysSo(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan bool), make(chan bool)
	shop := newShop(t, func(c *edge.Config) {
		c.Admission = admission.Options{Queries: 1}
		c.Executor = blocked{c.Executor, entered, leave}
	})
	first := make(chan int)
	go func() { first <- request{body: `{"query":"query Blocks { hello }"}`}.to(shop).Code }()
	<-entered
	for _, accept := range []string{"application/json", "application/graphql-response+json"} {
		w := request{body: `{"query":"{ hello }"}`, header: headers("Accept", accept)}.to(shop)
		if a := read(t, w.Body); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "1" || a.code() != "UNAVAILABLE" ||
			a.Data != nil || a.Errors[0].Extensions["retryAfter"] != 1.0 {
			t.Errorf("%s: status %d, header %v, answer %+v", accept, w.Code, w.Header(), a)
		}
	}
	for _, target := range []string{"/livez", "/readyz", "/"} {
		if w := (request{method: "GET", target: target}).to(shop); w.Code != http.StatusOK {
			t.Errorf("%s has status %d", target, w.Code)
		}
	}
	close(leave)
	if code := <-first; code != http.StatusOK {
		t.Errorf("the first has status %d", code)
	}
	if w := (request{body: `{"query":"{ hello }"}`}).to(shop); w.Code != http.StatusOK || w.Header().Get("Retry-After") != "" {
		t.Errorf("afterwards: status %d, header %v", w.Code, w.Header())
	}
}
