package limit

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/fault"
)

// Executor stands before a GraphQL executor and lets through what keeps within the limits. Every
// transport runs on it, so none can forget them.
type Executor struct {
	next   graphql.GraphExecutor
	limits Limits
	passed *Cache[outline]
}

var _ graphql.GraphExecutor = (*Executor)(nil)

// Guard puts limits before an executor.
func Guard(next graphql.GraphExecutor, limits Limits) *Executor {
	limits = limits.orDefaults()
	return &Executor{next: next, limits: limits, passed: NewCache(limits.CacheBytes, weighOutline)}
}

// CreateOperationContext measures the document, and has it validated.
func (e *Executor) CreateOperationContext(
	ctx context.Context, params *graphql.RawParams,
) (*graphql.OperationContext, gqlerror.List) {
	if err := e.admit(ctx, params); err != nil {
		return Refused(ctx, params, Cap(gqlerror.List{err}, e.limits.Errors)[0])
	}
	opCtx, errs := e.next.CreateOperationContext(ctx, params)
	return opCtx, Cap(errs, e.limits.Errors)
}

// Check measures and validates a document that nobody asks to run: what is wrong with it, and the name of its first
// operation. One that is fine is remembered.
func (e *Executor) Check(ctx context.Context, document string) (operation string, errs gqlerror.List) {
	params := &graphql.RawParams{Query: document}
	names, err := inspect(document, e.limits)
	if err != nil {
		return "", gqlerror.List{err}
	}
	params.OperationName = names[0]
	_, errs = e.CreateOperationContext(graphql.StartOperationTrace(ctx), params)
	if len(errs) > 0 && errs[0].Extensions["code"] == string(fault.BadUserInput) {
		errs = nil // it has no variables here
	}
	return names[0], errs
}

// DispatchOperation runs an operation that was let through.
func (e *Executor) DispatchOperation(
	ctx context.Context, opCtx *graphql.OperationContext,
) (graphql.ResponseHandler, context.Context) {
	return e.next.DispatchOperation(ctx, opCtx)
}

// DispatchError presents the errors of a request.
func (e *Executor) DispatchError(ctx context.Context, errs gqlerror.List) *graphql.Response {
	return e.next.DispatchError(ctx, errs)
}

func (e *Executor) admit(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	names, known := e.passed.Get(ctx, params.Query)
	if !known {
		var err *gqlerror.Error
		if names, err = inspect(params.Query, e.limits); err != nil {
			return err
		}
		e.passed.Add(ctx, params.Query, names)
	}
	return names.choose(params.OperationName)
}
