// Package incremental gives what is deferred as the specification has it, over an executor that does so only roughly.
//
// gqlgen puts null in the place of a deferred field until it has its value, gives fields of structs at once, and tells
// apart deferred fragments of one object by their labels alone. Here its results are put together to one tree, out of
// which each fragment is given whole as soon as all of it is there, after the result that it belongs to.
package incremental

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Executor gives queries with @defer result by result: first the data without what is deferred, and then, with its path
// and label, the data of each deferred fragment. HasNext tells whether more is to come; without it the result is all there
// is. Mutations and subscriptions give complete results: what they change, and what they are told of, is one moment.
type Executor struct {
	graphql.GraphExecutor
	schema *ast.Schema
}

// Over stands over an executor of a schema.
func Over(next graphql.GraphExecutor, schema *ast.Schema) *Executor { return &Executor{next, schema} }

// DispatchOperation runs an operation. The context that it returns is asked by Of about results.
func (e *Executor) DispatchOperation(
	ctx context.Context, opCtx *graphql.OperationContext,
) (graphql.ResponseHandler, context.Context) {
	if !Defers(opCtx) {
		return e.GraphExecutor.DispatchOperation(ctx, opCtx)
	}
	if opCtx.Operation.Operation != ast.Query {
		Whole(opCtx)
		return e.GraphExecutor.DispatchOperation(ctx, opCtx)
	}
	s := newStream(e.schema, opCtx)
	s.responses, ctx = e.GraphExecutor.DispatchOperation(ctx, opCtx)
	return s.next, context.WithValue(ctx, streamKey{}, s)
}

// DispatchError presents the errors of a request.
func (e *Executor) DispatchError(ctx context.Context, errs gqlerror.List) *graphql.Response {
	return e.GraphExecutor.DispatchError(ctx, errs)
}

// Fragment is a deferred fragment of one object in the answer.
type Fragment struct {
	ID    string   `json:"id"` // unique in its operation
	Path  ast.Path `json:"path"`
	Label string   `json:"label,omitempty"`
}

// Notes are what a result does not say by itself.
type Notes struct {
	ID      string     // the fragment whose data it is; empty for the first result
	Pending []Fragment // those that it shows to be coming
}

type streamKey struct{}

// Of gives the notes of the latest result of an operation that Executor dispatched.
func Of(ctx context.Context) Notes {
	if s, ok := ctx.Value(streamKey{}).(*stream); ok {
		return s.notes
	}
	return Notes{}
}
