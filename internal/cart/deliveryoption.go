package cart

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/cart"
	"galley/ent/deliverymethod"
	"galley/ent/deliveryquote"
	"galley/internal/database"
	"galley/internal/delivery"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// offer has a cart offered what delivering it to a country can be had for. An option that was chosen stays chosen where
// its method delivers there too.
func (w *Workflow) offer(ctx context.Context, tx *ent.Tx, key int64, country string) error {
	c, err := tx.Cart.Get(ctx, key)
	if err != nil {
		return fmt.Errorf("read cart: %w", err)
	}
	grams, value, err := delivery.Measure(ctx, tx, key)
	if err != nil {
		return err
	}
	_, err = delivery.Quote(ctx, tx, w.db, c, country, grams, value)
	return err
}

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
		fresh, err := w.fresh(ctx, tx, offered)
		switch {
		case err != nil:
			return err
		case !fresh:
			return fault.Reject(DeliveryOptionStale, "The cart or its price has changed since: ask for the options again", "option")
		}
		if err := tx.Cart.Update().Where(cart.ID(in.Cart.Key)).SetDeliveryQuoteID(option).Exec(ctx); err != nil {
			return fmt.Errorf("select delivery option: %w", err)
		}
		return nil
	})
}

// fresh tells whether an option that a cart was offered would be offered to it again, at that price.
func (w *Workflow) fresh(ctx context.Context, tx *ent.Tx, offered *ent.DeliveryQuote) (bool, error) {
	c, err := tx.Cart.Query().Where(cart.ID(offered.CartID)).Select(cart.FieldShippingAddress).Only(ctx)
	if err != nil {
		return false, fmt.Errorf("read shipping address: %w", err)
	}
	if c.ShippingAddress == nil || c.ShippingAddress.Country != offered.Country {
		return false, nil
	}
	method, err := tx.DeliveryMethod.Query().Where(deliverymethod.ID(offered.MethodID), deliverymethod.Active(true)).Only(viewer.AsSystem(ctx))
	switch {
	case ent.IsNotFound(err):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("read delivery method: %w", err)
	}
	grams, value, err := delivery.Measure(ctx, tx, offered.CartID)
	if err != nil {
		return false, err
	}
	price, ok := delivery.Price(method, delivery.Measured(method, grams, value))
	return ok && price == offered.PriceAmount, nil
}
