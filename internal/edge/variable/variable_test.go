package variable_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"galley/internal/edge/variable"
)

const sdl = `
	scalar Decimal
	enum Sort { PRICE TITLE }
	input By @oneOf { id: ID slug: String }
	input Filter { text: String sort: Sort max: Int ratio: Float live: Boolean ids: [ID!] by: By and: [Filter!] price: Decimal }
	type Query { f(filter: Filter, filters: [Filter!], by: By, sort: Sort, int: Int, ints: [Int], float: Float, string: String, boolean: Boolean, id: ID, price: Decimal): Int }
`

func newExecutor(tb testing.TB) graphql.GraphExecutor {
	tb.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: sdl})
	if err != nil {
		tb.Fatal(err)
	}
	return variable.Strict(executor.New(&graphql.ExecutableSchemaMock{SchemaFunc: func() *ast.Schema { return schema }}), schema)
}

func TestStrict(t *testing.T) {
	t.Parallel()
	exec := newExecutor(t)
	for _, c := range []struct {
		name, argument, is, value string
		path                      string // empty: the value is taken
	}{
		{"an integer", "int", "Int", `5`, ""},
		{"an integer in text", "int", "Int", `"5"`, "variable.v"},
		{"an integer with a fraction", "int", "Int", `5.5`, "variable.v"},
		{"the greatest integer", "int", "Int", `2147483647`, ""},
		{"an integer beyond 32 bits", "int", "Int", `2147483648`, "variable.v"},
		{"an absent integer", "int", "Int", `null`, ""},
		{"a list of integers", "ints", "[Int]", `[1,null,3]`, ""},
		{"one integer for a list", "ints", "[Int]", `1`, ""},
		{"a text in a list of integers", "ints", "[Int]", `[1,"2"]`, "variable.v[1]"},
		{"a number", "float", "Float", `1.5`, ""},
		{"a whole number for a Float", "float", "Float", `1`, ""},
		{"a number in text", "float", "Float", `"1.5"`, "variable.v"},
		{"a text", "string", "String", `"5"`, ""},
		{"a number for a text", "string", "String", `5`, "variable.v"},
		{"a truth", "boolean", "Boolean", `true`, ""},
		{"a truth in text", "boolean", "Boolean", `"true"`, "variable.v"},
		{"an id", "id", "ID", `"prod_1"`, ""},
		{"an id that is a number", "id", "ID", `7`, ""},
		{"an id that is a fraction", "id", "ID", `7.5`, "variable.v"},
		{"an enum value", "sort", "Sort", `"PRICE"`, ""},
		{"an enum value in small letters", "sort", "Sort", `"price"`, "variable.v"},
		{"an enum value that is a number", "sort", "Sort", `1`, "variable.v"},
		{"a scalar of our own", "price", "Decimal", `"12.50"`, ""},
		{"an input", "filter", "Filter", `{"text":"a","max":1,"sort":"TITLE","ids":["a"],"by":{"id":"a"},"and":[{"live":true}],"price":"1"}`, ""},
		{"a number for a text within an input", "filter", "Filter", `{"text":5}`, "variable.v.text"},
		{"a text for a number deep within", "filter", "Filter", `{"and":[{},{"and":[{"max":"1"}]}]}`, "variable.v.and[1].and[0].max"},
		{"one input for a list of them", "filters", "[Filter!]", `{"text":"a"}`, ""},
		{"one of two fields", "by", "By", `{"slug":"a"}`, ""},
		{"both of two fields of which one is wanted", "by", "By", `{"slug":"a","id":"b"}`, "variable.v"},
		{"none of two fields of which one is wanted", "by", "By", `{}`, "variable.v"},
		{"null for the one field", "by", "By", `{"id":null}`, "variable.v"},
		{"two fields of which one is null", "filter", "Filter", `{"by":{"id":"a","slug":null}}`, "variable.v.by"},
	} {
		t.Run(c.name+map[bool]string{true: " is taken", false: " is refused"}[c.path == ""], func(t *testing.T) {
			t.Parallel()
			var value any
			d := json.NewDecoder(strings.NewReader(c.value))
			d.UseNumber()
			if err := d.Decode(&value); err != nil {
				t.Fatal(err)
			}
			ctx := graphql.StartOperationTrace(context.Background())
			_, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{
				Query:     "query($v: " + c.is + ") { f(" + c.argument + ": $v) }",
				Variables: map[string]any{"v": value},
			})
			switch {
			case c.path == "" && len(errs) > 0:
				t.Errorf("refused: %v", errs)
			case c.path != "" && (len(errs) != 1 || errs[0].Path.String() != c.path):
				t.Errorf("errors %v, want one at %s", errs, c.path)
			}
		})
	}
}
