package checkout

import (
	"context"

	"galley/ent"
	"galley/ent/cart"
	"galley/ent/payment"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/quote"
	"galley/internal/settlement"
	"galley/internal/viewer"
)

// Complete places the order of one of the viewer's own carts, and begins its payment. A cart that has been ordered
// answers with its order, whoever asks again and however often.
func (w *Workflow) Complete(ctx context.Context, in CompleteInput) (*database.Outcome, error) {
	key := in.Cart.KeyOf(nodeid.Cart)
	var paymentID int64
	out, err := w.Database.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (orderID int64, err error) {
		paymentID = 0
		c, err := hold(ctx, tx, key)
		switch {
		case err != nil:
			return 0, err
		case c.Status == cart.StatusORDERED:
			return orderOf(ctx, tx, c)
		}
		d, err := w.finish(ctx, tx, c, in)
		if err != nil {
			return 0, err
		}
		orderID, paymentID, err = w.place(viewer.AsSystem(ctx), tx, d, in)
		return orderID, err
	})
	if err == nil && out.Key != 0 {
		w.begin(viewer.AsSystem(ctx), out.Key, paymentID)
	}
	return out, err
}

// finish is the draft of what is ordered now.
func (w *Workflow) finish(ctx context.Context, tx *ent.Tx, c *ent.Cart, in CompleteInput) (*draft, error) {
	var errs fault.Collector
	w.check(&errs, in)
	frozen, err := quote.Thaw(c.Quote)
	if err != nil {
		return nil, err
	}
	p := promise{Quote: frozen, binding: frozen != nil && c.ReservedUntil != nil && c.ReservedUntil.After(w.Database.Now())}
	return w.draft(ctx, tx, &errs, c, in.said(), p)
}

// begin takes the payment of an order to its provider, while the shopper waits for the answer. So does a replay, as long
// as nobody has.
func (w *Workflow) begin(ctx context.Context, orderID, paymentID int64) {
	if paymentID != 0 {
		w.Payments.Begin(ctx, paymentID)
		return
	}
	waiting, err := w.Database.Client.Payment.Query().
		Where(payment.OrderID(orderID), payment.StatusEQ(payment.StatusPENDING), payment.GatewayNEQ(settlement.Manual)).IDs(ctx)
	if err != nil {
		return // its job begins it
	}
	for _, key := range waiting {
		w.Payments.Begin(ctx, key)
	}
}
