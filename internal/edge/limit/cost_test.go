package limit_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/introspection"

	"galley/internal/edge/limit"
	"galley/internal/viewer"
)

func TestEstimate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		query     string
		variables map[string]any
		want      limit.Cost
	}{
		{
			name:  "one object counts once, with its fields",
			query: `{ me { id name } }`,
			want:  limit.Cost{Nodes: 1, Values: 3},
		}, {
			name:  "a value object is no node",
			query: `{ node(id: "ord_1") { ... on Order { total { amount currencyCode } } } }`,
			want:  limit.Cost{Nodes: 1, Values: 4},
		}, {
			name:  "a connection counts its page once",
			query: `{ users(first: 50) { totalCount nodes { id } } }`,
			want:  limit.Cost{Nodes: 50, Values: 1 + 1 + 50*2},
		}, {
			name:  "edges count as the page, and the nodes in them once each",
			query: `{ users(last: 7) { edges { cursor node { id } } } }`,
			want:  limit.Cost{Nodes: 7, Values: 1 + 7*(1+1+2)},
		}, {
			name:  "a connection without a page has 20",
			query: `{ users { nodes { id } } }`,
			want:  limit.Cost{Nodes: 20, Values: 1 + 20*2},
		}, {
			name:      "a page comes out of a variable",
			query:     `query($n: Int) { users(first: $n) { nodes { id } } }`,
			variables: map[string]any{"n": json.Number("3")},
			want:      limit.Cost{Nodes: 3, Values: 1 + 3*2},
		}, {
			name:  "a page comes out of a variable's default",
			query: `query($n: Int = 4) { users(first: $n) { nodes { id } } }`,
			want:  limit.Cost{Nodes: 4, Values: 1 + 4*2},
		}, {
			name:  "a variable that is not sent leaves the page at 20",
			query: `query($n: Int) { users(first: $n) { nodes { id } } }`,
			want:  limit.Cost{Nodes: 20, Values: 1 + 20*2},
		}, {
			name:  "a page comes out of the schema's default, of a list too",
			query: `{ search(text: "a") { ... on User { id } } }`,
			want:  limit.Cost{Nodes: 5, Values: 5 * 2},
		}, {
			name:  "more than 100 are never given",
			query: `{ users(first: 2000000000) { nodes { id } } }`,
			want:  limit.Cost{Nodes: 100, Values: 1 + 100*2},
		}, {
			name:  "a page of none holds none",
			query: `{ users(first: 0) { nodes { id } } }`,
			want:  limit.Cost{Nodes: 0, Values: 1},
		}, {
			name:  "a page below none is no way to pay less",
			query: `{ users(first: -5) { nodes { id } } }`,
			want:  limit.Cost{Nodes: 20, Values: 1 + 20*2},
		}, {
			name:  "a plain list counts 10",
			query: `{ categories { id children { id } } }`,
			want:  limit.Cost{Nodes: 10 + 100, Values: 10 * (1 + 1 + 10*2)},
		}, {
			name:  "a plain list of values counts 10 too",
			query: `{ node(id: "ord_1") { ... on Order { tags } } }`,
			want:  limit.Cost{Nodes: 1, Values: 1 + 10},
		}, {
			name:  "nodes by id count as many as are asked for",
			query: `{ nodes(ids: ["a", "b", "c"]) { id } }`,
			want:  limit.Cost{Nodes: 3, Values: 3 * 2},
		}, {
			name:      "nodes by id in a variable do too",
			query:     `query($ids: [ID!]!) { nodes(ids: $ids) { id } }`,
			variables: map[string]any{"ids": []any{"a", "b"}},
			want:      limit.Cost{Nodes: 2, Values: 2 * 2},
		}, {
			name:  "a page within a page multiplies",
			query: `{ users(first: 10) { nodes { orders(first: 5) { nodes { id } } } } }`,
			want:  limit.Cost{Nodes: 10 + 50, Values: 1 + 10*(1+1+5*2)},
		}, {
			name:  "a fragment counts where it is spread",
			query: `{ users(first: 10) { ...U } } fragment U on UserConnection { nodes { id } }`,
			want:  limit.Cost{Nodes: 10, Values: 1 + 10*2},
		}, {
			name:  "a fragment of a connection counts with the page of each place",
			query: `{ a: users(first: 3) { ...U } b: users(first: 5) { ...U } } fragment U on UserConnection { nodes { id } }`,
			want:  limit.Cost{Nodes: 8, Values: 2 + 8*2},
		}, {
			name:  "what is skipped costs nothing",
			query: `query($with: Boolean = false) { me { id @skip(if: true) orders @include(if: $with) { nodes { id } } name } }`,
			want:  limit.Cost{Nodes: 1, Values: 2},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			opCtx, errs := ask(shop(t), c.query, c.variables)
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			if got := limit.Estimate(opCtx); got != c.want {
				t.Errorf("cost %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestCostLimit(t *testing.T) {
	t.Parallel()
	const backOffice = `{
		users(first: 100) { nodes { id name orders(first: 20) { nodes {
			id number total { amount currencyCode }
			lines { id quantity price { amount currencyCode } variant { id sku product { id title } } }
		} } } }
	}`
	const storefront = `{ products(first: 100) { nodes { id title categories { id title } variants { id sku price { amount currencyCode } } } } }`
	const beyond = "COMPLEXITY_LIMIT_EXCEEDED"
	for _, c := range []struct {
		name, query      string
		everybody, staff string
	}{
		{"a storefront's page of a hundred products with their variants passes", storefront, "", ""},
		{"a back office's 100 users with 20 orders each, all lines and their products, pass for staff", backOffice, beyond, ""},
		{"the introspection of GraphQL tools passes", introspection.Query, "", ""},
		{"twenty of them do not", "{" + numbered("a%d: __schema { types { name } } ", 20) + "}", beyond, ""},
		{"pages of pages of pages do not", `{ users(first: 100) { nodes { orders(first: 100) { nodes { user { orders(first: 100) { nodes { id } } } } } } } }`, beyond, beyond},
		{"many fields of fewer objects do not", `{ users(first: 100) { nodes { orders(first: 100) { nodes { ` + numbered("a%d: number ", 99) + `} } } } }`, beyond, beyond},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			meter := limit.Metered(shop(t), limit.Limits{}, limit.Tariff{})
			for kind, want := range map[viewer.Kind]string{
				viewer.Anonymous: c.everybody, viewer.Guest: c.everybody, viewer.Shopper: c.everybody, viewer.Staff: c.staff, viewer.APIKey: c.staff,
			} {
				_, errs := meter.CreateOperationContext(caller("", viewer.Viewer{Kind: kind}), &graphql.RawParams{Query: c.query})
				if got := codeOf(errs); got != want {
					t.Errorf("for %s: code %q, want %q: %v", kind, got, want, errs)
				}
			}
		})
	}
}

func BenchmarkAdmittedDocument(b *testing.B) {
	exec := guarded(b, limit.Limits{})
	const query = `query Orders($n: Int!) { users(first: $n) { nodes { id name orders(first: 5) { nodes { id number lines { id quantity } } } } } }`
	variables := map[string]any{"n": json.Number("10")}
	plain := shop(b)
	b.Run("validated only", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = ask(plain, query, variables)
		}
	})
	b.Run("within limits", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = ask(exec, query, variables)
		}
	})
}

// The estimate of a fragment depends on the page that it stands in: a document may have it estimated once for each size.
func TestEstimatingIsQuickHoweverPagesDiffer(t *testing.T) {
	var b strings.Builder
	b.WriteString("{ ")
	for i := range 49 {
		fmt.Fprintf(&b, "u%d: users(first: %d) { ...C0 } ", i, i+1)
	}
	b.WriteString("} ")
	const chain = 90
	for i := range chain {
		next := "edges { cursor }"
		if i < chain-1 {
			next = fmt.Sprintf("...C%d", i+1)
		}
		fmt.Fprintf(&b, "fragment C%d on UserConnection { %s totalCount pageInfo { hasNextPage } ", i, next)
		if i%30 == 0 {
			b.WriteString("nodes { id name email } ")
		}
		b.WriteString("} ")
	}
	exec := guarded(t, limit.Limits{Repeats: 1_000_000, Visits: 1_000_000, Nesting: 100})
	if _, errs := ask(exec, b.String(), nil); len(errs) > 0 && codeOf(errs) != "COMPLEXITY_LIMIT_EXCEEDED" {
		t.Fatal(errs)
	}
	before := usedCPU(t)
	for range 10 { // parsed and validated by now
		_, _ = ask(exec, b.String(), nil)
	}
	took := (usedCPU(t) - before) / 10
	t.Logf("%d bytes estimated in %s", b.Len(), took)
	if took > 100*time.Millisecond {
		t.Errorf("took %s of CPU", took)
	}
}
