package database

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/lib/pq"

	"galley/ent"
	"galley/internal/database/guard"
)

const (
	txTimeout = 15 * time.Second
	// txAttempts are a transaction's against others, outageAttempts those while the database cannot be
	// reached: together about five seconds, in which it restarts or a standby takes over.
	txAttempts     = 6
	outageAttempts = 9
)

// ErrOutcomeUnknown is the error of a transaction whose COMMIT was sent, and whose answer was lost: it
// may have happened. Mutate runs it again under an idempotency key.
var ErrOutcomeUnknown = guard.ErrOutcomeUnknown

// InTx runs fn in a transaction. It is detached from the caller's cancellation, so that a client
// that goes away neither cancels a COMMIT nor costs a connection, and bounded in time. Where a
// transaction lost a race or its connection, and nothing of it can have happened, fn runs again: it
// must have no effect but on tx.
func (db *DB) InTx(ctx context.Context, fn func(ctx context.Context, tx *ent.Tx) error) error {
	return db.InTxWithin(ctx, txTimeout, fn)
}

// InTxWithin is InTx with a bound of its own, for what takes longer than a request may.
func (db *DB) InTxWithin(ctx context.Context, bound time.Duration, fn func(ctx context.Context, tx *ent.Tx) error) error {
	return db.repeat(ctx, bound, retryable, func(ctx context.Context, tx *ent.Tx) error {
		return db.watched(ctx, tx, func(ctx context.Context) error { return fn(ctx, tx) })
	})
}

// repeat runs fn in transactions until one is done, or fails with what another would fail with too.
func (db *DB) repeat(ctx context.Context, bound time.Duration, again func(error) bool, fn func(ctx context.Context, tx *ent.Tx) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), bound)
	defer cancel()
	for attempt := 1; ; attempt++ {
		err := db.try(ctx, fn)
		if err == nil || !again(err) || !db.wait(ctx, attempt, err) {
			if err != nil && ctx.Err() != nil {
				return errors.Join(err, ctx.Err())
			}
			return err
		}
		if errors.Is(err, ErrOutcomeUnknown) {
			db.log.WarnContext(ctx, "a transaction may or may not have happened: its idempotency key will tell", "error", err)
		}
	}
}

// wait pauses after a failed attempt, or tells that it was the last.
func (db *DB) wait(ctx context.Context, attempt int, err error) bool {
	pause, most := time.Duration(attempt*attempt)*5*time.Millisecond, txAttempts
	if Unreachable(err) {
		pause, most = min(10*time.Millisecond<<(2*(attempt-1)), time.Second), outageAttempts
	}
	if attempt >= most {
		return false
	}
	// Jitter only: nothing depends on it.
	pause = pause/2 + time.Duration(rand.Int64N(int64(pause))) //nolint:gosec // no secret
	select {
	case <-ctx.Done():
		return false
	case <-time.After(pause):
		return ctx.Err() == nil
	}
}

func (db *DB) try(ctx context.Context, fn func(ctx context.Context, tx *ent.Tx) error) (err error) {
	tx, err := db.Client.Tx(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	done := false
	defer func() {
		if !done { // fn failed, or panicked
			if e := tx.Rollback(); e != nil && err != nil {
				err = fmt.Errorf("%w (rollback: %w)", err, e)
			}
		}
	}()
	if err := fn(ctx, tx); err != nil {
		return err
	}
	done = true
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// retryable tells whether nothing of a transaction can have happened, for a reason that may be gone when
// it runs again: others were in its way, or the connection was lost before its COMMIT was sent.
func retryable(err error) bool {
	if errors.Is(err, ErrOutcomeUnknown) {
		return false
	}
	if errors.Is(err, guard.ErrStale) || errors.Is(err, errForgotten) {
		return true
	}
	if e, ok := errors.AsType[*pq.Error](err); ok {
		switch e.Code {
		// serialization failure, deadlock, lock not available, too many connections, and what PostgreSQL
		// says when it runs out of a shared memory that others will give back
		case "40001", "40P01", "55P03", "53300", "XX000":
			return true
		}
		return unreachable(e)
	}
	return sqliteRetryable(err) || errors.Is(err, guard.ErrNoConnection) || errors.Is(err, sqldriver.ErrBadConn)
}
