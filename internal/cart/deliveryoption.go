package cart

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/cart"
	"galley/ent/deliveryquote"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
)

// DeliveryOptionSelect has a cart delivered as it was offered. Options of other carts are unknown to this one, whoever
// holds them.
func (w *Workflow) DeliveryOptionSelect(ctx context.Context, in DeliveryOptionSelectInput) (*database.Outcome, error) {
	return w.change(ctx, in.Cart, in.ExpectedVersion, func(ctx context.Context, tx *ent.Tx) error {
		option := in.Option.KeyOf(nodeid.DeliveryQuote)
		offered, err := tx.DeliveryQuote.Query().Where(deliveryquote.ID(option), deliveryquote.CartID(in.Cart.Key)).Only(ctx)
		switch {
		case ent.IsNotFound(err):
			return fault.Reject(DeliveryOptionUnknown, "The cart has no such delivery option", "option")
		case err != nil:
			return fmt.Errorf("read delivery option: %w", err)
		case !offered.ExpiresAt.After(w.db.Now()):
			return fault.Reject(DeliveryOptionExpired, "This option was offered too long ago: ask for the options again", "option")
		}
		c, err := tx.Cart.Query().Where(cart.ID(in.Cart.Key)).Select(cart.FieldShippingAddress).Only(ctx)
		if err != nil {
			return fmt.Errorf("read shipping address: %w", err)
		}
		if c.ShippingAddress == nil || c.ShippingAddress.Country != offered.Country {
			return fault.Reject(DeliveryOptionStale, "The cart goes to another country by now: ask for the options again", "option")
		}
		if err := tx.Cart.Update().Where(cart.ID(in.Cart.Key)).SetDeliveryQuoteID(option).Exec(ctx); err != nil {
			return fmt.Errorf("select delivery option: %w", err)
		}
		return nil
	})
}
