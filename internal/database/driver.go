package database

import (
	"context"
	stdsql "database/sql"
	"fmt"

	"entgo.io/ent/dialect"
)

// driver is what an engine gives us.
type driver interface {
	dialect.Driver
	rawQuerier
	load
	Ping(context.Context) error
	BeginTx(context.Context, *stdsql.TxOptions) (dialect.Tx, error)
}

type rawQuerier interface {
	ExecContext(ctx context.Context, query string, args ...any) (stdsql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*stdsql.Rows, error)
}

// counted is a driver whose statements are counted.
type counted struct{ driver }

func (d counted) Exec(ctx context.Context, query string, args, v any) (err error) {
	defer send(ctx, d.Dialect(), query, args).end(&err)
	return d.driver.Exec(ctx, query, args, v)
}

func (d counted) Query(ctx context.Context, query string, args, v any) (err error) {
	defer send(ctx, d.Dialect(), query, args).end(&err)
	return d.driver.Query(ctx, query, args, v)
}

func (d counted) ExecContext(ctx context.Context, query string, args ...any) (_ stdsql.Result, err error) {
	defer send(ctx, d.Dialect(), query, args).end(&err)
	return d.driver.ExecContext(ctx, query, args...)
}

func (d counted) QueryContext(ctx context.Context, query string, args ...any) (_ *stdsql.Rows, err error) {
	defer send(ctx, d.Dialect(), query, args).end(&err)
	return d.driver.QueryContext(ctx, query, args...)
}

func (d counted) Tx(ctx context.Context) (dialect.Tx, error) {
	tx, err := d.begin(ctx)
	if err != nil {
		return nil, err
	}
	raw, ok := tx.(rawQuerier)
	if !ok {
		return nil, fmt.Errorf("database: %T runs no plain statements", tx)
	}
	return countedTx{tx, raw, d.Dialect(), ctx}, nil
}

// begin waits for a connection, which is worth a span.
func (d counted) begin(ctx context.Context) (_ dialect.Tx, err error) {
	defer end(trace(ctx, d.Dialect(), "BEGIN"), &err)
	return d.driver.Tx(ctx)
}

// countedTx is a transaction whose statements are counted.
type countedTx struct {
	dialect.Tx
	raw     rawQuerier
	dialect string
	ctx     context.Context // Commit and Rollback have none of their own
}

// Commit waits for the disk, or for a standby.
func (t countedTx) Commit() (err error) {
	defer end(trace(t.ctx, t.dialect, "COMMIT"), &err)
	return t.Tx.Commit()
}

// Rollback undoes the transaction.
func (t countedTx) Rollback() (err error) {
	defer end(trace(t.ctx, t.dialect, "ROLLBACK"), &err)
	return t.Tx.Rollback()
}

func (t countedTx) Exec(ctx context.Context, query string, args, v any) (err error) {
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
	defer send(ctx, t.dialect, query, args).end(&err)
	return t.Tx.Exec(ctx, query, args, v)
}

func (t countedTx) Query(ctx context.Context, query string, args, v any) (err error) {
	defer send(ctx, t.dialect, query, args).end(&err)
	return t.Tx.Query(ctx, query, args, v)
}

func (t countedTx) ExecContext(ctx context.Context, query string, args ...any) (_ stdsql.Result, err error) {
	if b := bundleFrom(ctx); b != nil {
		return b.add(query, args), nil
	}
	defer send(ctx, t.dialect, query, args).end(&err)
	return t.raw.ExecContext(ctx, query, args...)
}

func (t countedTx) QueryContext(ctx context.Context, query string, args ...any) (_ *stdsql.Rows, err error) {
	defer send(ctx, t.dialect, query, args).end(&err)
	return t.raw.QueryContext(ctx, query, args...)
}
