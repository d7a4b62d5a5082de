package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"

	"galley/graph/graphtest"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/viewer"
)

// BenchmarkReads runs what a shop's front is made of, from the document to the answer's bytes, without
// HTTP, and tells statements and allocations. The documents are cached, as the edge caches them.
//
//	go test ./graph -run '^$' -bench Reads
func BenchmarkReads(b *testing.B) {
	for _, engine := range databasetest.Engines() {
		shop := graphtest.New(b, engine)
		busy(b, shop, 50, 50)
		staff, ada := shop.Rows.Viewer("staff"), shop.Rows.Viewer("ada")
		for _, c := range []struct {
			name, document string
			as             viewer.Viewer
		}{
			{"product by id", `{ product(id: "MUG") { id slug title description priceFrom { amount currencyCode } } }`, viewer.Viewer{}},
			{"20 products", `{ products(first: 20) { nodes { id slug title priceFrom { amount currencyCode } } pageInfo { hasNextPage endCursor } } }`, viewer.Viewer{}},
			{"100 products of 10 fields", `{ products(first: 100) { nodes { id slug title description status priceFrom { amount } publishedAt createdAt updatedAt version } } }`, viewer.Viewer{}},
			{"one user's orders", `{ me { orders(first: 10) { nodes { number total { amount } lines { title quantity variant { sku product { title } } } } } } }`, ada},
			{"10 users' orders", `{ users(first: 10, reverse: true) { nodes { email orders(first: 5) { nodes { number total { amount } lines { title quantity variant { sku product { title } } } } } } } }`, staff},
		} {
			document := strings.ReplaceAll(c.document, "MUG", shop.Rows.Products["mug"].NodeID().String())
			b.Run(fmt.Sprintf("%s on %s", c.name, engine), func(b *testing.B) {
				executor := shop.Executor()
				executor.SetQueryCache(lru.New[*ast.QueryDocument](10))
				ctx, counter := database.WithCounter(viewer.With(b.Context(), c.as))
				b.ReportAllocs()
				for b.Loop() {
					op, errs := executor.CreateOperationContext(graphql.StartOperationTrace(ctx), &graphql.RawParams{Query: document})
					if errs != nil {
						b.Fatal(errs)
					}
					next, ctx := executor.DispatchOperation(ctx, op)
					if answer := next(ctx); len(answer.Errors) > 0 {
						b.Fatal(answer.Errors)
					}
				}
				b.ReportMetric(float64(counter.Statements())/float64(b.N), "statements/op")
			})
		}
	}
}
