package guard

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/lib/pq"
)

// operation is something that is sent, until its answer was read.
type operation struct {
	conn  *conn
	ctx   context.Context
	query string // empty where nothing can change: BEGIN, Ping, Prepare
	sent  int64  // what had been sent before
	bound *bound
}

func (c *conn) start(ctx context.Context, query string) operation {
	c.unreplicated.Store(false)
	o := operation{conn: c, ctx: ctx, query: query, sent: c.link.sent.Load()}
	if !c.inTx || ctx.Done() != c.txDone {
		o.bound = c.link.bound(ctx, c.connector.limits.grace)
	}
	return o
}

// end judges an operation by its error, and takes its bound off the socket.
func (o *operation) end(err error) error {
	o.bound.release()
	return o.judge(err)
}

// judge says what an error means. database/sql repeats whatever it takes for driver.ErrBadConn, so
// that passes only where it may.
func (o *operation) judge(err error) error {
	c := o.conn
	if o.ctx.Err() != nil {
		c.broken = true // lib/pq may still be cancelling what ran here
	}
	if c.unreplicated.Load() && !c.inTx {
		return unknown(errUnreplicated)
	}
	if err == nil {
		return nil
	}
	if answer, ok := errors.AsType[*pq.Error](err); ok && c.link.failed() == nil {
		return o.refused(answer, err)
	}
	if c.alive() && !lost(err) {
		c.broken = true // lib/pq's own complaint: it may have stopped halfway
		return err
	}
	c.broken = true
	cause := o.cause(err)
	switch {
	case !c.inTx && o.sent != c.link.sent.Load() && o.query != "" && !repeatable(o.query):
		return unknown(cause)
	case o.ctx.Err() != nil && c.link.failed() == nil:
		return cause // lib/pq gave the connection up because of the context
	case c.inTx, o.ctx.Err() != nil:
		return missing(cause)
	}
	return driver.ErrBadConn
}

// judgeOnce judges the error of what database/sql does not repeat.
func (o *operation) judgeOnce(err error) error {
	judged := o.judge(err)
	if errors.Is(judged, driver.ErrBadConn) {
		return missing(o.cause(err))
	}
	return judged
}

// refused is a statement that the server answered with an error: nothing of it happened.
func (o *operation) refused(answer *pq.Error, err error) error {
	if ends(answer) {
		o.conn.broken = true
	}
	switch {
	case answer.Code == completionUnknown:
		return unknown(err)
	case answer.Code == queryCanceled && o.ctx.Err() != nil:
		return fmt.Errorf("%w: %w", o.ctx.Err(), err)
	}
	return err
}

// cause is why the connection was lost, and never what database/sql would repeat for.
func (o *operation) cause(err error) error {
	if errors.Is(err, driver.ErrBadConn) {
		err = o.conn.link.failed()
	}
	if err == nil {
		err = errEnded
	}
	return dueTo(o.ctx, err)
}

// dueTo is an error with that of its context, if that is over: whoever gave up hears of that first.
func dueTo(ctx context.Context, err error) error {
	if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
		return fmt.Errorf("%w: %w", ended, err)
	}
	return err
}

var (
	errEnded        = errors.New("the server ended the connection")
	errUnreplicated = errors.New("the server did not wait for its standby")
)

func unknown(cause error) error { return fmt.Errorf("%w: %w", ErrOutcomeUnknown, cause) }

func missing(cause error) error { return fmt.Errorf("%w: %w", ErrNoConnection, cause) }
