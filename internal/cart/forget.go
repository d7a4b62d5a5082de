package cart

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/cart"
	"galley/ent/cartline"
	"galley/ent/deliveryquote"
	"galley/internal/viewer"
)

// Forget deletes the carts of an account that goes, in its transaction. What their checkouts hold goes back.
func (w *Workflow) Forget(ctx context.Context, tx *ent.Tx, account int64) error {
	ctx = viewer.AsSystem(ctx)
	reserving, err := tx.Cart.Query().Where(cart.UserID(account), cart.ReservedUntilNotNil()).Order(cart.ByID()).IDs(ctx)
	if err != nil {
		return fmt.Errorf("find checkouts: %w", err)
	}
	if len(reserving) > 0 {
		if err := w.release(ctx, tx, reserving...); err != nil {
			return err
		}
	}
	if _, err := tx.CartLine.Delete().Where(cartline.HasCartWith(cart.UserID(account))).Exec(ctx); err != nil {
		return fmt.Errorf("delete cart lines: %w", err)
	}
	if _, err := tx.DeliveryQuote.Delete().Where(deliveryquote.HasCartWith(cart.UserID(account))).Exec(ctx); err != nil {
		return fmt.Errorf("delete delivery options: %w", err)
	}
	if _, err := tx.Cart.Delete().Where(cart.UserID(account)).Exec(ctx); err != nil {
		return fmt.Errorf("delete carts: %w", err)
	}
	return nil
}
