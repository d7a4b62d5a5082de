package database

import (
	"context"
	stdsql "database/sql"
	"fmt"
	"sync/atomic"
	"time"

	"entgo.io/ent/dialect"
)

// driver is what an engine gives us.
type driver interface {
	dialect.Driver
	rawQuerier
	Ping(context.Context) error
	BeginTx(context.Context, *stdsql.TxOptions) (dialect.Tx, error)
}

type rawQuerier interface {
	ExecContext(ctx context.Context, query string, args ...any) (stdsql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*stdsql.Rows, error)
}

// Counter counts an operation's statements and the time that they took.
type Counter struct {
	// Note is told each statement before it is sent, for tests.
	Note func(query string, args any)

	statements, nanoseconds atomic.Int64
}

// Statements is how many were sent, BEGIN and COMMIT not among them.
func (c *Counter) Statements() int { return int(c.statements.Load()) }

// Duration is how long they took together, until their first row.
func (c *Counter) Duration() time.Duration { return time.Duration(c.nanoseconds.Load()) }

type counterKey struct{}

// WithCounter counts the statements that are sent under the context.
func WithCounter(ctx context.Context) (context.Context, *Counter) {
	c := new(Counter)
	return context.WithValue(ctx, counterKey{}, c), c
}

// CounterFrom is the counter that WithCounter put into the context, or nil.
func CounterFrom(ctx context.Context) *Counter {
	c, _ := ctx.Value(counterKey{}).(*Counter)
	return c
}

// count notes a statement; call what it returns when the statement is done.
func count(ctx context.Context, query string, args any) func() {
	c := CounterFrom(ctx)
	if c == nil {
		return func() {}
	}
	if c.Note != nil {
		c.Note(query, args)
	}
	start := time.Now()
	return func() {
		c.statements.Add(1)
		c.nanoseconds.Add(int64(time.Since(start)))
	}
}

// counted is a driver whose statements are counted.
type counted struct{ driver }

func (d counted) Exec(ctx context.Context, query string, args, v any) error {
	defer count(ctx, query, args)()
	return d.driver.Exec(ctx, query, args, v)
}

func (d counted) Query(ctx context.Context, query string, args, v any) error {
	defer count(ctx, query, args)()
	return d.driver.Query(ctx, query, args, v)
}

func (d counted) ExecContext(ctx context.Context, query string, args ...any) (stdsql.Result, error) {
	defer count(ctx, query, args)()
	return d.driver.ExecContext(ctx, query, args...)
}

func (d counted) QueryContext(ctx context.Context, query string, args ...any) (*stdsql.Rows, error) {
	defer count(ctx, query, args)()
	return d.driver.QueryContext(ctx, query, args...)
}

func (d counted) Tx(ctx context.Context) (dialect.Tx, error) {
	tx, err := d.driver.Tx(ctx)
	if err != nil {
		return nil, err
	}
	raw, ok := tx.(rawQuerier)
	if !ok {
		return nil, fmt.Errorf("database: %T runs no plain statements", tx)
	}
	return countedTx{tx, raw}, nil
}

// countedTx is a transaction whose statements are counted.
type countedTx struct {
	dialect.Tx
	raw rawQuerier
}

func (t countedTx) Exec(ctx context.Context, query string, args, v any) error {
	if b := bundleFrom(ctx); b != nil {
		list, ok := args.([]any)
		if !ok {
			return fmt.Errorf("database: arguments are %T", args)
		}
		result := b.add(query, list)
		if into, ok := v.(*stdsql.Result); ok {
			*into = result
		}
		return nil
	}
	defer count(ctx, query, args)()
	return t.Tx.Exec(ctx, query, args, v)
}

func (t countedTx) Query(ctx context.Context, query string, args, v any) error {
	defer count(ctx, query, args)()
	return t.Tx.Query(ctx, query, args, v)
}

func (t countedTx) ExecContext(ctx context.Context, query string, args ...any) (stdsql.Result, error) {
	if b := bundleFrom(ctx); b != nil {
		return b.add(query, args), nil
	}
	defer count(ctx, query, args)()
	return t.raw.ExecContext(ctx, query, args...)
}

func (t countedTx) QueryContext(ctx context.Context, query string, args ...any) (*stdsql.Rows, error) {
	defer count(ctx, query, args)()
	return t.raw.QueryContext(ctx, query, args...)
}
