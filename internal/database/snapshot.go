package database

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"time"

	"galley/ent"
)

// Snapshot runs fn in a transaction that writes nothing, and that sees the whole database as it was at one moment
// while others go on. It is detached from the caller's cancellation no more than any read, and bounded in time.
func (db *DB) Snapshot(ctx context.Context, bound time.Duration, fn func(ctx context.Context, tx *ent.Tx) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	options := &stdsql.TxOptions{ReadOnly: true}
	if db.Postgres() { // SQLite knows no levels: a transaction that reads is a snapshot there
		options.Isolation = stdsql.LevelRepeatableRead
	}
	tx, err := db.Client.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin snapshot: %w", err)
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	return fn(ctx, tx)
}
