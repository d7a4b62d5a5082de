package limit_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/edge/limit"
)

func TestLimitsBeforeValidation(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		limits limit.Limits
		pass   string
		refuse string
		says   string
		limit  string // by its setting
	}{
		{"bytes", limit.Limits{DocumentBytes: 20}, `{ me { id name } }`, `{ me { id name email } }`, "too many bytes: 24", "bytes"},
		{"tokens", limit.Limits{Tokens: 7}, `{ me { id } }`, `{ me { id name email } }`, "more than 7 tokens", "tokens"},
		{"one name", limit.Limits{NameBytes: 8}, `{ me { id } }`, `query NineBytes { me { id } }`, "bytes in one name: 9", "nameBytes"},
		{"nesting", limit.Limits{Nesting: 3}, `{ me { friends { id } } }`, `{ me { friends { friends { id } } } }`, "within one another: 4", "depth"},
		{"nesting by inline fragments", limit.Limits{Nesting: 2}, `{ me { id } }`, `{ me { ... { id } } }`, "within one another: 3", "depth"},
		{"nesting through fragments", limit.Limits{Nesting: 3}, `{ me { ...F } } fragment F on User { id }`, `{ me { ...F } } fragment F on User { friends { id } }`, "within one another: 4", "depth"},
		{"literal values", limit.Limits{ValueNesting: 3}, `{ users(filter: {and: [{}]}) { totalCount } }`, `{ users(filter: {and: [{email: "a"}]}) { totalCount } }`, "one value: 4", "valueDepth"},
		{"operations", limit.Limits{Operations: 1}, `query A { me { id } }`, `query A { me { id } } query B { me { id } }`, "operations: 2", "operations"},
		{"fragments", limit.Limits{Fragments: 1}, `{ me { ...A } } fragment A on User { id }`, `{ me { ...A ...B } } fragment A on User { id } fragment B on User { id }`, "fragments: 2", "fragments"},
		{"aliases", limit.Limits{Aliases: 1}, `{ a: me { id } }`, `{ a: me { id } b: me { id } }`, "aliases: 2", "aliases"},
		{"directives", limit.Limits{Directives: 1}, `{ me @skip(if: false) { id } }`, `{ me @skip(if: false) { id @skip(if: false) } }`, "directives: 2", "directives"},
		{"repeated fields", limit.Limits{Repeats: 1}, `{ me { id id } }`, `{ me { id id id } }`, "repeated selections: 2", "repeats"},
		{"repeated fields of inline fragments", limit.Limits{Repeats: 1}, `{ me { id ... { id } } }`, `{ me { id ... { id } ... { id } } }`, "repeated selections: 2", "repeats"},
		{"repeated fragments", limit.Limits{Repeats: 1}, `{ me { ...A ...A } } fragment A on User { id }`, `{ me { ...A ...A ...A } } fragment A on User { id }`, "repeated selections: 2", "repeats"},
		{"root fields", limit.Limits{RootFields: 2}, `{ a: me { id } b: me { id } }`, `{ a: me { id } b: me { id } c: me { id } }`, "root of one operation: 3", "rootFields"},
		{"root fields of fragments", limit.Limits{RootFields: 2}, `{ ...Q } fragment Q on Query { me { id } ... { categories { id } } }`, `{ ...Q b: me { id } } fragment Q on Query { me { id } ... { categories { id } } }`, "root of one operation: 3", "rootFields"},
		{"walks", limit.Limits{Visits: 10}, `{ me { ...A } } fragment A on User { id }`, `{ me { ...A } } fragment A on User { ...B } fragment B on User { id name email }`, "once fragments are followed: ", "visits"},
	} {
		t.Run(c.name+" are bounded", func(t *testing.T) {
			t.Parallel()
			exec := guarded(t, c.limits)
			if _, errs := ask(exec, c.pass, nil); len(errs) > 0 {
				t.Errorf("%s: refused: %v", c.pass, errs)
			}
			_, errs := ask(exec, c.refuse, nil)
			if got := codeOf(errs); got != "COMPLEXITY_LIMIT_EXCEEDED" {
				t.Errorf("%s: code %q: %v", c.refuse, got, errs)
			}
			text, err := json.Marshal(errs[0].Extensions["limit"])
			if err != nil || !strings.HasPrefix(string(text), `{"name":"`+c.limit+`","most":`) {
				t.Errorf("%s: extensions.limit is %s, %v", c.refuse, text, err)
			}
			if !strings.Contains(messages(errs), c.says) {
				t.Errorf("%s: %q does not say %q", c.refuse, messages(errs), c.says)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, query, operation string
		variables              map[string]any
		code                   string
	}{
		{name: "a document that cannot be read has failed parsing", query: `{ me {`, code: "GRAPHQL_PARSE_FAILED"},
		{name: "a document of comments has no operation", query: "# nothing\n", code: "GRAPHQL_PARSE_FAILED"},
		{name: "fragments alone are no operation", query: "fragment F on User { id }", code: "GRAPHQL_PARSE_FAILED"},
		{name: "an unknown field has failed validation", query: `{ you }`, code: "GRAPHQL_VALIDATION_FAILED"},
		{name: "one of several operations must be named", query: `query A { me { id } } query B { me { id } }`, code: "BAD_REQUEST"},
		{name: "an operation that is not there cannot be named", query: `query A { me { id } }`, operation: "B", code: "BAD_REQUEST"},
		{name: "an operation without a name cannot be named", query: `{ me { id } }`, operation: "B", code: "BAD_REQUEST"},
		{name: "one of several operations may be named", query: `query A { me { id } } query B { me { id } }`, operation: "B"},
		{name: "a wrong value of a variable is bad input", query: `query($n: Int) { users(first: $n) { totalCount } }`, variables: map[string]any{"n": "many"}, code: "BAD_USER_INPUT"},
		{name: "a missing variable is bad input", query: `query($id: ID!) { node(id: $id) { id } }`, code: "BAD_USER_INPUT"},
		{name: "a fragment in a circle has failed validation", query: `{ ...A } fragment A on Query { ...A }`, code: "GRAPHQL_VALIDATION_FAILED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			exec := guarded(t, limit.Limits{})
			for range 2 { // the second time out of the cache
				ctx := graphql.StartOperationTrace(context.Background())
				_, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: c.query, OperationName: c.operation, Variables: c.variables})
				if got := codeOf(errs); got != c.code {
					t.Errorf("code %q, want %q: %v", got, c.code, errs)
				}
			}
		})
	}
}

func TestErrorsAreCapped(t *testing.T) {
	t.Parallel()
	t.Run("ten errors are told, and how many there are besides", func(t *testing.T) {
		t.Parallel()
		_, errs := ask(guarded(t, limit.Limits{}), `{ me { `+numbered("typo%d ", 50)+`} }`, nil)
		if len(errs) != 11 {
			t.Fatalf("%d errors, want 11", len(errs))
		}
		if got := errs[10].Message; got != "More errors are not listed: 40" {
			t.Errorf("the note says %q", got)
		}
		if got := errs[10].Extensions["code"]; got != "GRAPHQL_VALIDATION_FAILED" {
			t.Errorf("the note has code %v", got)
		}
	})
	t.Run("a message that quotes much is cut between characters", func(t *testing.T) {
		t.Parallel()
		errs := limit.Cap(gqlerror.List{{Message: "a" + strings.Repeat("é", 1_000)}}, 10)
		if got := errs[0].Message; len(got) > 310 || !strings.HasSuffix(got, "é …") {
			t.Errorf("%d bytes: %q", len(got), got)
		}
	})
}

func TestRefusedOperationsCanBePresented(t *testing.T) {
	t.Parallel()
	exec := guarded(t, limit.Limits{Tokens: 3})
	opCtx, errs := ask(exec, `{ me { id name } }`, nil)
	response := exec.DispatchError(graphql.WithOperationContext(context.Background(), opCtx), errs)
	if got := codeOf(response.Errors); got != "COMPLEXITY_LIMIT_EXCEEDED" {
		t.Errorf("presented with code %q", got)
	}
}

func FuzzGuard(f *testing.F) {
	for _, query := range hostile() {
		if len(query) < 4<<10 {
			f.Add(query)
		}
	}
	f.Add(`query($n: Int = 3) { users(first: $n) @skip(if: false) { nodes { id } } }`)
	exec := guarded(f, limit.Limits{})
	f.Fuzz(func(t *testing.T, query string) {
		opCtx, errs := ask(exec, query, map[string]any{"n": json.Number("7")})
		if len(errs) > 11 {
			t.Errorf("%d errors", len(errs))
		}
		for _, err := range errs {
			if err.Extensions["code"] == nil {
				t.Errorf("no code: %v", err)
			}
		}
		if len(errs) == 0 {
			if cost := limit.Estimate(opCtx); cost.Nodes < 0 || cost.Values < 0 {
				t.Errorf("cost %+v", cost)
			}
		}
	})
}
