// Package admission keeps a shop quick when more is asked of it than it can do: as many operations run as the database
// serves at once, a few wait for a moment, and the rest is told at once to come again.
package admission

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/fault"
)

// Options are the bounds.
type Options struct {
	// Queries and Mutations are how many run at once. Without Mutations both share the places of Queries; without
	// Queries nobody is kept waiting.
	Queries, Mutations int
	Queue              int           // how many wait for a place, beside each of the two
	Wait               time.Duration // for how long
	// Elsewhere tells of mutations that wait for something else than the database, which has bounds of its own: they
	// take no place, or a slow provider would keep everybody waiting.
	Elsewhere func(field string) bool
}

// Executor stands before a GraphQL executor and lets in as many operations as it can serve. Subscriptions take no
// place: they wait for news most of the time.
type Executor struct {
	next      graphql.GraphExecutor
	queries   *gate
	mutations *gate
	gates     []*gate // those there are
	elsewhere func(field string) bool
}

var _ interface {
	graphql.GraphExecutor
	prometheus.Collector
} = (*Executor)(nil)

// Guard puts bounds before an executor.
func Guard(next graphql.GraphExecutor, o Options) *Executor {
	e := &Executor{next: next, elsewhere: o.Elsewhere}
	switch {
	case o.Mutations > 0:
		e.queries, e.mutations = newGate(o.Queries, o, "queries"), newGate(o.Mutations, o, "mutations")
		e.gates = []*gate{e.queries, e.mutations}
	case o.Queries > 0:
		e.queries = newGate(o.Queries, o, "operations")
		e.mutations, e.gates = e.queries, []*gate{e.queries}
	}
	return e
}

// CreateOperationContext reads and checks an operation, which is not bounded here.
func (e *Executor) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	return e.next.CreateOperationContext(ctx, params)
}

// DispatchOperation has an operation wait for its place before its first answer. It keeps the place until the last,
// or until nobody waits for it.
func (e *Executor) DispatchOperation(ctx context.Context, opCtx *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	responses, ctx := e.next.DispatchOperation(ctx, opCtx)
	gate := e.gateOf(opCtx.Operation)
	if gate == nil {
		return responses, ctx
	}
	return (&visit{gate: gate, responses: responses}).next, ctx
}

// DispatchError presents the errors of a request.
func (e *Executor) DispatchError(ctx context.Context, errs gqlerror.List) *graphql.Response {
	return e.next.DispatchError(ctx, errs)
}

// gateOf is where an operation waits, or nil where it need not.
func (e *Executor) gateOf(operation *ast.OperationDefinition) *gate {
	switch operation.Operation {
	case ast.Query:
		return e.queries
	case ast.Mutation:
		if e.elsewhere != nil && e.waitsElsewhere(operation.SelectionSet) {
			return nil
		}
		return e.mutations
	}
	return nil
}

func (e *Executor) waitsElsewhere(set ast.SelectionSet) bool {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			if e.elsewhere(selection.Name) {
				return true
			}
		case *ast.InlineFragment:
			if e.waitsElsewhere(selection.SelectionSet) {
				return true
			}
		case *ast.FragmentSpread:
			if selection.Definition != nil && e.waitsElsewhere(selection.Definition.SelectionSet) {
				return true
			}
		}
	}
	return false
}

// visit is an operation that was let in, or is to be.
type visit struct {
	gate      *gate
	responses graphql.ResponseHandler
	leave     func() // nil before it is in
	over      bool
}

func (v *visit) next(ctx context.Context) *graphql.Response {
	if v.over {
		return nil
	}
	if v.leave == nil {
		leave, err := v.gate.enter(ctx)
		if err != nil {
			v.over = true
			return refusal(ctx, err)
		}
		v.leave = leave
	}
	v.over = true // also where it panics
	defer func() {
		if v.over {
			v.leave()
		}
	}()
	response := v.responses(ctx)
	if v.over = response == nil || response.HasNext == nil || !*response.HasNext; !v.over {
		context.AfterFunc(ctx, v.leave) // who has gone does not ask for what is left
	}
	return response
}

// refusal is the only answer of an operation that was not let in. Who has gone needs none.
func refusal(ctx context.Context, err *fault.Error) *graphql.Response {
	if ctx.Err() != nil {
		return nil
	}
	return &graphql.Response{Errors: gqlerror.List{{Message: err.Message, Extensions: err.Extensions()}}}
}
