package limit

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
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

// CreateOperationContext measures the document, has it validated, and estimates its answer.
func (e *Executor) CreateOperationContext(
	ctx context.Context, params *graphql.RawParams,
) (*graphql.OperationContext, gqlerror.List) {
	if err := e.admit(ctx, params); err != nil {
		refused := &graphql.OperationContext{
			RawQuery:      params.Query,
			OperationName: params.OperationName,
			Headers:       params.Headers,
			Stats:         graphql.Stats{Read: params.ReadTime, OperationStart: graphql.GetStartTime(ctx)},
		}
		return refused, Cap(gqlerror.List{err}, e.limits.Errors)
	}
	opCtx, errs := e.next.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		return opCtx, Cap(recode(errs), e.limits.Errors)
	}
	if err := Estimate(opCtx).check(e.limits); err != nil {
		return opCtx, gqlerror.List{err}
	}
	return opCtx, nil
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

// recode gives errors in the values of variables a code of their own: the document is sound, and
// what the client filled in is not. Their paths are made of the client's keys: what is too long to
// help is left out.
func recode(errs gqlerror.List) gqlerror.List {
	for _, err := range errs {
		if len(err.Path) > 0 && err.Path[0] == ast.PathName("variable") {
			setCode(err, fault.BadUserInput)
			if len(err.Path.String()) > messageBytes {
				err.Path = nil
			}
		}
	}
	return errs
}
