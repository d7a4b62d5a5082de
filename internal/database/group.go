package database

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"modernc.org/sqlite"
)

const (
	// groupMembers and groupAge bound how long the first of a group waits for those after it.
	groupMembers = 64
	groupAge     = 10 * time.Millisecond
)

var (
	// errUndone is for those who did nothing wrong, and may run again.
	errUndone = errors.New("another transaction's failure undid this one")
	errLost   = errors.New("a statement that failed undid the transaction")
)

// writer is SQLite's one connection that writes. Callers' transactions run on it one after another,
// each a savepoint in an outer transaction, and share its COMMIT, since the disk's confirmation is
// what costs: they are a group. Nobody is told of a success before the whole group is on disk.
type writer struct {
	pool  *stdsql.DB
	conn  *stdsql.Conn
	limit int           // of members in a group
	age   time.Duration // at which a group takes nobody else in
	turns turns
	open  *group      // with lost, it belongs to whoever has the turn
	kept  kept        // with the turn
	lost  atomic.Bool // SQLite undid the outer transaction: a full disk, an I/O error, an interrupted write
}

// group is an outer transaction.
type group struct {
	began time.Time
	kept  int           // members that wait for its COMMIT
	done  chan struct{} // closed after COMMIT or ROLLBACK
	err   error         // why nothing of it stayed; to be read after done
}

func newWriter(ctx context.Context, pool *stdsql.DB) (*writer, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{pool: pool, conn: conn, limit: groupMembers, age: groupAge, kept: kept{}}
	if err := errors.Join(w.writable(), w.onRollback(func() { w.lost.Store(true) })); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return w, nil
}

// writable fails on a read-only file, which SQLite opens all the same.
func (w *writer) writable() error {
	return w.conn.Raw(func(conn any) error {
		file, ok := conn.(interface {
			IsReadOnly(schema string) (bool, error)
		})
		if !ok {
			return fmt.Errorf("%T does not tell what it may", conn)
		}
		if readOnly, err := file.IsReadOnly("main"); err != nil || !readOnly {
			return err
		}
		return errors.New("the file is read-only for this user")
	})
}

// onRollback hears of every ROLLBACK, those that SQLite decides on by itself among them: after one,
// the connection would commit each further statement by itself.
func (w *writer) onRollback(hook sqlite.RollbackHookFn) error {
	return w.conn.Raw(func(conn any) error {
		hooks, ok := conn.(sqlite.HookRegisterer)
		if !ok {
			return fmt.Errorf("%T does not tell of rollbacks", conn)
		}
		hooks.RegisterRollbackHook(hook)
		return nil
	})
}

func (w *writer) close() error {
	return errors.Join(w.onRollback(nil), w.kept.close(), w.conn.Close(), w.pool.Close())
}

// run runs a statement about transactions. No context may interrupt it: that would leave unknown
// whether it happened.
func (w *writer) run(statement string) error {
	_, err := w.conn.ExecContext(context.Background(), statement)
	return err
}

// begin waits for a turn and begins a transaction, which has the turn until it ends.
func (w *writer) begin(ctx context.Context) (*member, error) {
	if err := w.turns.take(ctx); err != nil {
		return nil, fmt.Errorf("wait for SQLite's writer: %w", err)
	}
	if unhurried(ctx) {
		w.finish() // those before it shall not wait for it
	}
	if err := w.savepoint(); err != nil {
		w.leave()
		return nil, err
	}
	m := &member{w: w, group: w.open, ctx: ctx}
	m.Conn = sql.Conn{ExecQuerier: m}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stop = context.AfterFunc(ctx, func() { _ = m.Rollback() })
	return m, nil
}

// unhurried tells whether a transaction may take longer than a request's.
func unhurried(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return !ok || time.Until(deadline) > txTimeout
}

func (w *writer) savepoint() error {
	if w.open == nil {
		if err := w.run("BEGIN IMMEDIATE"); err != nil {
			return err
		}
		w.lost.Store(false)
		w.open = &group{began: time.Now(), done: make(chan struct{})}
	}
	return w.run("SAVEPOINT member")
}

// leave ends a turn. Whoever waits goes on in the same group, unless it is full, old or lost; when
// nobody waits, it is committed.
func (w *writer) leave() {
	if g := w.open; g != nil && g.kept < w.limit && time.Since(g.began) < w.age && !w.lost.Load() && w.turns.hand() {
		return
	}
	w.finish()
	w.turns.leave()
}

// finish commits the group, and tells its members what became of it.
func (w *writer) finish() {
	g := w.open
	if g == nil {
		return
	}
	w.open = nil
	if w.lost.Load() {
		g.err = errUndone
	} else if err := w.run("COMMIT"); err != nil {
		g.err = fmt.Errorf("%d transactions together: %w", g.kept, err)
	}
	if g.err != nil {
		_ = w.run("ROLLBACK") // fails where SQLite has undone all by itself
	}
	close(g.done)
}

// ExecContext runs a statement as a transaction of its own.
func (w *writer) ExecContext(ctx context.Context, query string, args ...any) (stdsql.Result, error) {
	tx, err := w.begin(ctx)
	if err != nil {
		return nil, err
	}
	result, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	return result, tx.Commit()
}

// member is a caller's transaction in a group.
type member struct {
	sql.Conn // Ent's form of the methods below
	w        *writer
	group    *group
	ctx      context.Context

	mu    sync.Mutex
	ended bool
	stop  func() bool
}

var _ dialect.Tx = (*member)(nil)

// ExecContext runs a statement without rows.
func (m *member) ExecContext(ctx context.Context, query string, args ...any) (stdsql.Result, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.over(); err != nil {
		return nil, err
	}
	s, err := m.w.kept.prepare(ctx, m.w.conn, query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// QueryContext runs a statement with rows.
func (m *member) QueryContext(ctx context.Context, query string, args ...any) (*stdsql.Rows, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.over(); err != nil {
		return nil, err
	}
	s, err := m.w.kept.prepare(ctx, m.w.conn, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// over tells why no statement may run any more.
func (m *member) over() error {
	switch {
	case m.ended && m.ctx.Err() != nil:
		return m.ctx.Err()
	case m.ended:
		return stdsql.ErrTxDone
	case m.w.lost.Load():
		return errLost
	}
	return nil
}

// end lets the first of Commit, Rollback and the context's end count.
func (m *member) end() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ended {
		return m.over()
	}
	m.ended = true
	m.stop()
	return nil
}

// Commit returns when the group is on disk.
func (m *member) Commit() error {
	if err := m.end(); err != nil {
		return err
	}
	if m.w.lost.Load() {
		m.w.leave()
		return errLost
	}
	if err := m.w.run("RELEASE member"); err != nil {
		m.undo()
		m.w.leave()
		return err
	}
	m.group.kept++
	m.w.leave()
	<-m.group.done
	return m.group.err
}

// Rollback undoes this transaction alone. It read what those before it in the group have written:
// so it waits for them too, and fails if that was undone.
func (m *member) Rollback() error {
	if err := m.end(); err != nil {
		return err
	}
	lost, learnt := m.w.lost.Load(), m.group.kept > 0
	if !lost {
		m.undo()
	}
	m.w.leave()
	if lost || !learnt {
		return nil
	}
	<-m.group.done
	if m.group.err != nil {
		return errUndone
	}
	return nil
}

// undo takes back what the member did, or else gives its group up.
func (m *member) undo() {
	if err := m.w.run("ROLLBACK TO member; RELEASE member"); err != nil {
		m.w.lost.Store(true)
	}
}
