package incremental_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"pgregory.net/rapid"

	"galley/graph"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/edge/incremental"
	"galley/internal/viewer"
)

// shop answers as staff.
type shop struct {
	graphql.GraphExecutor
	as viewer.Viewer
}

func newShop(tb testing.TB, engine databasetest.Engine) shop {
	tb.Helper()
	s := graphtest.New(tb, engine)
	return shop{incremental.Over(s.Executor(), graph.Schema()), s.Rows.Viewer("staff")}
}

// result is one of an operation's results, as this package gives it.
type result struct {
	graphql.Response
	incremental.Notes
}

func (s shop) run(tb testing.TB, document string, variables map[string]any) []result {
	tb.Helper()
	ctx, cancel := context.WithCancel(graphql.StartOperationTrace(viewer.With(tb.Context(), s.as)))
	defer cancel()
	op, errs := s.CreateOperationContext(ctx, &graphql.RawParams{Query: document, Variables: variables})
	if errs != nil {
		tb.Fatalf("%s: %v", document, errs)
	}
	next, ctx := s.DispatchOperation(ctx, op)
	var results []result
	for response := next(ctx); response != nil; response = next(ctx) {
		results = append(results, result{*response, incremental.Of(ctx)})
	}
	return results
}

// lines are results as a table writes them.
func lines(results []result) []string {
	all := make([]string, len(results))
	for i, r := range results {
		all[i] = string(r.Data)
		if i > 0 {
			all[i] = fmt.Sprintf("%s %q %s", r.Path, r.Label, r.Data)
		}
		for _, err := range r.Errors {
			all[i] += " ! " + err.Message + " at " + err.Path.String()
		}
	}
	return all
}

// merged puts results together as clients do.
func merged(tb testing.TB, results []result) any {
	tb.Helper()
	tree := decoded(tb, results[0].Data)
	for _, r := range results[1:] {
		at := tree
		for _, step := range r.Path {
			switch step := step.(type) {
			case ast.PathName:
				at = at.(map[string]any)[string(step)]
			case ast.PathIndex:
				at = at.([]any)[step]
			}
		}
		merge(at, decoded(tb, r.Data))
	}
	return tree
}

func merge(into, from any) {
	switch from := from.(type) {
	case map[string]any:
		object := into.(map[string]any)
		for key, value := range from {
			switch object[key].(type) {
			case map[string]any, []any:
				merge(object[key], value)
			default:
				object[key] = value
			}
		}
	case []any:
		for i := range from {
			merge(into.([]any)[i], from[i])
		}
	}
}

func decoded(tb testing.TB, text []byte) any {
	tb.Helper()
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		tb.Fatalf("%v in %s", err, text)
	}
	return value
}

func TestDeferred(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, document string
		variables      map[string]any
		want           []string
	}{
		{
			"what is deferred comes later, with its path and label, fields of structs as well",
			`{ product(slug: "mug") { title ...V @defer(label: "V") } } fragment V on Product { slug variants { sku } }`, nil,
			[]string{`{"product":{"title":"Red Retrospot Mug"}}`, `product "V" {"slug":"mug","variants":[{"sku":"22001"}]}`},
		},
		{
			"fragments without labels are told apart",
			`{ product(slug: "mug") { id: title ... @defer { variants { sku } } ... @defer { category { slug } } } }`, nil,
			[]string{`{"product":{"id":"Red Retrospot Mug"}}`, `product "" {"category":{"slug":"mugs"}}`, `product "" {"variants":[{"sku":"22001"}]}`},
		},
		{
			"a fragment gives all of its fields, whatever others gave before",
			`{ product(slug: "mug") { title variants { sku } ... @defer { title variants { title } category { slug } } } }`, nil,
			[]string{`{"product":{"title":"Red Retrospot Mug","variants":[{"sku":"22001"}]}}`, `product "" {"title":"Red Retrospot Mug","variants":[{"title":""}],"category":{"slug":"mugs"}}`},
		},
		{
			"a fragment within a fragment comes after it",
			`{ product(slug: "mug") { title ... @defer(label: "a") { variants { sku ... @defer(label: "b") { product { slug } } } } } }`, nil,
			[]string{
				`{"product":{"title":"Red Retrospot Mug"}}`, `product "a" {"variants":[{"sku":"22001"}]}`,
				`product.variants[0] "b" {"product":{"slug":"mug"}}`,
			},
		},
		{
			"where nothing is to come there is one result",
			`{ product(slug: "mug") { title ... @defer { slug } } }`, nil,
			[]string{`{"product":{"title":"Red Retrospot Mug","slug":"mug"}}`},
		},
		{
			"a condition that does not hold defers nothing",
			`query($if: Boolean!) { product(slug: "mug") { title ... @defer(if: $if) { variants { sku } } } }`, map[string]any{"if": false},
			[]string{`{"product":{"title":"Red Retrospot Mug","variants":[{"sku":"22001"}]}}`},
		},
		{
			"a condition that holds does",
			`query($if: Boolean!) { product(slug: "mug") { title ... @defer(if: $if) { variants { sku } } } }`, map[string]any{"if": true},
			[]string{`{"product":{"title":"Red Retrospot Mug"}}`, `product "" {"variants":[{"sku":"22001"}]}`},
		},
		{
			"what is selected outside as well is not deferred",
			`{ product(slug: "mug") { ...V @defer ...V } } fragment V on Product { slug category { slug } }`, nil,
			[]string{`{"product":{"slug":"mug","category":{"slug":"mugs"}}}`, `product "" {"slug":"mug","category":{"slug":"mugs"}}`},
		},
		{
			"what is skipped is not there",
			`{ product(slug: "mug") { title ... @defer { category { slug } variants @skip(if: true) { sku } media @include(if: false) { url } } } }`, nil,
			[]string{`{"product":{"title":"Red Retrospot Mug"}}`, `product "" {"category":{"slug":"mugs"}}`},
		},
		{
			"a mutation gives one complete result",
			`mutation { cartCreate(input: {}) { cart { totalQuantity ... @defer { lines { quantity } } } } }`, nil,
			[]string{`{"cartCreate":{"cart":{"totalQuantity":0,"lines":[]}}}`},
		},
		{
			"what is null is null in its fragment",
			`{ product(slug: "nothing") { title ... @defer { variants { sku } } } p: product(slug: "mug") { title ... @defer { category { slug parent { slug } } } } }`, nil,
			[]string{`{"product":null,"p":{"title":"Red Retrospot Mug"}}`, `p "" {"category":{"slug":"mugs","parent":{"slug":"home"}}}`},
		},
	} {
		for _, engine := range databasetest.Engines() {
			t.Run(c.name+" on "+string(engine), func(t *testing.T) {
				t.Parallel()
				results := newShop(t, engine).run(t, c.document, c.variables)
				got := lines(results)
				slices.Sort(got[1:])
				slices.Sort(c.want[1:])
				if !slices.Equal(got, c.want) {
					t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
				}
			})
		}
	}
}

// random documents over a few types, with @defer here and there. Where a response key says from which fragment its field
// is, results can be held to have nothing of another; where it does not, fragments overlap.
type documents struct {
	*rapid.T
	apart     bool
	fragments int
}

var selectable = map[string][][2]string{ // fields, and the types below them
	"Query":     {{`products(first: 3)`, "Products"}, {`product(slug: "mug")`, "Product"}, {`nodes(ids: $ids)`, "Node"}, {`orders(first: 3)`, "Orders"}},
	"Products":  {{"nodes", "Product"}, {"totalCount", ""}},
	"Orders":    {{"nodes", "Order"}, {"totalCount", ""}},
	"Product":   {{"title", ""}, {"slug", ""}, {"inStock", ""}, {"category", "Category"}, {"variants", "Variant"}, {"__typename", ""}},
	"Category":  {{"slug", ""}, {"parent", "Category"}, {"children", "Category"}},
	"Variant":   {{"sku", ""}, {"title", ""}, {"product", "Product"}},
	"Order":     {{"number", ""}, {"customer", "User"}, {"lines", "OrderLine"}},
	"OrderLine": {{"sku", ""}, {"variant", "Variant"}, {"product", "Product"}},
	"User":      {{"email", ""}, {"addresses", "Address"}},
	"Address":   {{"city", ""}},
	"Node":      {{"id", ""}, {"... on Product", "Product"}, {"... on User", "User"}, {"... on Order", "Order"}},
}

func (d *documents) selection(typ string, depth, fragment int) string {
	var b strings.Builder
	b.WriteString("{ ")
	for range rapid.IntRange(1, 3).Draw(d.T, "fields") {
		if typ != "Query" && depth > 0 && rapid.IntRange(0, 2).Draw(d.T, "defer") == 0 {
			d.fragments++
			n := d.fragments
			on := rapid.SampledFrom([]string{"", " on " + strings.NewReplacer("Products", "ProductConnection", "Orders", "OrderConnection").Replace(typ)}).Draw(d.T, "on")
			fmt.Fprintf(&b, "...%s @defer(label: \"f%d\") %s ", on, n, d.selection(typ, depth-1, n))
			continue
		}
		f := rapid.SampledFrom(selectable[typ]).Draw(d.T, "field")
		if f[1] != "" && depth == 0 {
			f = selectable[typ][0]
			if f[1] != "" {
				f = [2]string{"__typename", ""}
			}
		}
		key := ""
		if d.apart && !strings.HasPrefix(f[0], "...") {
			name, _, _ := strings.Cut(f[0], "(")
			key = fmt.Sprintf("f%d_%s: ", fragment, name)
		}
		b.WriteString(key + f[0] + " ")
		if f[1] != "" {
			b.WriteString(d.selection(f[1], depth-1, fragment))
		}
	}
	b.WriteString("} ")
	return b.String()
}

// TestDeferredPartsMakeTheWhole runs random documents with @defer: put together their results are the answer that there is
// without, and none has what belongs to another.
func TestDeferredPartsMakeTheWhole(t *testing.T) {
	t.Parallel()
	shop := newShop(t, databasetest.SQLite)
	nodes := decoded(t, shop.run(t, `{ products(first: 2) { nodes { id } } users(first: 1) { nodes { id } } orders(first: 1) { nodes { id } } }`, nil)[0].Data)
	var ids []any
	for _, list := range nodes.(map[string]any) {
		for _, node := range list.(map[string]any)["nodes"].([]any) {
			ids = append(ids, node.(map[string]any)["id"])
		}
	}
	own := regexp.MustCompile(`"f(\d+)_`)
	several := 0
	rapid.Check(t, func(rt *rapid.T) {
		d := &documents{T: rt, apart: rapid.Bool().Draw(rt, "apart")}
		document := "query($ids: [ID!]!) { nodes(ids: $ids) { __typename } " + d.selection("Query", 5, 0)[1:]
		variables := map[string]any{"ids": ids}
		results := shop.run(t, document, variables)
		whole := shop.run(t, regexp.MustCompile(`@defer\(.*?\)`).ReplaceAllString(document, ""), variables)
		if got, want := merged(t, results), decoded(t, whole[0].Data); !reflect.DeepEqual(got, want) {
			rt.Fatalf("%s\ngave\n%s\ninstead of\n%s", document, strings.Join(lines(results), "\n"), whole[0].Data)
		}
		if len(results) > 1 {
			several++
		}
		pending := map[string]incremental.Fragment{}
		for i, r := range results {
			for _, p := range r.Pending {
				pending[p.ID] = p
			}
			if more := r.HasNext != nil && *r.HasNext; more != (i < len(results)-1) {
				rt.Fatalf("%s: result %d says %t of more", document, i, more)
			}
			if i > 0 {
				p, announced := pending[r.ID]
				if delete(pending, r.ID); !announced || p.Label != r.Label || p.Path.String() != r.Path.String() {
					rt.Fatalf("%s: %s is not what was announced: %+v", document, r.Path, p)
				}
			}
			if !d.apart || len(results) == 1 {
				continue
			}
			for _, found := range own.FindAllStringSubmatch(string(r.Data), -1) {
				if "f"+found[1] != cmp.Or(r.Label, "f0") {
					rt.Fatalf("%s: the result of %q has what is f%s's: %s", document, r.Label, found[1], r.Data)
				}
			}
		}
		if len(pending) > 0 {
			rt.Fatalf("%s: never given: %v", document, pending)
		}
	})
	if several < 10 {
		t.Errorf("only %d documents deferred anything", several)
	}
}
