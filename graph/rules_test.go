package graph_test

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"galley/graph"
)

// TestLiterals holds documents to https://spec.graphql.org/September2025/#sec-Validation where gqlparser's rules do not.
func TestLiterals(t *testing.T) {
	t.Parallel()
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `
		enum Sort { PRICE }
		input By @oneOf { id: ID slug: String }
		input Filter { max: Int by: By and: [Filter!] }
		type Query { f(filter: Filter, by: By, sort: Sort, int: Int, ints: [Int!], float: Float, string: String, boolean: Boolean, id: ID): Int }
	`})
	for _, c := range []struct{ document, says string }{
		{`{ f(int: 2147483647) }`, ""},
		{`{ f(int: -2147483648) }`, ""},
		{`{ f(int: 2147483648) }`, "32-bit"},
		{`{ f(int: -2147483649) }`, "32-bit"},
		{`{ f(ints: [1, 2147483648]) }`, "32-bit"},
		{`{ f(ints: 1) }`, ""},
		{`{ f(ints: [null]) }`, "found null"},
		{`{ f(ints: [[1]]) }`, "Int"},
		{`{ f(filter: {and: [{max: 2147483648}]}) }`, "32-bit"},
		{`query($n: Int = 2147483648) { f(int: $n) }`, "32-bit"},
		{`{ f(int: 1.0) }`, "Int cannot"},
		{`{ f(int: "1") }`, "Int cannot"},
		{`{ f(float: 1) }`, ""},
		{`{ f(float: 1e400) }`, "Float cannot"},
		{`{ f(id: 7) }`, ""},
		{`{ f(id: 7.5) }`, "ID cannot"},
		{`{ f(string: 5) }`, "String cannot"},
		{`{ f(string: {}) }`, "String cannot represent an object"},
		{`{ f(int: {}) }`, "Int cannot represent an object"},
		{`{ f(boolean: {}) }`, "Boolean cannot represent an object"},
		{`{ f(id: {}) }`, "ID cannot represent an object"},
		{`{ f(sort: {}) }`, "Sort cannot represent an object"},
		{`{ f(sort: price) }`, "does not exist"},
		{`{ f(sort: "PRICE") }`, "non-enum"},
		{`{ f(boolean: 1) }`, "Boolean cannot"},
		{`{ f(by: {id: "a"}) }`, ""},
		{`{ f(by: {}) }`, "exactly one"},
		{`{ f(by: {id: "a", slug: "b"}) }`, "exactly one"},
		{`{ f(by: {id: null}) }`, "non-null"},
		{`{ f(by: {id: "a", slug: null}) }`, "exactly one"},
		{`{ f(filter: {by: {slug: "a"}}) }`, ""},
		{`query($id: ID!) { f(by: {id: $id}) }`, ""},
		{`query($id: ID) { f(by: {id: $id}) }`, "must be non-null"},
		{`query($id: ID = "a") { f(filter: {and: [{by: {id: $id}}]}) }`, "must be non-null"},
		{`query($by: By) { f(by: $by) }`, ""},
		{`{ f(filter: {min: 1}) }`, "not defined"},
	} {
		for suggest, rules := range graph.Rules() {
			document, err := parser.ParseQuery(&ast.Source{Input: c.document})
			if err != nil {
				t.Fatal(err)
			}
			errs := validator.ValidateWithRules(schema, document, rules)
			if got := errs.Error(); c.says == "" && len(errs) > 0 || c.says != "" && !strings.Contains(got, c.says) {
				t.Errorf("%s, suggesting %v: errors %q, want %q", c.document, suggest, got, c.says)
			}
		}
	}
}
