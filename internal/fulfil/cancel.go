package fulfil

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/orderline"
	"galley/ent/payment"
	"galley/internal/approval"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/stock"
	"galley/internal/viewer"
)

// Cancel calls an order off: its pieces go back on sale, and its payment is not asked for any more.
// Its owner may, and staff who may change orders.
func (w *Workflow) Cancel(ctx context.Context, in CancelInput) (*database.Outcome, error) {
	key := in.ID.KeyOf(nodeid.Order)
	reason := strings.TrimSpace(in.Reason)
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		o, err := target(ctx, tx, key)
		if err != nil {
			return 0, err
		}
		if in.ExpectedVersion != nil && *in.ExpectedVersion != o.Version {
			return 0, changed()
		}
		var c fault.Collector
		c.Add(may(o.Status, order.StatusCANCELLED), NotCancellable, "The order has been completed or cancelled", "id")
		c.Add(plain(reason), Invalid, "A reason is plain text of at most 500 characters", "reason")
		if err := c.Err(); err != nil {
			return 0, err
		}
		if v := viewer.From(ctx); v.Has(viewer.OrderWrite) {
			if err := approval.OrderCancellation(ctx, tx, o); err != nil {
				return 0, err
			}
		}
		return key, w.cancel(viewer.AsSystem(ctx), tx, o, in.ExpectedVersion != nil, reason)
	})
}

// target reads an order that the viewer may cancel.
func target(ctx context.Context, tx *ent.Tx, key int64) (*ent.Order, error) {
	o, err := tx.Order.Query().Where(order.ID(key)).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, fault.New(fault.NotFound, "There is no such order")
	case err != nil:
		return nil, fmt.Errorf("read order: %w", err)
	}
	v := viewer.From(ctx)
	if v.Has(viewer.OrderWrite) {
		return o, nil
	}
	v.Permissions = nil // is it one's own? Reading everybody's orders does not make them so
	own, err := tx.Order.Query().Where(order.ID(key)).Exist(viewer.With(ctx, v))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read order: %w", err)
	case !own:
		return nil, fault.New(fault.Forbidden, "You may not do this")
	}
	return o, nil
}

// cancel writes what was decided. Of many at once one gets past the first statement, so that stock
// is put back once.
func (w *Workflow) cancel(ctx context.Context, tx *ent.Tx, o *ent.Order, exactly bool, reason string) error {
	update := tx.Order.Update().Where(order.ID(o.ID), order.StatusEQ(o.Status))
	if exactly {
		update.Where(order.Version(o.Version))
	}
	n, err := update.SetStatus(order.StatusCANCELLED).SetCancelledAt(w.db.Now()).SetCancelReason(reason).AddVersion(1).Save(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("cancel order: %w", err)
	case n == 0 && exactly:
		return changed()
	case n == 0:
		return fault.Reject(NotCancellable, "The order has been completed or cancelled", "id")
	}
	if err := tx.Payment.Update().Where(payment.OrderID(o.ID), payment.StatusEQ(payment.StatusPENDING)).
		SetStatus(payment.StatusVOIDED).Exec(ctx); err != nil {
		return fmt.Errorf("void payment: %w", err)
	}
	if _, err := w.jobs.Add(ctx, tx, cancelled, letter{o.ID}); err != nil {
		return err
	}
	lines, err := tx.OrderLine.Query().Where(orderline.OrderID(o.ID), orderline.VariantIDNotNil()).All(ctx)
	if err != nil {
		return fmt.Errorf("read order lines: %w", err)
	}
	items := make([]stock.Item, len(lines))
	for i, l := range lines {
		items[i] = stock.Item{VariantID: *l.VariantID, Quantity: l.Quantity}
	}
	return stock.PutBack(ctx, tx, w.db, o.ID, items)
}

func changed() error {
	return fault.New(fault.Conflict, "Somebody changed this in the meantime: read it again")
}

func plain(s string) bool {
	return utf8.ValidString(s) && order.CancelReasonValidator(s) == nil &&
		!strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' })
}
