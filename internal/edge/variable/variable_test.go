package variable_test

import (
	"context"
	"encoding/json"
	"fmt"
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
	input Line { sku: String! quantity: Int! = 1 }
	input Filter { text: String sort: Sort max: Int ratio: Float live: Boolean ids: [ID!] by: By and: [Filter!] price: Decimal }
	type Query { f(filter: Filter, filters: [Filter!], by: By, sort: Sort, int: Int, ints: [Int], ids: [ID!], table: [[Int]], line: Line, float: Float, string: String, boolean: Boolean, id: ID, price: Decimal): Int }
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
		{"an integer in text", "int", "Int", `"5"`, "$v"},
		{"an integer with a fraction", "int", "Int", `5.5`, "$v"},
		{"the greatest integer", "int", "Int", `2147483647`, ""},
		{"an integer beyond 32 bits", "int", "Int", `2147483648`, "$v"},
		{"an absent integer", "int", "Int", `null`, ""},
		{"a list of integers", "ints", "[Int]", `[1,null,3]`, ""},
		{"one integer for a list", "ints", "[Int]", `1`, ""},
		{"a text in a list of integers", "ints", "[Int]", `[1,"2"]`, "$v[1]"},
		{"a number", "float", "Float", `1.5`, ""},
		{"a whole number for a Float", "float", "Float", `1`, ""},
		{"a number in text", "float", "Float", `"1.5"`, "$v"},
		{"a text", "string", "String", `"5"`, ""},
		{"a number for a text", "string", "String", `5`, "$v"},
		{"a truth", "boolean", "Boolean", `true`, ""},
		{"a truth in text", "boolean", "Boolean", `"true"`, "$v"},
		{"an id", "id", "ID", `"prod_1"`, ""},
		{"an id that is a number", "id", "ID", `7`, ""},
		{"an id that is a fraction", "id", "ID", `7.5`, "$v"},
		{"an enum value", "sort", "Sort", `"PRICE"`, ""},
		{"an enum value in small letters", "sort", "Sort", `"price"`, "$v"},
		{"an enum value that is a number", "sort", "Sort", `1`, "$v"},
		{"a scalar of our own", "price", "Decimal", `"12.50"`, ""},
		{"an input", "filter", "Filter", `{"text":"a","max":1,"sort":"TITLE","ids":["a"],"by":{"id":"a"},"and":[{"live":true}],"price":"1"}`, ""},
		{"a number for a text within an input", "filter", "Filter", `{"text":5}`, "$v.text"},
		{"a text for a number deep within", "filter", "Filter", `{"and":[{},{"and":[{"max":"1"}]}]}`, "$v.and[1].and[0].max"},
		{"one input for a list of them", "filters", "[Filter!]", `{"text":"a"}`, ""},
		{"one of two fields", "by", "By", `{"slug":"a"}`, ""},
		{"both of two fields of which one is wanted", "by", "By", `{"slug":"a","id":"b"}`, "$v"},
		{"none of two fields of which one is wanted", "by", "By", `{}`, "$v"},
		{"null for the one field", "by", "By", `{"id":null}`, "$v"},
		{"two fields of which one is null", "filter", "Filter", `{"by":{"id":"a","slug":null}}`, "$v.by"},
		{"an integer as a float", "int", "Int", `5.0`, "$v"},
		{"the smallest integer", "int", "Int", `-2147483648`, ""},
		{"an integer below 32 bits", "int", "Int", `-2147483649`, "$v"},
		{"an integer beyond 64 bits", "int", "Int", `9223372036854775808`, "$v"},
		{"a list for an integer", "int", "Int", `[1]`, "$v"},
		{"an object for an integer", "int", "Int", `{}`, "$v"},
		{"a float beyond what there is", "float", "Float", `1e400`, "$v"},
		{"a list for a text", "string", "String", `["a"]`, "$v"},
		{"null where it is not wanted", "id", "ID!", `null`, "$v"},
		{"null in a list that has none", "ids", "[ID!]", `["a",null]`, "$v[1]"},
		{"null for a list that may be", "ids", "[ID!]", `null`, ""},
		{"a list of one for lists of lists", "table", "[[Int]]", `1`, ""},
		{"lists of one for lists of lists", "table", "[[Int]]", `[1,null,[2]]`, ""},
		{"a text deep in lists of lists", "table", "[[Int]]", `[1,[2,"3"]]`, "$v[1][1]"},
		{"a text for an input", "filter", "Filter", `"text"`, "$v"},
		{"a list for an input", "filter", "Filter", `[{}]`, "$v"},
		{"a field that the input does not have", "filter", "Filter", `{"text":"a","texts":"b"}`, "$v"},
		{"the name of a type in an input", "filter", "Filter", `{"__typename":"Filter"}`, "$v"},
		{"an input without what it needs", "line", "Line", `{}`, "$v"},
		{"an input with null for what it needs", "line", "Line", `{"sku":null}`, "$v.sku"},
		{"an input without what has a default", "line", "Line", `{"sku":"a"}`, ""},
		{"null for what has a default", "line", "Line", `{"sku":"a","quantity":null}`, "$v.quantity"},
		{"three fields of which one is wanted", "by", "By", `{"slug":"a","id":"b","other":"c"}`, "$v"},
		{"a wrong value for the one field", "by", "By", `{"slug":5}`, "$v.slug"},
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
			if c.path == "" {
				if len(errs) > 0 {
					t.Errorf("refused: %v", errs)
				}
				return
			}
			if len(errs) != 1 || errs[0].Extensions["variable"] != c.path || !strings.HasPrefix(errs[0].Message, c.path+" ") {
				t.Fatalf("errors %v, want one at %s", errs, c.path)
			}
			if errs[0].Extensions["code"] != "BAD_USER_INPUT" || errs[0].Path != nil || len(errs[0].Locations) != 1 {
				t.Errorf("not a request error of the specification: %+v", errs[0])
			}
		})
	}
}

func TestWhatIsNotSent(t *testing.T) {
	t.Parallel()
	exec := newExecutor(t)
	for _, c := range []struct {
		name, document string
		says           string // empty: it runs
	}{
		{"a variable that is needed", `query($id: ID!) { f(id: $id) }`, "$id is missing, where ID! is needed"},
		{"a variable that is not", `query($id: ID) { f(id: $id) }`, ""},
		{"a variable with a default", `query($id: ID! = "a") { f(id: $id) }`, ""},
		{"the second of two variables", `query($int: Int, $id: ID!) { f(id: $id, int: $int) }`, "$id is missing, where ID! is needed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx := graphql.StartOperationTrace(context.Background())
			_, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: c.document, Variables: map[string]any{"other": json.Number("1")}})
			if got := fmt.Sprint(errs); c.says == "" && len(errs) > 0 || c.says != "" && !strings.Contains(got, c.says) {
				t.Errorf("errors %s, want %q", got, c.says)
			}
		})
	}
}

// What a client nests deeper than anybody reads is refused in few words, and in time.
func TestDeepValues(t *testing.T) {
	t.Parallel()
	value := any(map[string]any{"max": "1"})
	for range 5_000 {
		value = map[string]any{"and": []any{value}}
	}
	ctx := graphql.StartOperationTrace(context.Background())
	_, errs := newExecutor(t).CreateOperationContext(ctx, &graphql.RawParams{
		Query: `query($v: Filter) { f(filter: $v) }`, Variables: map[string]any{"v": value},
	})
	if len(errs) != 1 || len(errs[0].Message) > 300 {
		t.Errorf("errors %.500s", errs)
	}
}
