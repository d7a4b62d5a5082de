package deadline_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/edge/deadline"
)

// bounded is an executor of two answers at the most, which run a function.
func bounded(times deadline.Times, answers int, execute func(context.Context) error) graphql.GraphExecutor {
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `type Query { a: Int } type Mutation { a: Int } type Subscription { a: Int }`})
	exec := executor.New(&graphql.ExecutableSchemaMock{
		SchemaFunc: func() *ast.Schema { return schema },
		ExecFunc: func(context.Context) graphql.ResponseHandler {
			n := 0
			return func(ctx context.Context) *graphql.Response {
				if n++; n > answers {
					return nil
				}
				if err := execute(ctx); err != nil {
					graphql.AddError(ctx, err)
				}
				response := &graphql.Response{Data: []byte(`{"a":null}`)}
				if answers > 1 {
					more := n < answers
					response.HasNext = &more
				}
				return response
			}
		},
	})
	exec.SetErrorPresenter(func(_ context.Context, err error) *gqlerror.Error {
		if errors.Is(err, context.DeadlineExceeded) { // as the graph has it
			return &gqlerror.Error{Message: err.Error(), Extensions: map[string]any{"code": "TIMEOUT"}}
		}
		return graphql.DefaultErrorPresenter(context.Background(), err)
	})
	return deadline.Each(exec, times)
}

// run runs an operation to its end, and gives all of its answers.
func run(ctx context.Context, t *testing.T, exec graphql.GraphExecutor, query string) (answers []*graphql.Response) {
	t.Helper()
	ctx = graphql.StartOperationTrace(ctx)
	opCtx, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query})
	if errs != nil {
		t.Fatal(errs)
	}
	responses, ctx := exec.DispatchOperation(graphql.WithOperationContext(ctx, opCtx), opCtx)
	for response := responses(ctx); response != nil; response = responses(ctx) {
		if answers = append(answers, response); len(answers) > 10 {
			t.Fatal("the answers have no end")
		}
	}
	return answers
}

func wait(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

func TestDeadlines(t *testing.T) {
	t.Parallel()
	const soon, never = 30 * time.Millisecond, time.Hour
	for _, c := range []struct {
		name, query string
		times       deadline.Times
		ends        bool
	}{
		{"a query ends", `{ a }`, deadline.Times{Query: soon, Mutation: never}, true},
		{"a mutation has a time of its own", `mutation { a }`, deadline.Times{Query: never, Mutation: soon}, true},
		{"a mutation does not end with queries", `mutation { a }`, deadline.Times{Query: soon, Mutation: never}, false},
		{"without a time there is no end", `{ a }`, deadline.Times{Mutation: soon}, false},
		{"a subscription lives on", `subscription { a }`, deadline.Times{Query: soon, Mutation: soon}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			exec := bounded(c.times, 1, func(ctx context.Context) error {
				if c.ends {
					return wait(ctx)
				}
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-time.After(10 * soon):
					return nil
				}
			})
			answers := run(t.Context(), t, exec, c.query)
			if len(answers) != 1 || (len(answers[0].Errors) > 0) != c.ends || c.ends && answers[0].Errors[0].Extensions["code"] != "TIMEOUT" {
				t.Errorf("answers %+v", answers)
			}
		})
	}
	t.Run("what is deferred ends at the same time, and says so", func(t *testing.T) {
		t.Parallel()
		first := true
		exec := bounded(deadline.Times{Query: soon}, 3, func(ctx context.Context) error {
			if first {
				first = false
				return nil
			}
			return wait(ctx)
		})
		answers := run(t.Context(), t, exec, `{ a }`)
		last := answers[len(answers)-1]
		if len(answers) != 3 || !*answers[0].HasNext || len(last.Errors) == 0 || last.Errors[0].Extensions["code"] != "TIMEOUT" || last.HasNext == nil || *last.HasNext {
			t.Errorf("%d answers, the last one %+v", len(answers), last)
		}
	})
	t.Run("a client that has gone is told nothing", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		exec := bounded(deadline.Times{Query: never}, 3, func(ctx context.Context) error {
			cancel()
			return wait(ctx)
		})
		if answers := run(ctx, t, exec, `{ a }`); len(answers) != 1 {
			t.Errorf("%d answers", len(answers))
		}
	})
}

// slow is a statement that takes minutes.
func slow(db *database.DB) string {
	if db.Postgres() {
		return `SELECT 1 FROM pg_sleep(300)`
	}
	return `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000000) SELECT count(*) FROM n`
}

func query(ctx context.Context, db *database.DB, text string) (n int, err error) {
	rows, err := db.Client.QueryContext(databasetest.System(ctx), text)
	if err != nil {
		return 0, fmt.Errorf("query: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return 0, fmt.Errorf("scan: %w", err)
		}
	}
	return n, rows.Err()
}

// More operations than there are connections run into their deadline at once: the database stops with them, and answers the next.
func TestADeadlineStopsTheDatabase(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		exec := bounded(deadline.Times{Query: 200 * time.Millisecond}, 1, func(ctx context.Context) error {
			_, err := query(ctx, db, slow(db))
			return err
		})
		began := time.Now()
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				answers := run(t.Context(), t, exec, `{ a }`)
				if len(answers) != 1 || len(answers[0].Errors) != 1 || answers[0].Errors[0].Extensions["code"] != "TIMEOUT" {
					t.Errorf("answered %+v", answers[0].Errors)
				}
			})
		}
		wg.Wait()
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("took %s", took)
		}
		if n, err := query(t.Context(), db, `SELECT 42`); n != 42 || err != nil {
			t.Errorf("then answered %d, %v", n, err)
		}
		if !db.Postgres() {
			return
		}
		const running = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(300)%' AND state = 'active' AND pid <> pg_backend_pid()`
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			n, err := query(t.Context(), db, running)
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("%d statements still run", n)
			}
		}
	})
}
