package incremental_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/edge/incremental"
)

// scripted gives what gqlgen's executor gives where something fails, whose order a real shop leaves to chance.
type scripted struct {
	graphql.GraphExecutor
	responses []graphql.Response
}

func (s scripted) DispatchOperation(ctx context.Context, _ *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	n := 0
	return func(context.Context) *graphql.Response {
		if n++; n > len(s.responses) {
			return nil
		}
		r := s.responses[n-1]
		more := n < len(s.responses)
		r.HasNext = &more
		return &r
	}, ctx
}

func TestWhatFails(t *testing.T) {
	t.Parallel()
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `
		type Query { p: P }
		type P { id: ID! a: Int! b: Int c: Int! p: P! n: Node }
		interface Node { id: ID! }
		type Q implements Node { id: ID! q: Int }
		type R implements Node { id: ID! r: Int }`})
	p := ast.Path{ast.PathName("p")}
	below := ast.Path{ast.PathName("p"), ast.PathName("p")}
	errorAt := func(names ...string) gqlerror.List {
		err := gqlerror.Error{Message: "no"}
		for _, name := range names {
			err.Path = append(err.Path, ast.PathName(name))
		}
		return gqlerror.List{&err}
	}
	for _, c := range []struct {
		name, document string
		responses      []graphql.Response
		want           []string
	}{
		{
			"a value that must not be null takes its fragment away",
			`{ p { id ... @defer(label: "a") { a } } }`,
			[]graphql.Response{{Data: json.RawMessage(`{"p":{"id":"1","a":null}}`)}, {Data: json.RawMessage("null"), Path: p, Label: "1", Errors: errorAt("p", "a")}},
			[]string{`{"p":{"id":"1"}}`, `p "a" null ! no at p.a`},
		},
		{
			"a fragment that fails with another says why",
			`{ p { id ... @defer(label: "a") { a } ... @defer(label: "b") { c } } }`,
			[]graphql.Response{
				{Data: json.RawMessage(`{"p":{"id":"1","a":null,"c":null}}`)},
				{Data: json.RawMessage("null"), Path: p, Label: "1", Errors: errorAt("p", "a")},
				{Data: json.RawMessage("null"), Path: p, Label: "2"},
			},
			[]string{`{"p":{"id":"1"}}`, `p "a" null ! no at p.a`, `p "b" null ! no at p.a`},
		},
		{
			"a value that may be null is null, and its fragment stays",
			`{ p { id ... @defer(label: "a") { b id } } }`,
			[]graphql.Response{{Data: json.RawMessage(`{"p":{"id":"1","b":null}}`)}, {Data: json.RawMessage(`{"b":null}`), Path: p, Label: "1", Errors: errorAt("p", "b")}},
			[]string{`{"p":{"id":"1"}}`, `p "a" {"b":null,"id":"1"} ! no at p.b`},
		},
		{
			"a value that a panic left out is null, or takes its fragment away",
			`{ p { id ... @defer(label: "a") { b } ... @defer(label: "b") { c } } }`,
			[]graphql.Response{
				{Data: json.RawMessage(`{"p":{"id":"1","b":null,"c":null}}`)},
				{Data: json.RawMessage(`{}`), Path: p, Label: "1", Errors: errorAt("p", "b")},
				{Data: json.RawMessage(`{}`), Path: p, Label: "2", Errors: errorAt("p", "c")},
			},
			[]string{`{"p":{"id":"1"}}`, `p "a" {"b":null} ! no at p.b`, `p "b" null ! no at p.c`},
		},
		{
			"a result that comes before the one that it stands in waits for it",
			`{ p { id ... @defer(label: "a") { p { id ... @defer(label: "b") { c } } } } }`,
			[]graphql.Response{
				{Data: json.RawMessage(`{"p":{"id":"1","p":null}}`)},
				{Data: json.RawMessage(`{"c":3}`), Path: below, Label: "2"},
				{Data: json.RawMessage(`{"p":{"id":"2","c":null}}`), Path: p, Label: "1"},
			},
			[]string{`{"p":{"id":"1"}}`, `p "a" {"p":{"id":"2"}}`, `p.p "b" {"c":3}`},
		},
		{
			"below what an error took away nothing is given",
			`{ p { id ... @defer(label: "a") { p { id ... @defer(label: "b") { c } } } } }`,
			[]graphql.Response{
				{Data: json.RawMessage(`{"p":{"id":"1","p":null}}`)},
				{Data: json.RawMessage(`{"c":3}`), Path: below, Label: "2"},
				{Data: json.RawMessage("null"), Path: p, Label: "1", Errors: errorAt("p", "p")},
			},
			[]string{`{"p":{"id":"1"}}`, `p "a" null ! no at p.p`},
		},
		{
			"without an object nothing is deferred",
			`{ p { id ... @defer(label: "a") { a } } }`,
			[]graphql.Response{{Data: json.RawMessage(`{"p":null}`), Errors: errorAt("p", "id")}, {Data: json.RawMessage(`{"a":1}`), Path: p, Label: "1"}},
			[]string{`{"p":null} ! no at p.id`},
		},
		{
			"what the executor never gives is null in the end",
			`{ p { id ... @defer(label: "a") { b } ... @defer(label: "b") { c } } }`,
			[]graphql.Response{{Data: json.RawMessage(`{"p":{"id":"1","b":null,"c":null}}`)}, {Data: json.RawMessage(`{"c":2}`), Path: p, Label: "2"}},
			[]string{`{"p":{"id":"1"}}`, `p "b" {"c":2}`, `p "a" {"b":null}`},
		},
		{
			"the type that an interface leaves open is asked for, and not told",
			`{ p { id n { ... on Q @defer(label: "q") { q } ... on R @defer(label: "r") { r } id } ... @defer(label: "b") { c } } }`,
			[]graphql.Response{
				{Data: json.RawMessage(`{"p":{"id":"1","n":{"q":5,"id":"2"," type":"Q"},"c":null}}`)},
				{Data: json.RawMessage(`{"c":2}`), Path: p, Label: "3"},
			},
			[]string{`{"p":{"id":"1","n":{"id":"2"}}}`, `p.n "q" {"q":5}`, `p "b" {"c":2}`},
		},
		{
			"an error without a place is told in the end",
			`{ p { id ... @defer(label: "a") { b } } }`,
			[]graphql.Response{{Data: json.RawMessage(`{"p":{"id":"1","b":null}}`)}, {Data: json.RawMessage(`{"b":1}`), Path: p, Label: "1", Errors: errorAt()}},
			[]string{`{"p":{"id":"1"}}`, `p "a" {"b":1} ! no at `},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc := gqlparser.MustLoadQueryWithRules(schema, c.document, nil)
			op := &graphql.OperationContext{RawQuery: c.document, Doc: doc, Operation: doc.Operations[0]}
			next, ctx := incremental.Over(scripted{responses: c.responses}, schema).DispatchOperation(t.Context(), op)
			var results []result
			for r := next(ctx); r != nil; r = next(ctx) {
				results = append(results, result{*r, incremental.Of(ctx)})
			}
			if got := lines(results); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			var now strings.Builder
			formatter.NewFormatter(&now).FormatQueryDocument(doc)
			var before strings.Builder
			formatter.NewFormatter(&before).FormatQueryDocument(gqlparser.MustLoadQueryWithRules(schema, c.document, nil))
			if now.String() != before.String() {
				t.Errorf("the document, which others share, was changed to %s", &now)
			}
		})
	}
}
