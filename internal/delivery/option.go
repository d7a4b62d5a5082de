package delivery

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/cart"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
)

// OptionsQuote offers one of the viewer's own carts what its delivery can be had for. While a checkout is under way its price
// is frozen, and nothing is offered anew.
func (w *Workflow) OptionsQuote(ctx context.Context, in OptionsQuoteInput) (*database.Outcome, error) {
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		q := tx.Cart.Query().Where(cart.ID(in.Cart.KeyOf(nodeid.Cart)))
		q.Modify(database.Locked(sql.LockNoKeyUpdate))
		c, err := q.Only(ctx)
		switch {
		case ent.IsNotFound(err):
			return 0, fault.New(fault.NotFound, "There is no such cart")
		case err != nil:
			return 0, fmt.Errorf("hold cart: %w", err)
		case c.Status != cart.StatusOPEN:
			return 0, fault.Reject("CART_ORDERED", "This cart has been ordered", "cart")
		case c.ShippingAddress == nil:
			return 0, fault.Reject(AddressMissing, "The cart needs a shipping address first", "cart")
		case c.ReservedUntil != nil && c.ReservedUntil.After(w.db.Now()):
			return c.ID, nil
		}
		grams, value, err := Measure(ctx, tx, c.ID)
		if err != nil {
			return 0, err
		}
		_, err = Quote(ctx, tx, w.db, c, c.ShippingAddress.Country, grams, value)
		return c.ID, err
	})
}
