package checkout

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/cart"
	"galley/internal/job"
	"galley/internal/live"
	"galley/internal/stock"
)

const (
	// releaseExpired is the kind of the job that ends reservations.
	releaseExpired = "checkout.release_expired"

	batch = 100 // carts in a transaction, so that none waits long for another
)

// release gives back the pieces of checkouts whose time is over. What they promised is kept, so that completing one later
// can tell that the price is another by then.
func (w *Workflow) release(ctx context.Context, _ job.Job) error {
	for released := batch; released == batch && ctx.Err() == nil; {
		err := w.Database.InTx(ctx, func(ctx context.Context, tx *ent.Tx) (err error) {
			released, err = w.releaseSome(ctx, tx)
			return err
		})
		if err != nil {
			return fmt.Errorf("release reservations: %w", err)
		}
	}
	return ctx.Err()
}

func (w *Workflow) releaseSome(ctx context.Context, tx *ent.Tx) (int, error) {
	q := tx.Cart.Query().Where(cart.ReservedUntilLTE(w.Database.Now())).Order(cart.ByReservedUntil()).Limit(batch)
	q.Modify(func(s *sql.Selector) {
		if s.Dialect() == dialect.Postgres { // whoever holds one, completes it or begins anew
			s.For(sql.LockNoKeyUpdate, sql.WithLockAction(sql.SkipLocked))
		}
	})
	keys, err := q.IDs(ctx)
	if err != nil || len(keys) == 0 {
		return 0, err
	}
	variants, err := stock.Release(ctx, tx, w.Database, keys...)
	if err != nil {
		return 0, err
	}
	w.Live.AfterCommit(tx, live.Stocks(variants)...)
	for _, key := range keys {
		w.Live.AfterCommit(tx, live.Cart(key))
	}
	return len(keys), nil
}
