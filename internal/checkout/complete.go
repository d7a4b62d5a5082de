package checkout

import (
	"context"

	"galley/ent"
	"galley/ent/cart"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/quote"
	"galley/internal/viewer"
)

// Complete places the order of one of the viewer's own carts, and begins its payment. A cart that has been ordered
// answers with its order, whoever asks again and however often.
func (w *Workflow) Complete(ctx context.Context, in CompleteInput) (*database.Outcome, error) {
	key := in.Cart.KeyOf(nodeid.Cart)
	var placed *placing
	out, err := w.Database.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		placed = nil
		c, a, err := hold(ctx, tx, key, in.ShippingAddressID)
		switch {
		case err != nil:
			return 0, err
		case c.Status == cart.StatusORDERED:
			return orderOf(ctx, tx, c)
		}
		d, err := w.finish(ctx, tx, c, a, in)
		if err != nil {
			return 0, err
		}
		if placed, err = w.place(viewer.AsSystem(ctx), tx, d, in); err != nil {
			return 0, err
		}
		return placed.order.ID, nil
	})
	if err == nil && out.Key != 0 {
		w.begin(ctx, out.Key, placed)
	}
	return out, err
}

// finish is the draft of what is ordered now.
func (w *Workflow) finish(ctx context.Context, tx *ent.Tx, c *ent.Cart, a account, in CompleteInput) (*draft, error) {
	var errs fault.Collector
	w.Payments.Check(&errs, in.means(), "payment")
	frozen, err := quote.Thaw(c.Quote)
	if err != nil {
		return nil, err
	}
	p := promise{Quote: frozen, binding: frozen != nil && c.ReservedUntil != nil && c.ReservedUntil.After(w.Database.Now())}
	return w.draft(ctx, tx, &errs, c, a, in.said(), p)
}

// begin takes the payment of an order to its provider, while the shopper waits for the answer. So does a replay, as long
// as nobody has. What it cannot do, a job does.
func (w *Workflow) begin(ctx context.Context, orderID int64, placed *placing) {
	if placed != nil && placed.order.ID == orderID {
		w.Payments.BeginAsked(ctx, placed.payment)
	} else {
		w.Payments.Resume(ctx, orderID)
	}
}
