package database

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/lib/pq"

	"galley/ent"
)

const (
	txTimeout  = 15 * time.Second
	txAttempts = 6
)

// InTx runs fn in a transaction. It is detached from the caller's cancellation, so that a client
// that goes away neither cancels a COMMIT nor costs a connection, and bounded in time. Where the
// engine says that a transaction lost a race, fn runs again: it must have no effect but on tx.
func (db *DB) InTx(ctx context.Context, fn func(ctx context.Context, tx *ent.Tx) error) error {
	return db.InTxWithin(ctx, txTimeout, fn)
}

// InTxWithin is InTx with a bound of its own, for what takes longer than a request may.
func (db *DB) InTxWithin(ctx context.Context, bound time.Duration, fn func(ctx context.Context, tx *ent.Tx) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), bound)
	defer cancel()
	for attempt := 1; ; attempt++ {
		err := db.try(ctx, fn)
		if err == nil || attempt == txAttempts || !retryable(err) {
			return err
		}
		// Jitter only: nothing depends on it.
		pause := time.Duration(rand.Int64N(int64(attempt * attempt * int(5*time.Millisecond)))) //nolint:gosec // no secret
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(pause):
		}
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

// retryable tells whether the engine undid the transaction because of others, and nothing of it
// can have happened.
func retryable(err error) bool {
	if e, ok := errors.AsType[*pq.Error](err); ok {
		switch e.Code {
		case "40001", "40P01", "55P03": // serialization failure, deadlock, lock not available
			return true
		}
	}
	return sqliteRetryable(err)
}
