package graph_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"galley/graph"
	"galley/graph/graphtest"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/viewer"
)

func TestProductionTellsAStrangerNothing(t *testing.T) {
	t.Parallel()
	shop := graphtest.New(t, databasetest.SQLite)
	options := shop.Options
	options.Development = false
	production := shop.Run(graph.NewShop(options).Executor())
	for name, document := range map[string]string{
		"the schema is not told":             `{ __schema { types { name } } }`,
		"a type is not told":                 `{ __type(name: "User") { fields { name } } }`,
		"no field is suggested":              `{ product { titel } }`,
		"no argument is suggested":           `{ product(slag: "mug") { id } }`,
		"no type is suggested":               `query($x: ProductFilte) { products(filter: $x) { totalCount } }`,
		"no input field is suggested":        `{ products(filter: {querry: "x"}) { totalCount } }`,
		"no enum value is suggested":         `{ products(sortKey: TITLES) { totalCount } }`,
		"no fragment on a type is suggested": `{ node(id: "prod_0000000000001") { ... on Produc { id } } }`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := production.Do(t, viewer.Viewer{}, document, nil)
			if len(answer.Errors) == 0 {
				t.Fatalf("answered %s", answer.Data)
			}
			for _, e := range answer.Errors {
				if strings.Contains(e.Message, "Did you mean") || e.Code() == "" || e.Code() == "INTERNAL_SERVER_ERROR" {
					t.Errorf("%s: %s", e.Code(), e.Message)
				}
			}
			if strings.Contains(string(answer.Data), "name") {
				t.Errorf("told %s", answer.Data)
			}
		})
	}
	t.Run("who holds SCHEMA_READ is told the schema, and names", func(t *testing.T) {
		t.Parallel()
		for _, kind := range []viewer.Kind{viewer.Staff, viewer.APIKey} {
			reader := viewer.Viewer{Kind: kind, UserID: 1, Permissions: []viewer.Permission{viewer.SchemaRead}}
			if answer := production.Do(t, reader, `{ __schema { queryType { name } } }`, nil); len(answer.Errors) > 0 || !strings.Contains(string(answer.Data), `"Query"`) {
				t.Errorf("kind %d: answered %s %v", kind, answer.Data, answer.Errors)
			}
			if answer := production.Do(t, reader, `{ product { titel } }`, nil); len(answer.Errors) == 0 || !strings.Contains(answer.Errors[0].Message, "Did you mean") {
				t.Errorf("kind %d: answered %v", kind, answer.Errors)
			}
		}
	})
	t.Run("nor does it tell its statements", func(t *testing.T) {
		t.Parallel()
		for development, executor := range map[bool]graphql.GraphExecutor{true: shop.Executor(), false: graph.NewShop(options).Executor()} {
			ctx, _ := database.WithCounter(viewer.With(graphql.StartOperationTrace(t.Context()), viewer.Viewer{}))
			op, errs := executor.CreateOperationContext(ctx, &graphql.RawParams{Query: `{ product(slug: "mug") { id } }`})
			if errs != nil {
				t.Fatal(errs)
			}
			next, ctx := executor.DispatchOperation(ctx, op)
			sql, told := next(ctx).Extensions["sql"].(map[string]any)
			if told != development || told && sql["statements"] != 1 {
				t.Errorf("development %v: extensions.sql is %v", development, sql)
			}
		}
	})
}

// What one caller may ask for is in the cache of documents, where another's question finds it.
func TestTheSchemaIsToldByAudience(t *testing.T) {
	t.Parallel()
	shop := graphtest.New(t, databasetest.SQLite)
	reader := viewer.Viewer{Kind: viewer.Staff, UserID: 1, Permissions: []viewer.Permission{viewer.SchemaRead}}
	others := viewer.Viewer{Kind: viewer.Staff, UserID: 1, Permissions: slices.DeleteFunc(viewer.Permissions(), func(p viewer.Permission) bool { return p == viewer.SchemaRead })}
	for _, c := range []struct {
		development             bool
		audience                graph.Audience
		reader, others, anybody bool
	}{
		{true, "", true, true, true},
		{false, "", true, false, false},
		{false, graph.Everybody, true, true, true},
		{true, graph.StaffOnly, true, false, false},
		{true, graph.Nobody, false, false, false},
	} {
		options := shop.Options
		options.Development, options.Introspection = c.development, c.audience
		executor := graph.NewShop(options).Executor()
		executor.SetQueryCache(graphql.MapCache[*ast.QueryDocument]{})
		told := shop.Run(executor)
		for _, document := range []string{
			`{ __schema { queryType { name } } }`, `{ a: __type(name: "User") { name } }`,
			`{ ... { ... on Query { __schema { queryType { name } } } } }`,
			`{ ...A } fragment A on Query { ...B } fragment B on Query { __type(name: "User") { name } }`,
		} {
			for _, v := range []struct {
				viewer.Viewer
				want bool
			}{{reader, c.reader}, {others, c.others}, {viewer.Viewer{}, c.anybody}} {
				answer := told.Do(t, v.Viewer, document, nil)
				if got := len(answer.Errors) == 0 && strings.Contains(string(answer.Data), `"name"`); got != v.want {
					t.Errorf("development %v, introspection %q, kind %d with %d permissions: %s is told: %v", c.development, c.audience, v.Kind, len(v.Permissions), document, got)
				}
			}
		}
	}
}
