package graph

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"galley/graph/generated"
	"galley/internal/viewer"
)

// WithoutDirectives is an executor that lets everybody ask for every field: what is left are the row
// rules.
func (s *Shop) WithoutDirectives() graphql.GraphExecutor {
	quick := *s
	quick.Wait = time.Millisecond // these tests count no statements
	return quick.executor(generated.DirectiveRoot{
		Identified: func(ctx context.Context, _ any, next graphql.Resolver) (any, error) { return next(ctx) },
		Permission: func(ctx context.Context, _ any, next graphql.Resolver, _ []viewer.Permission) (any, error) {
			return next(ctx)
		},
	})
}

// Impatient is an executor whose batches wait for nothing: what takes few statements there was
// fetched ahead.
func (s *Shop) Impatient() graphql.GraphExecutor {
	impatient := *s
	impatient.Wait = time.Nanosecond
	return impatient.Executor()
}

// OneByOne is an executor that fetches nothing ahead: the loaders serve by themselves, in however many statements.
func (s *Shop) OneByOne() graphql.GraphExecutor {
	slow := *s
	slow.oneByOne, slow.Wait = true, time.Millisecond
	return slow.Executor()
}

// WholeRows is an executor that reads all columns of each row.
func (s *Shop) WholeRows() graphql.GraphExecutor {
	greedy := *s
	greedy.allColumns, greedy.Wait = true, time.Millisecond
	return greedy.Executor()
}

// Rules are those that documents are validated by, with suggestions and without.
func Rules() map[bool]*rules.Rules {
	return map[bool]*rules.Rules{true: validationRules(true), false: validationRules(false)}
}
