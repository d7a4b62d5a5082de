package account

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/cart"
	"galley/ent/order"
	"galley/ent/predicate"
	"galley/internal/viewer"
)

// Claim gives an account what guests have ordered under its address, and the orders that the guest who becomes it holds
// the token of, with the carts that they were placed from. The address is verified in this very transaction, or there could be nobody's
// orders in it but those of a stranger.
func Claim(ctx context.Context, tx *ent.Tx, userID int64, address string) error {
	held, system := viewer.Actor(ctx).CartToken, viewer.AsSystem(ctx)
	theirs := []predicate.Order{order.Email(address)}
	if len(held) > 0 {
		theirs = append(theirs, order.TokenHash(held))
		err := tx.Cart.Update().Where(cart.UserIDIsNil(), cart.TokenHash(held), cart.StatusEQ(cart.StatusORDERED)).SetUserID(userID).AddVersion(1).Exec(system)
		if err != nil {
			return fmt.Errorf("claim carts: %w", err)
		}
	}
	if err := tx.Order.Update().Where(order.UserIDIsNil(), order.Or(theirs...)).SetUserID(userID).AddVersion(1).Exec(system); err != nil {
		return fmt.Errorf("claim orders: %w", err)
	}
	return nil
}
