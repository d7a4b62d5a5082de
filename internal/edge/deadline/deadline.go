// Package deadline ends operations that take too long, and with them what they have the database do.
package deadline

import (
	"context"
	"errors"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/fault"
)

// Times are how long operations may take. Zero bounds nothing.
type Times struct {
	Query time.Duration
	// Mutation bounds what a mutation reads. Its transactions are detached from it and bounded by themselves, so that none
	// is undone because its answer took long.
	Mutation time.Duration
}

// Each puts deadlines before an executor. A subscription has none: it lives as long as its client listens.
func Each(next graphql.GraphExecutor, times Times) graphql.GraphExecutor {
	return bounded{next, times}
}

type bounded struct {
	graphql.GraphExecutor
	times Times
}

// DispatchOperation runs an operation until its deadline, which counts from the beginning of its first answer to the end
// of its last. Its context ends then, and with it the statement that runs: PostgreSQL is told to cancel it, SQLite is
// interrupted.
func (b bounded) DispatchOperation(ctx context.Context, opCtx *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	responses, ctx := b.GraphExecutor.DispatchOperation(ctx, opCtx)
	limit := b.of(opCtx.Operation.Operation)
	if limit <= 0 {
		return responses, ctx
	}
	r := run{executor: b.GraphExecutor, responses: responses, limit: limit}
	return r.next, ctx
}

// run is an operation under way.
type run struct {
	executor  graphql.GraphExecutor
	responses graphql.ResponseHandler
	limit     time.Duration

	within  context.Context //nolint:containedctx // of all of its answers
	cancel  context.CancelFunc
	partial bool // there was an answer that promised more
	ended   bool
}

func (r *run) next(ctx context.Context) *graphql.Response {
	if r.ended {
		return nil
	}
	if r.within == nil {
		r.within, r.cancel = context.WithTimeout(ctx, r.limit)
	}
	response := r.responses(r.within)
	if response == nil && ctx.Err() == nil && errors.Is(r.within.Err(), context.DeadlineExceeded) {
		response = r.executor.DispatchError(ctx, gqlerror.List{tooLong()})
		if r.partial {
			response.HasNext = new(bool)
		}
	}
	r.partial = response != nil && response.HasNext != nil && *response.HasNext
	if !r.partial {
		r.ended = true
		r.cancel()
	}
	return response
}

func (b bounded) of(operation ast.Operation) time.Duration {
	switch operation {
	case ast.Query:
		return b.times.Query
	case ast.Mutation:
		return b.times.Mutation
	}
	return 0
}

func tooLong() *gqlerror.Error {
	return &gqlerror.Error{Message: "This took too long", Extensions: map[string]any{"code": string(fault.Timeout)}}
}
