// Package sweep removes rows whose time is over.
package sweep

import (
	"context"
	"errors"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/attempt"
	"galley/ent/cart"
	"galley/ent/cartline"
	"galley/ent/confirmation"
	"galley/ent/deliveryquote"
	"galley/ent/idempotencykey"
	"galley/ent/identityflow"
	entjob "galley/ent/job"
	"galley/ent/refreshtoken"
	"galley/ent/session"
	"galley/internal/database"
	"galley/internal/job"
)

const (
	kind = "sweep"

	batch = 500 // rows in a transaction, so that none waits long for another
	day   = 24 * time.Hour
)

// tables are what is swept. Each function removes a batch, and returns how many rows that were.
var tables = []struct {
	name   string
	remove func(ctx context.Context, tx *ent.Tx, now time.Time) (int, error)
}{
	{"jobs done", func(ctx context.Context, tx *ent.Tx, now time.Time) (int, error) {
		return tx.Job.Delete().Where(some(entjob.Table, sql.EQ(entjob.FieldStatus, entjob.StatusDONE), sql.LT(entjob.FieldRunAt, now.Add(-7*day)))).Exec(ctx)
	}},
	{"jobs dead", func(ctx context.Context, tx *ent.Tx, now time.Time) (int, error) {
		return tx.Job.Delete().Where(some(entjob.Table, sql.EQ(entjob.FieldStatus, entjob.StatusDEAD), sql.LT(entjob.FieldRunAt, now.Add(-90*day)))).Exec(ctx)
	}},
	{"sessions", sessions},
	{"confirmations", func(ctx context.Context, tx *ent.Tx, now time.Time) (int, error) {
		return tx.Confirmation.Delete().Where(some(confirmation.Table, sql.LT(confirmation.FieldExpiresAt, now.Add(-day)))).Exec(ctx)
	}},
	{"delivery options", func(ctx context.Context, tx *ent.Tx, now time.Time) (int, error) {
		return tx.DeliveryQuote.Delete().Where(some(deliveryquote.Table, sql.LT(deliveryquote.FieldExpiresAt, now.Add(-day)))).Exec(ctx)
	}},
	{"identity flows", func(ctx context.Context, tx *ent.Tx, now time.Time) (int, error) {
		return tx.IdentityFlow.Delete().Where(some(identityflow.Table, sql.LT(identityflow.FieldExpiresAt, now.Add(-day)))).Exec(ctx)
	}},
	{"attempts", func(ctx context.Context, tx *ent.Tx, now time.Time) (int, error) {
		return tx.Attempt.Delete().Where(some(attempt.Table, sql.LT(attempt.FieldFullAt, now.Add(-day)))).Exec(ctx)
	}},
	{"guests' carts", guestsCarts},
	{"idempotency keys", func(ctx context.Context, tx *ent.Tx, now time.Time) (int, error) {
		return tx.IdempotencyKey.Delete().Where(some(idempotencykey.Table, sql.LT(idempotencykey.FieldCreatedAt, now.Add(-day)))).Exec(ctx)
	}},
}

// Every has the queue sweep once an hour.
func Every(q *job.Queue, db *database.DB) {
	q.Handle(kind, func(ctx context.Context, _ job.Job) error { return sweep(ctx, db) })
	q.Every(kind, "17 * * * *", kind)
}

// sweep goes over all tables. What fails in one of them does not keep the others.
func sweep(ctx context.Context, db *database.DB) error {
	var errs []error
	for _, t := range tables {
		for removed := batch; removed == batch && ctx.Err() == nil; {
			err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) (err error) {
				removed, err = t.remove(ctx, tx, db.Now())
				return err
			})
			if err != nil {
				errs = append(errs, fmt.Errorf("sweep %s: %w", t.name, err))
				break
			}
		}
	}
	return errors.Join(append(errs, ctx.Err())...)
}

// sessions that are over go with their tokens.
func sessions(ctx context.Context, tx *ent.Tx, now time.Time) (int, error) {
	keys, err := tx.Session.Query().Where(session.ExpiresAtLT(now.Add(-day))).Order(session.ByExpiresAt()).Limit(batch).IDs(ctx)
	if err != nil || len(keys) == 0 {
		return 0, err
	}
	if _, err := tx.RefreshToken.Delete().Where(database.AnyOf(refreshtoken.FieldSessionID, keys)).Exec(ctx); err != nil {
		return 0, err
	}
	return tx.Session.Delete().Where(database.AnyOf(session.FieldID, keys)).Exec(ctx)
}

// guestsCarts goes over the carts of guests that nobody came back to for 90 days, with all that is in them. Those whose
// checkout holds pieces wait until these are released. They are held first, so that whoever comes back just now finds all
// of theirs, or nothing.
func guestsCarts(ctx context.Context, tx *ent.Tx, now time.Time) (int, error) {
	left := tx.Cart.Query().Where(cart.UserIDIsNil(), cart.StatusIn(cart.StatusOPEN, cart.StatusMERGED),
		cart.UpdatedAtLT(now.Add(-90*day)), cart.ReservedUntilIsNil()).Order(cart.ByUpdatedAt()).Limit(batch)
	left.Modify(database.Locked(sql.LockUpdate))
	keys, err := left.IDs(ctx)
	if err != nil || len(keys) == 0 {
		return 0, err
	}
	if _, err := tx.CartLine.Delete().Where(database.AnyOf(cartline.FieldCartID, keys)).Exec(ctx); err != nil {
		return 0, err
	}
	if _, err := tx.DeliveryQuote.Delete().Where(database.AnyOf(deliveryquote.FieldCartID, keys)).Exec(ctx); err != nil {
		return 0, err
	}
	return tx.Cart.Delete().Where(database.AnyOf(cart.FieldID, keys)).Exec(ctx)
}

// some is a batch of the rows of which all of this is true.
func some(table string, all ...*sql.Predicate) func(*sql.Selector) {
	return func(s *sql.Selector) {
		s.Where(sql.In(s.C("id"), sql.Dialect(s.Dialect()).Select("id").From(sql.Table(table)).Where(sql.And(all...)).Limit(batch)))
	}
}
