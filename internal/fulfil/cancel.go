package fulfil

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"galley/ent"
	"galley/ent/order"
	"galley/internal/approval"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/lifecycle"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// Cancel calls an order off: what was not sent goes back on sale, and its money is let go or given back. Its owner may
// while nothing was sent, staff who may change orders until all of it was.
func (w *Workflow) Cancel(ctx context.Context, in CancelInput) (*database.Outcome, error) {
	key := in.ID.KeyOf(nodeid.Order)
	in.Reason = strings.TrimSpace(in.Reason)
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		o, staff, err := target(ctx, tx, key)
		if err != nil {
			return 0, err
		}
		if in.ExpectedVersion != nil && *in.ExpectedVersion != o.Version {
			return 0, fault.Changed()
		}
		if err := in.check(o, staff); err != nil {
			return 0, err
		}
		if staff {
			if err := approval.OrderCancellation(ctx, tx, o); err != nil {
				return 0, err
			}
		}
		return key, w.cancel(ctx, tx, o, in)
	})
}

func (in CancelInput) check(o *ent.Order, staff bool) error {
	var c fault.Collector
	sent := o.Fulfilment == order.FulfilmentFULFILLED || o.Fulfilment == order.FulfilmentDELIVERED
	switch {
	case !lifecycle.May(o.Status, order.StatusCANCELLED):
		c.Add(false, NotCancellable, "The order has been completed or cancelled", "id")
	case sent:
		c.Add(false, NotCancellable, "All of the order has been sent", "id")
	case !staff:
		c.Add(o.Fulfilment == order.FulfilmentUNFULFILLED, NotCancellable, "Some of the order has been sent: ask the shop", "id")
	}
	needPlain(&c, "A reason", in.Reason, 500, "reason")
	c.Add(staff || in.restocks(), Invalid, "Only the shop keeps pieces from going back on sale", "restock")
	return c.Err()
}

// target holds an order that the viewer may cancel, and tells whether as staff.
func target(ctx context.Context, tx *ent.Tx, key int64) (o *ent.Order, staff bool, err error) {
	if o, err = lifecycle.Hold(ctx, tx, key); err != nil {
		return nil, false, err
	}
	v := viewer.From(ctx)
	if v.Has(viewer.OrderWrite) {
		return o, true, nil
	}
	v.Permissions = nil // is it one's own? Reading everybody's orders does not make them so
	own, err := tx.Order.Query().Where(order.ID(key)).Exist(viewer.With(ctx, v))
	switch {
	case err != nil:
		return nil, false, fmt.Errorf("read order: %w", err)
	case !own:
		return nil, false, fault.New(fault.Forbidden, "You may not do this")
	}
	return o, false, nil
}

// cancel writes what was decided, payments before pieces: everybody locks in this order.
func (w *Workflow) cancel(ctx context.Context, tx *ent.Tx, o *ent.Order, in CancelInput) error {
	if err := w.payments.Release(ctx, tx, o.ID, in.Reason); err != nil {
		return err
	}
	end := w.orders.WriteOff
	if in.restocks() {
		end = func(ctx context.Context, tx *ent.Tx, o *ent.Order, reason string) error {
			return w.orders.Move(ctx, tx, o, order.StatusCANCELLED, reason)
		}
	}
	err := end(ctx, tx, o, in.Reason)
	if errors.Is(err, lifecycle.ErrMoved) {
		return fault.Changed()
	}
	return err
}
