// Package graphtest runs operations on a small shop as a given viewer, and counts their statements.
package graphtest

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"galley/graph"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/viewer"
)

// Wait is how long batches wait in tests: long enough that a busy machine splits none.
const Wait = 25 * time.Millisecond

// Start is when every test's shop begins: keys and times are the same in each run.
func Start() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }

// Shop is a shop of a test's own, and its rows.
type Shop struct {
	*graph.Shop
	Rows     Rows
	executor graphql.GraphExecutor
	sent     *recorder
}

// New makes a shop with the rows of Fill on a fresh database.
func New(tb testing.TB, engine databasetest.Engine) *Shop {
	tb.Helper()
	return Filled(tb, databasetest.Open(tb, engine, Start))
}

// Filled makes a shop with the rows of Fill on a database that has none.
func Filled(tb testing.TB, db *database.DB) *Shop {
	tb.Helper()
	s := On(db)
	s.Rows = Fill(tb, db)
	if err := s.Session.Prepare(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return s
}

// Empty makes a shop without rows on a fresh database.
func Empty(tb testing.TB, engine databasetest.Engine) *Shop {
	tb.Helper()
	return On(databasetest.Open(tb, engine, Start))
}

// On makes a shop on a database.
func On(db *database.DB) *Shop {
	shop := graph.NewShop(graph.Options{Database: db, Currency: "GBP", Development: true, Wait: Wait})
	return &Shop{Shop: shop, executor: shop.Executor(), sent: &recorder{}}
}

// Run has operations run by another executor, such as one without access directives.
func (s *Shop) Run(executor graphql.GraphExecutor) *Shop {
	copied := *s
	copied.executor = executor
	return &copied
}

// Response is an operation's answer.
type Response struct {
	Data       json.RawMessage `json:"data,omitempty"`
	Errors     []Error         `json:"errors,omitempty"`
	Statements int             `json:"-"`
}

// Error is a top-level error.
type Error struct {
	Message    string         `json:"message"`
	Path       []any          `json:"path,omitempty"`
	Extensions map[string]any `json:"extensions,omitempty"`
}

// Code is the error's stable code.
func (e Error) Code() string { code, _ := e.Extensions["code"].(string); return code }

// Codes are the codes of all errors.
func (r Response) Codes() []string {
	codes := make([]string, len(r.Errors))
	for i, e := range r.Errors {
		codes[i] = e.Code()
	}
	return codes
}

// Do runs an operation as a viewer.
func (s *Shop) Do(tb testing.TB, v viewer.Viewer, query string, variables map[string]any) Response {
	tb.Helper()
	return s.Send(tb, viewer.With(tb.Context(), v), &graphql.RawParams{Query: query, Variables: variables})
}

// Send runs a request in a context that holds its viewer.
func (s *Shop) Send(tb testing.TB, ctx context.Context, params *graphql.RawParams) Response { //nolint:revive // a test's T comes first
	tb.Helper()
	ctx, counter := database.WithCounter(graphql.StartOperationTrace(ctx))
	counter.Note = s.sent.note
	var answer *graphql.Response
	op, errs := s.executor.CreateOperationContext(ctx, params)
	if errs != nil {
		answer = s.executor.DispatchError(graphql.WithOperationContext(ctx, op), errs)
	} else {
		next, ctx := s.executor.DispatchOperation(ctx, op)
		answer = next(ctx)
	}
	delete(answer.Extensions, "sql")
	text, err := json.Marshal(answer)
	if err != nil {
		tb.Fatalf("encode answer: %v", err)
	}
	var r Response
	if err := json.Unmarshal(text, &r); err != nil {
		tb.Fatalf("decode answer: %v", err)
	}
	r.Statements = counter.Statements()
	return r
}

// Must is Do for operations that answer without errors; it decodes the data into v.
func (s *Shop) Must(tb testing.TB, as viewer.Viewer, query string, variables map[string]any, v any) Response {
	tb.Helper()
	r := s.Do(tb, as, query, variables)
	if len(r.Errors) > 0 {
		tb.Fatalf("%s\nanswered %+v", query, r.Errors)
	}
	if v != nil {
		if err := json.Unmarshal(r.Data, v); err != nil {
			tb.Fatalf("decode %s: %v", r.Data, err)
		}
	}
	return r
}
