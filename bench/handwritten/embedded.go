package handwritten

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"time"

	_ "modernc.org/sqlite" // as Galley's

	"galley/internal/snowflake"
)

// embedded places orders on SQLite: one connection writes, others read beside it. Each order is a plain transaction of
// its own, with prepared statements; SQLite has no statements that write to several tables.
type embedded struct {
	server
	write *sql.DB

	lines, customer, order, line, take, move, ordered, ask, tell, work *sql.Stmt // of orders
	step, waits, fact, answered, held, placed                          *sql.Stmt // of payments
}

// NewEmbedded makes the handler on SQLite's file, set as Galley sets it: in WAL mode, a COMMIT waits for the disk.
func NewEmbedded(ctx context.Context, file string) (http.Handler, error) {
	read, err := openFile(file, url.Values{"_pragma": {"query_only(1)"}})
	if err != nil {
		return nil, err
	}
	readers := max(4, 2*runtime.GOMAXPROCS(0))
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	write, err := openFile(file, url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(FULL)"}, "_txlock": {"immediate"}})
	if err != nil {
		return nil, errors.Join(err, read.Close())
	}
	write.SetMaxOpenConns(1)
	s := &embedded{server: server{db: read, keys: snowflake.New(Instance, time.Now)}, write: write}
	for _, p := range []struct {
		db   *sql.DB
		to   **sql.Stmt
		text string
	}{
		{read, &s.session, sessionSQL},
		{write, &s.lines, wantedSQL}, {write, &s.customer, customerSQL}, {write, &s.order, insertOrderSQL}, {write, &s.line, insertLineSQL},
		{write, &s.take, takeSQL}, {write, &s.move, moveSQL}, {write, &s.ordered, orderedSQL}, {write, &s.ask, askSQL},
		{write, &s.tell, tellSQL}, {write, &s.work, workSQL},
		{write, &s.step, stepSQL}, {write, &s.waits, waitsSQL}, {write, &s.fact, factSQL}, {write, &s.answered, answeredSQL},
		{write, &s.held, heldSQL}, {write, &s.placed, placedSQL},
	} {
		if *p.to, err = p.db.PrepareContext(ctx, p.text); err != nil { //nolint:sqlclosecheck // it lives as long as the process
			return nil, errors.Join(fmt.Errorf("prepare %s: %w", p.text, err), read.Close(), write.Close())
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /carts/{id}/order", s.answer(s.placeOrder))
	mux.HandleFunc("POST /carts/{id}/order/card", s.answer(s.payOrder))
	return mux, nil
}

// openFile opens SQLite's file. Times are whole microseconds in it.
func openFile(file string, values url.Values) (*sql.DB, error) {
	values["_pragma"] = append([]string{"busy_timeout(5000)", "foreign_keys(1)"}, values["_pragma"]...)
	values.Set("_time_integer_format", "unix_micro")
	values.Set("_inttotime", "1")
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: values.Encode()}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return db, nil
}

// batch is a transaction whose statements, but for those that read, are of no interest one by one: the first error
// stays, and nothing is run after it.
type batch struct {
	context.Context //nolint:containedctx // it lives as long as the transaction
	tx              *sql.Tx
	err             error
}

// run runs a statement that changes something, or else refuses.
func (t *batch) run(s *sql.Stmt, args ...any) {
	if t.err != nil {
		return
	}
	done, err := t.tx.StmtContext(t, s).ExecContext(t, args...) //nolint:sqlclosecheck // the transaction closes it
	if t.err = err; err != nil {
		return
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		t.err = errors.Join(err, refusal(http.StatusConflict))
	}
}

// inTx runs fn in a transaction of the connection that writes.
func (s *embedded) inTx(ctx context.Context, fn func(*batch) error) (err error) {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	t := &batch{Context: ctx, tx: tx}
	if err := errors.Join(fn(t), t.err); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
