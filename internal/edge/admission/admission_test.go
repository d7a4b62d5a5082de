package admission_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/edge/admission"
)

// slow is an executor whose operations take some time each, and which knows how many run.
type slow struct {
	takes time.Duration
	more  bool // after the first answer comes another

	mu            sync.Mutex
	running, most int
}

func (s *slow) CreateOperationContext(context.Context, *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	return nil, nil
}

func (s *slow) DispatchError(context.Context, gqlerror.List) *graphql.Response { return nil }

func (s *slow) DispatchOperation(ctx context.Context, op *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	answers := 0
	return func(context.Context) *graphql.Response {
		if op.Operation.Name == "Panics" {
			panic("on purpose")
		}
		if answers++; answers > 2 {
			return nil
		}
		s.change(1)
		time.Sleep(s.takes)
		s.change(-1)
		more := s.more && answers == 1
		return &graphql.Response{Data: json.RawMessage(`{}`), HasNext: &more}
	}, ctx
}

func (s *slow) change(by int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running += by
	s.most = max(s.most, s.running)
}

func operation(kind ast.Operation, field string) *graphql.OperationContext {
	return &graphql.OperationContext{Operation: &ast.OperationDefinition{
		Operation: kind, SelectionSet: ast.SelectionSet{&ast.InlineFragment{SelectionSet: ast.SelectionSet{&ast.Field{Name: field}}}},
	}}
}

// run has an operation run to its first answer, and tells whether it was let in.
func run(ctx context.Context, e *admission.Executor, op *graphql.OperationContext) bool {
	responses, ctx := e.DispatchOperation(ctx, op)
	response := responses(ctx)
	return response != nil && len(response.Errors) == 0
}

// atOnce runs as many operations at the same moment, and counts those that were let in.
func atOnce(n int, run func() bool) (let int) {
	var wg sync.WaitGroup
	in := make(chan bool, n)
	for range n {
		wg.Go(func() { in <- run() })
	}
	wg.Wait()
	close(in)
	for ok := range in {
		if ok {
			let++
		}
	}
	return let
}

func TestAsManyRunAsThereArePlaces(t *testing.T) {
	t.Parallel()
	query, mutation := operation(ast.Query, "products"), operation(ast.Mutation, "cartCreate")
	for _, c := range []struct {
		name      string
		options   admission.Options
		takes     time.Duration
		operation *graphql.OperationContext
		let, most int
		took      time.Duration
	}{
		{"those that find a place run", admission.Options{Queries: 4, Queue: 10, Wait: time.Second}, 50 * time.Millisecond, query, 4, 4, 50 * time.Millisecond},
		{"others wait for it", admission.Options{Queries: 2, Queue: 10, Wait: time.Second}, 50 * time.Millisecond, query, 4, 2, 100 * time.Millisecond},
		{"as many as the queue takes", admission.Options{Queries: 1, Queue: 2, Wait: time.Second}, 50 * time.Millisecond, query, 3, 1, 150 * time.Millisecond},
		{"and as long as they may", admission.Options{Queries: 1, Queue: 10, Wait: 70 * time.Millisecond}, 50 * time.Millisecond, query, 2, 1, 100 * time.Millisecond},
		{"without a queue nobody waits", admission.Options{Queries: 1, Wait: time.Second}, 50 * time.Millisecond, query, 1, 1, 50 * time.Millisecond},
		{"mutations share the places", admission.Options{Queries: 1, Wait: time.Second}, 50 * time.Millisecond, mutation, 1, 1, 50 * time.Millisecond},
		{"unless they have their own", admission.Options{Queries: 1, Mutations: 3, Wait: time.Second}, 50 * time.Millisecond, mutation, 3, 3, 50 * time.Millisecond},
		{"without places all run", admission.Options{}, 50 * time.Millisecond, query, 4, 4, 50 * time.Millisecond},
		{"subscriptions need none", admission.Options{Queries: 1}, 50 * time.Millisecond, operation(ast.Subscription, "ticks"), 4, 4, 50 * time.Millisecond},
		{"what waits for others needs none", admission.Options{Queries: 1, Elsewhere: func(f string) bool { return f == "signIn" }},
			50 * time.Millisecond, operation(ast.Mutation, "signIn"), 4, 4, 50 * time.Millisecond},
		{"which is true of mutations only", admission.Options{Queries: 1, Elsewhere: func(f string) bool { return f == "signIn" }},
			50 * time.Millisecond, operation(ast.Query, "signIn"), 1, 1, 50 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				behind, began := &slow{takes: c.takes}, time.Now()
				guard := admission.Guard(behind, c.options)
				let := atOnce(4, func() bool { return run(t.Context(), guard, c.operation) })
				if took := time.Since(began); let != c.let || behind.most != c.most || took != c.took {
					t.Errorf("%d were let in, %d at once, in %s; not %d, %d, %s", let, behind.most, took, c.let, c.most, c.took)
				}
				if c.options.Queries > 0 && !run(t.Context(), guard, c.operation) {
					t.Error("a place was not given back")
				}
			})
		})
	}
}

func TestWhoFindsNoPlaceIsToldWhenToComeAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		guard := admission.Guard(&slow{takes: time.Minute}, admission.Options{Queries: 1, Queue: 1, Wait: 150 * time.Millisecond})
		first := make(chan bool)
		go func() { first <- run(t.Context(), guard, operation(ast.Query, "products")) }()
		synctest.Wait()
		began := time.Now()
		responses, ctx := guard.DispatchOperation(t.Context(), operation(ast.Query, "products"))
		response := responses(ctx)
		if waited := time.Since(began); waited != 150*time.Millisecond {
			t.Errorf("it waited for %s", waited)
		}
		if len(response.Data) > 0 || len(response.Errors) != 1 || response.Errors[0].Extensions["code"] != "UNAVAILABLE" || response.Errors[0].Extensions["retryAfter"] != 1 {
			t.Errorf("it is answered %+v", response)
		}
		if responses(ctx) != nil {
			t.Error("it has another answer")
		}
		if !<-first {
			t.Error("the first was not let in")
		}
	})
}

func TestPlacesAreKeptUntilTheLastAnswer(t *testing.T) {
	t.Parallel()
	query := operation(ast.Query, "products")
	t.Run("which is the one that has nothing after it", func(t *testing.T) {
		t.Parallel()
		guard := admission.Guard(&slow{more: true}, admission.Options{Queries: 1})
		responses, ctx := guard.DispatchOperation(t.Context(), query)
		responses(ctx)
		if run(t.Context(), guard, query) {
			t.Error("the place was given away between two answers")
		}
		responses(ctx)
		if !run(t.Context(), guard, query) {
			t.Error("the place was not given back")
		}
	})
	t.Run("or until the client goes", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			guard := admission.Guard(&slow{more: true}, admission.Options{Queries: 1})
			ctx, cancel := context.WithCancel(t.Context())
			responses, ctx := guard.DispatchOperation(ctx, query)
			responses(ctx)
			cancel()
			synctest.Wait()
			if !run(t.Context(), guard, query) {
				t.Error("the place was not given back")
			}
		})
	})
	t.Run("or until it panics", func(t *testing.T) {
		t.Parallel()
		guard := admission.Guard(&slow{}, admission.Options{Queries: 1})
		func() {
			defer func() { _ = recover() }()
			panics := operation(ast.Query, "products")
			panics.Operation.Name = "Panics"
			run(t.Context(), guard, panics)
		}()
		if !run(t.Context(), guard, query) {
			t.Error("the place was not given back")
		}
	})
	t.Run("who goes while waiting is not answered, and leaves the queue", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			guard := admission.Guard(&slow{takes: time.Second}, admission.Options{Queries: 1, Queue: 1, Wait: time.Minute})
			go run(t.Context(), guard, query)
			synctest.Wait()
			ctx, cancel := context.WithCancel(t.Context())
			gone := make(chan *graphql.Response)
			go func() {
				responses, ctx := guard.DispatchOperation(ctx, query)
				gone <- responses(ctx)
			}()
			synctest.Wait()
			cancel()
			if response := <-gone; response != nil {
				t.Errorf("it is answered %+v", response)
			}
			if !run(t.Context(), guard, query) {
				t.Error("nobody else was let wait")
			}
		})
	})
}

func TestMetricsTellWhoRunsAndWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		guard := admission.Guard(&slow{takes: time.Second}, admission.Options{Queries: 2, Queue: 1, Wait: 2 * time.Second})
		registry := prometheus.NewPedanticRegistry()
		registry.MustRegister(guard)
		done := make(chan int)
		go func() {
			done <- atOnce(4, func() bool { return run(t.Context(), guard, operation(ast.Query, "products")) })
		}()
		synctest.Wait()
		want := func(lines string) {
			t.Helper()
			if err := testutil.GatherAndCompare(registry, strings.NewReader(lines),
				"galley_admission_places", "galley_admission_running", "galley_admission_waiting", "galley_admission_refused_total"); err != nil {
				t.Error(err)
			}
		}
		of := func(running, waiting string) string {
			return `
# HELP galley_admission_places Places for operations that run.
# TYPE galley_admission_places gauge
galley_admission_places{gate="operations"} 2
# HELP galley_admission_refused_total Operations that found no place, and were told to come again.
# TYPE galley_admission_refused_total counter
galley_admission_refused_total{gate="operations"} 1
# HELP galley_admission_running Operations that run.
# TYPE galley_admission_running gauge
galley_admission_running{gate="operations"} ` + running + `
# HELP galley_admission_waiting Operations that wait for a place.
# TYPE galley_admission_waiting gauge
galley_admission_waiting{gate="operations"} ` + waiting + `
`
		}
		want(of("2", "1"))
		if let := <-done; let != 3 {
			t.Errorf("%d were let in", let)
		}
		want(of("0", "0"))
	})
}
