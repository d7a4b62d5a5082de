package guard

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"sync/atomic"
	"time"

	"github.com/lib/pq"
)

// pqConn is what lib/pq's connection can do.
type pqConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.Validator
}

// conn is a guarded connection. database/sql gives it to one goroutine at a time.
type conn struct {
	pqConn
	connector  *Connector
	link       *link
	statements *statements // nil behind a pooler
	plans      int64       // the connector's count when this connection was made

	broken  bool // not to be used again
	reading bool // rows are on their way
	inTx    bool
	txDone  <-chan struct{} // of the transaction's context, whose bound holds for its statements too

	// unreplicated is set when the server says that a COMMIT did not wait for its standby. lib/pq may
	// read on a goroutine of its own.
	unreplicated atomic.Bool
}

var (
	_ driver.SessionResetter = (*conn)(nil)
	_ driver.Validator       = (*conn)(nil)
)

// QueryContext runs a statement that returns rows.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	o := c.start(ctx, query)
	var found driver.Rows
	var err error
	if c.statements.take(query, args) {
		found, err = prepared(&o, func(s pqStmt) (driver.Rows, error) { return s.QueryContext(ctx, args) })
	} else {
		found, err = c.pqConn.QueryContext(ctx, query, args)
	}
	return o.rows(found, err)
}

// ExecContext runs a statement that does not.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	o := c.start(ctx, query)
	var result driver.Result
	var err error
	if c.statements.take(query, args) {
		result, err = prepared(&o, func(s pqStmt) (driver.Result, error) { return s.ExecContext(ctx, args) })
	} else {
		result, err = c.pqConn.ExecContext(ctx, query, args)
	}
	return result, o.end(err)
}

// Ping asks whether the server answers.
func (c *conn) Ping(ctx context.Context) error {
	o := c.start(ctx, "")
	err := c.pqConn.Ping(ctx)
	o.bound.release()
	return o.judgeOnce(err)
}

// CheckNamedValue makes JSON text. As bytes it would be sent in binary under binary_parameters=yes,
// which jsonb has its own idea of.
func (c *conn) CheckNamedValue(v *driver.NamedValue) error {
	raw, ok := v.Value.(json.RawMessage)
	switch {
	case !ok:
		return c.pqConn.CheckNamedValue(v)
	case raw == nil:
		v.Value = nil
	default:
		v.Value = string(raw)
	}
	return nil
}

// ResetSession is called before a connection is used again.
func (c *conn) ResetSession(context.Context) error {
	if !c.IsValid() || c.plans != c.connector.plans.Load() || !c.link.quiet() {
		return driver.ErrBadConn
	}
	return nil
}

// IsValid is called when a connection goes back to the pool.
func (c *conn) IsValid() bool { return !c.broken && c.alive() }

func (c *conn) alive() bool { return c.link.failed() == nil && c.pqConn.IsValid() }

// Close says goodbye, if the server listens.
func (c *conn) Close() error {
	_ = c.link.SetDeadline(time.Now().Add(c.connector.limits.closing))
	return c.pqConn.Close()
}

// notice hears what the server says beside its answers.
func (c *conn) notice(n *pq.Error) {
	// By the name of its function: the message is translated, and its code stands for any warning.
	if n.Routine == "SyncRepWaitForLSN" {
		c.unreplicated.Store(true)
	}
}
