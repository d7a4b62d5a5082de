package guard

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/lib/pq"
)

// tx is a transaction, within the bounds of the context that it began under.
type tx struct {
	driver.Tx
	op operation
}

// BeginTx begins a transaction.
func (c *conn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	o := c.start(ctx, "")
	begun, err := c.pqConn.BeginTx(ctx, options)
	if err != nil {
		return nil, o.end(err)
	}
	c.inTx, c.txDone = true, ctx.Done()
	return &tx{begun, o}, nil
}

// Begin is there because driver.Conn has it; database/sql calls BeginTx.
func (c *conn) Begin() (driver.Tx, error) { return c.BeginTx(context.Background(), driver.TxOptions{}) }

// Commit returns nil only when the server said that it is done, and on every standby that it has to wait for.
func (t *tx) Commit() error {
	c := t.op.conn
	defer t.over()
	defer c.link.within(c.connector.limits.commit)()
	c.unreplicated.Store(false)
	before := c.link.sent.Load()
	err := t.Tx.Commit()
	switch {
	case c.unreplicated.Load():
		c.broken = true
		return unknown(errUnreplicated)
	case err == nil, errors.Is(err, pq.ErrInFailedTransaction):
		return err
	case c.link.sent.Load() == before:
		c.broken = true
		return missing(t.op.cause(err))
	}
	if answer, ok := errors.AsType[*pq.Error](err); ok {
		return t.op.refused(answer, err) // lib/pq has read on until the server was ready again
	}
	c.broken = true
	if c.alive() && !lost(err) {
		return err
	}
	return unknown(t.op.cause(err))
}

// Rollback undoes the transaction, with the server's help or without: what was not committed when its
// connection ends is undone.
func (t *tx) Rollback() error {
	c := t.op.conn
	defer t.over()
	defer c.link.within(c.connector.limits.closing)()
	err := t.Tx.Rollback()
	if err != nil {
		c.broken = true
		if !c.alive() || lost(err) {
			return nil
		}
	}
	return err
}

func (t *tx) over() {
	c := t.op.conn
	if t.op.ctx.Err() != nil {
		c.broken = true
	}
	t.op.bound.release()
	c.inTx, c.txDone = false, nil
}
