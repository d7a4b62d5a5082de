package graph_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"galley/graph/graphtest"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/viewer"
)

// results runs a document to its end, and counts the statements before its first result and in all.
func results(t *testing.T, executor graphql.GraphExecutor, as viewer.Viewer, document string) (first, all int) {
	t.Helper()
	ctx, counter := database.WithCounter(graphql.StartOperationTrace(viewer.With(t.Context(), as)))
	op, errs := executor.CreateOperationContext(ctx, &graphql.RawParams{Query: document})
	if errs != nil {
		t.Fatalf("%s: %v", document, errs)
	}
	next, ctx := executor.DispatchOperation(ctx, op)
	for n, response := 0, next(ctx); response != nil; n, response = n+1, next(ctx) {
		if len(response.Errors) > 0 {
			t.Fatalf("%s: %v", document, response.Errors)
		}
		if n == 0 {
			sql, _ := response.Extensions["sql"].(map[string]any)
			first, _ = sql["statements"].(int)
		}
	}
	return first, counter.Statements()
}

// TestWhatIsDeferredIsLoadedLater runs documents on few and on many rows, with batches that wait for nothing: before the
// first result only what it shows is loaded, after it everything else, in as many statements as at once.
func TestWhatIsDeferredIsLoadedLater(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			wide(t, shop)
			impatient, staff := shop.Impatient(), shop.Rows.Viewer("staff")
			for _, c := range []struct {
				document   string
				first, all int
			}{
				{`{ products(first: %d) { nodes { title ... @defer { variants { sku } } } } }`, 1, 2},
				{`{ products(first: %d) { nodes { title ... @defer { variants { sku product { category { slug } } } media { url } } } } }`, 1, 5},
				{`{ products(first: %d) { nodes { title ... @defer { variants { sku ... @defer { product { category { slug } } } } } } } }`, 1, 4},
				{`{ products(first: %d) { nodes { variants { sku } ... @defer { variants { sku } category { slug } } } } }`, 2, 3},
				{`{ products(first: %d) { nodes { ... @defer(if: false) { variants { sku } } } } }`, 2, 2},
				{`{ users(first: %d) { nodes { email ... @defer { orders(first: 5) { totalCount nodes { lines { product { title } } } } } } } }`, 1, 5},
				{`{ users(first: %d) { nodes { orders(first: 5) { ... @defer { totalCount } nodes { ...L @defer } } } } } fragment L on Order { lines { sku } }`, 2, 4},
				{`{ orders(first: %d) { nodes { ... @defer(label: "a") { lines { sku } } ... @defer(label: "b") { customer { email ... @defer { addresses { city } } } } } } }`, 1, 4},
				{`{ auditLog(first: %d) { nodes { action ... @defer { actor { email } } } } }`, 1, 2},
				{`{ auditLog(first: 1) { nodes { action ... @defer { object { id } } } } }`, 1, 3},
			} {
				for _, rows := range []int{2, 5, 10, 20, 20, 20} {
					document := strings.ReplaceAll(c.document, "%d", strconv.Itoa(rows))
					first, all := results(t, impatient, staff, document)
					if first != c.first || all != c.all {
						t.Errorf("%s takes %d statements, then %d in all, instead of %d, %d", document, first, all, c.first, c.all)
					}
				}
			}
		})
	}
}
