package checkout

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/cart"
	"galley/ent/order"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/viewer"
)

// hold reads one of the viewer's own carts, and keeps everybody else from changing it until the transaction ends: of
// many checkouts at once one goes first.
func hold(ctx context.Context, tx *ent.Tx, key int64) (*ent.Cart, error) {
	q := tx.Cart.Query().Where(cart.ID(key))
	q.Modify(database.Locked(sql.LockNoKeyUpdate))
	c, err := q.Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, fault.New(fault.NotFound, "There is no such cart")
	case err != nil:
		return nil, fmt.Errorf("hold cart: %w", err)
	case c.Status == cart.StatusMERGED:
		return nil, fault.Reject(CartMerged, "What was in this cart is in the account's cart", "cart")
	}
	return c, nil
}

// orderOf is the order that a cart has become. Carts of old do not know theirs.
func orderOf(ctx context.Context, tx *ent.Tx, c *ent.Cart) (int64, error) {
	key, err := tx.Order.Query().Where(order.CartID(c.ID)).OnlyID(viewer.AsSystem(ctx))
	switch {
	case ent.IsNotFound(err):
		return 0, ordered()
	case err != nil:
		return 0, fmt.Errorf("read order of cart: %w", err)
	}
	return key, nil
}

func ordered() error { return fault.Reject(CartOrdered, "This cart has been ordered", "cart") }

// holder is whose order it becomes: an account's, or a guest's with a token.
type holder struct {
	user  int64
	token []byte
}

// holderOf is the cart's account. A guest's cart becomes the order of the account that is signed in,
// or stays with the token.
func holderOf(v viewer.Viewer, c *ent.Cart) holder {
	switch {
	case c.UserID != nil:
		return holder{user: *c.UserID}
	case v.UserID != 0:
		return holder{user: v.UserID}
	}
	return holder{token: c.TokenHash}
}
