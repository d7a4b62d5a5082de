package settlement

import (
	"context"
	"errors"
	"fmt"

	"galley/ent"
	"galley/ent/order"
	"galley/internal/database"
	"galley/internal/job"
)

// batch bounds what a sweep does at once; the next one goes on.
const batch = 100

// expire is the job that ends orders whose payment was waited for long enough. Each ends in a transaction of its own.
func (w *Workflow) expire(ctx context.Context, _ job.Job) error {
	late, err := w.Database.Client.Order.Query().
		Where(order.StatusEQ(order.StatusPENDING_PAYMENT), order.ExpiresAtLTE(w.Database.Now())).
		Order(order.ByExpiresAt()).Limit(batch).IDs(ctx)
	if err != nil {
		return fmt.Errorf("find unpaid orders: %w", err)
	}
	var errs []error
	for _, key := range late {
		errs = append(errs, w.Database.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error { return w.end(ctx, tx, key) }))
	}
	return errors.Join(errs...)
}

// end ends an order that is still not paid: under its lock, so that a payment comes before that, or after.
func (w *Workflow) end(ctx context.Context, tx *ent.Tx, key int64) error {
	o, err := tx.Order.Query().Where(order.ID(key), database.Locked(lockStrength)).Only(ctx)
	if err != nil {
		return fmt.Errorf("lock order: %w", err)
	}
	if o.Status != order.StatusPENDING_PAYMENT {
		return nil
	}
	const reason = "The payment did not come in time"
	if err := w.Release(ctx, tx, o.ID, reason); err != nil {
		return err
	}
	return w.Orders.Move(ctx, tx, o, order.StatusEXPIRED, reason)
}
