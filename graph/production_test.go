package graph_test

import (
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

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
