package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"galley/graph/generated"
	"galley/graph/loader"
	"galley/internal/audit"
	"galley/internal/database"
	"galley/internal/fault"
)

// Schema is the schema that executors run on.
func Schema() *ast.Schema { return generated.NewExecutableSchema(generated.Config{}).Schema() }

// Executor runs the operations of the shop's graph. It is two executors: one tells the schema, by introspection and by
// suggestions of names, the other does not. They share all else.
type Executor struct {
	*executor.Executor // which does not tell
	telling            *executor.Executor
	audience           Audience
}

var _ graphql.GraphExecutor = (*Executor)(nil)

// Executor makes the executor of the shop's graph. Whoever serves it puts the viewer into the context,
// limits before it, and gives it a cache of documents.
func (s *Shop) Executor() *Executor { return s.executor(directives()) }

func (s *Shop) executor(access generated.DirectiveRoot) *Executor {
	return &Executor{s.half(access, false), s.half(access, true), s.audience()}
}

func (s *Shop) half(access generated.DirectiveRoot, tells bool) *executor.Executor {
	resolver := newResolver(s)
	exec := executor.New(generated.NewExecutableSchema(generated.Config{Resolvers: resolver, Directives: access}))
	exec.SetErrorPresenter(present(s.Logger))
	exec.SetRecoverFunc(recovered(s.Logger))
	exec.SetDefaultRulesFn(func() *rules.Rules { return validationRules(tells) })
	exec.SetDisableSuggestion(!tells)
	exec.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		return next(noteAsker(resolver.source.With(ctx)))
	})
	exec.AroundRootFields(resolver.mutation)
	exec.AroundResponses(resolver.message)
	if tells {
		exec.Use(extension.Introspection{})
	}
	if s.Development {
		exec.AroundResponses(tellStatements)
	}
	return exec
}

// SetQueryCache gives the executor its cache of documents. What is in it has passed all rules but that of who asks.
func (e *Executor) SetQueryCache(cache graphql.Cache[*ast.QueryDocument]) {
	e.Executor.SetQueryCache(cache)
	e.telling.SetQueryCache(cache)
}

// CreateOperationContext validates an operation, and answers as its viewer may know.
func (e *Executor) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	if e.audience.has(ctx) {
		return e.telling.CreateOperationContext(ctx, params)
	}
	op, errs := e.Executor.CreateOperationContext(ctx, params)
	if len(errs) == 0 && introspects(op.Operation.SelectionSet) {
		return op, gqlerror.List{untold()}
	}
	return op, errs
}

// message gives each message of a subscription loaders of its own, which know nothing of the one before, and lets what is
// deferred be loaded after the first.
func (r *Resolver) message(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	op := graphql.GetOperationContext(ctx).Operation // nil where the document was refused
	if op != nil && op.Operation == ast.Subscription {
		ctx = r.source.With(ctx)
	}
	response := next(ctx)
	loader.Made(ctx)
	return response
}

// mutation gives each field of a mutation loaders of its own, which know nothing of before, and
// makes it safe to send again.
func (r *Resolver) mutation(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	if graphql.GetOperationContext(ctx).Operation.Operation != ast.Mutation {
		return next(ctx)
	}
	field := graphql.GetRootFieldContext(ctx).Field
	err := onePasswordAtMost(graphql.GetOperationContext(ctx))
	if err == nil {
		ctx, err = idempotent(audit.WithAction(r.source.With(ctx), field.Name))
	}
	if err != nil {
		graphql.AddError(ctx, gqlerror.WrapPath(ast.Path{ast.PathName(field.Alias)}, err))
		return graphql.Null
	}
	return next(ctx)
}

// onePasswordAtMost keeps an operation from guessing many passwords, or having many hashed.
func onePasswordAtMost(op *graphql.OperationContext) error {
	n := 0
	for _, f := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Mutation"}) {
		if hashes(f.Name) {
			n++
		}
	}
	if n > 1 {
		return fault.New(fault.BadUserInput, "An operation signs in, signs up or changes an account once")
	}
	return nil
}

// hashes tells whether a mutation may hash a password.
func hashes(mutation string) bool {
	switch mutation {
	case "signIn", "signUp", "emailVerify", "passwordReset", "passwordChange", "emailChangeRequest", "accountDelete", "userCreate", "userUpdate", "oidcComplete":
		return true
	}
	return false
}

// WaitsElsewhere tells whether a mutation may wait for something else than the database, for seconds: its turn to hash a
// password, or the answer of an issuer. Bounds of their own keep these from becoming many.
func WaitsElsewhere(mutation string) bool { return hashes(mutation) || mutation == "oidcStart" }

// tellStatements adds extensions.sql: how many statements an operation took, and how long they took.
func tellStatements(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	if c := database.CounterFrom(ctx); c != nil && response != nil {
		if response.Extensions == nil {
			response.Extensions = make(map[string]any)
		}
		response.Extensions["sql"] = map[string]any{
			"statements":   c.Statements(),
			"milliseconds": float64(c.Duration().Microseconds()) / 1000,
		}
	}
	return response
}
