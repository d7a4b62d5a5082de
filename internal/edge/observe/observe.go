// Package observe lets whoever runs a shop see what its operations do: as numbers, as traces, and as lines in the log
// about slow ones. Nothing of it has values that clients sent, and nothing that they invent becomes a series.
package observe

import (
	"context"
	"log/slog"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"go.opentelemetry.io/otel/trace"

	"galley/internal/database"
)

// Options say what is looked at.
type Options struct {
	// Named tells whether a series may have the name of an operation, which clients choose. Nil lets none.
	Named func(name string) bool
	// Trusted tells whether a document is of the shop's own clients, whose operations are told by their names as well. Nil trusts
	// none.
	Trusted func(text string) bool
	// Slow is from when on an operation is logged; 0 logs none.
	Slow   time.Duration
	Logger *slog.Logger
	Tracer trace.Tracer
}

// Executor stands before a GraphQL executor and looks at what comes and goes.
type Executor struct {
	next    graphql.GraphExecutor
	options Options
	metrics metrics
}

var _ interface {
	graphql.GraphExecutor
	prometheus.Collector
} = (*Executor)(nil)

// Watch puts itself before an executor. What of the options is nil sees nothing.
func Watch(next graphql.GraphExecutor, o Options) *Executor {
	none := func(string) bool { return false }
	if o.Named == nil {
		o.Named = none
	}
	if o.Trusted == nil {
		o.Trusted = none
	}
	return &Executor{next: next, options: o, metrics: newMetrics()}
}

// CreateOperationContext counts what is refused before it runs.
func (e *Executor) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	opCtx, errs := e.next.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		e.metrics.refused(errs)
	}
	return opCtx, errs
}

// DispatchOperation follows an operation until its last answer, or until nobody waits for one.
func (e *Executor) DispatchOperation(ctx context.Context, opCtx *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	o := &operation{
		executor: e, operation: opCtx, name: e.nameOf(opCtx), counter: database.CounterFrom(ctx), began: opCtx.Stats.OperationStart,
	}
	if o.began.IsZero() {
		o.began = time.Now()
	}
	ctx, o.span = e.begin(ctx, opCtx)
	responses, ctx := e.next.DispatchOperation(ctx, opCtx)
	o.responses = responses
	return o.next, ctx
}

// DispatchError presents the errors of a request.
func (e *Executor) DispatchError(ctx context.Context, errs gqlerror.List) *graphql.Response {
	return e.next.DispatchError(ctx, errs)
}

// nameOf is what a series of an operation is called: its own name where that is known, else the field at its root.
// The schema bounds these.
func (e *Executor) nameOf(opCtx *graphql.OperationContext) string {
	if name := opCtx.Operation.Name; name != "" && (e.options.Named(name) || e.options.Trusted(opCtx.RawQuery)) {
		return name
	}
	name := ""
	for _, selection := range opCtx.Operation.SelectionSet {
		field, ok := selection.(*ast.Field)
		if !ok || name != "" && name != field.Name {
			return several
		}
		name = field.Name
	}
	return name
}

// several stands for operations with more than one field at their root.
const several = "several"
