package graph

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/ast"

	"galley/graph/generated"
)

//go:embed introspect.graphql
var introspection string

// Introspect asks a schema about itself, as tools do: the answer is the object with the one field `__schema`. It needs no shop.
func Introspect(schema *ast.Schema) (json.RawMessage, error) {
	exec := executor.New(generated.NewExecutableSchema(generated.Config{Schema: schema}))
	exec.Use(extension.Introspection{})
	ctx := graphql.StartOperationTrace(context.Background())
	operation, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: introspection})
	if len(errs) > 0 {
		return nil, fmt.Errorf("introspect: %w", errs)
	}
	responses, ctx := exec.DispatchOperation(ctx, operation)
	response := responses(ctx)
	if len(response.Errors) > 0 {
		return nil, fmt.Errorf("introspect: %w", response.Errors)
	}
	return response.Data, nil
}
