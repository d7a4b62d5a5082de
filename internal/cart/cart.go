// Package cart fills carts: what a shopper, or a guest with a token, means to buy.
//
// A cart promises nothing: its rules spare people a disappointment at checkout, where they are
// checked again on locked rows.
package cart

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/cart"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/money"
)

// The codes of CartErrorCode.
const (
	InvalidQuantity    fault.Reason = "INVALID_QUANTITY"
	VariantUnavailable fault.Reason = "VARIANT_UNAVAILABLE"
	LineNotFound       fault.Reason = "LINE_NOT_FOUND"
	InsufficientStock  fault.Reason = "INSUFFICIENT_STOCK"
	PurchaseLimit      fault.Reason = "PURCHASE_LIMIT"
	Ordered            fault.Reason = "CART_ORDERED"
)

// The bounds of a cart.
const (
	MaxQuantity    = 100_000 // pieces of a variant
	MaxLines       = 200     // in a cart
	MaxLinesAtOnce = 100     // in a mutation
)

// Workflow changes carts, each mutation wholly or not at all.
type Workflow struct {
	db       *database.DB
	currency money.Currency
}

// New makes the workflow of a shop that sells in a currency.
func New(db *database.DB, currency money.Currency) *Workflow {
	return &Workflow{db: db, currency: currency}
}

// change runs a mutation of one of the viewer's own carts. It touches the cart's row first, so that
// changes of one cart come one after the other, and none during or after its checkout.
func (w *Workflow) change(ctx context.Context, key int64, fn func(context.Context, *ent.Tx) error) (*database.Outcome, error) {
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		if err := step(ctx, tx, key, cart.StatusOPEN); err != nil {
			return 0, err
		}
		return key, fn(ctx, tx)
	})
}

// Close marks one of the viewer's own carts as ordered: once, however many ask for it. From then on
// it stays as it is.
func Close(ctx context.Context, tx *ent.Tx, key int64) error {
	return step(ctx, tx, key, cart.StatusORDERED)
}

// step takes an open cart to a status by compare-and-set, and holds its row.
func step(ctx context.Context, tx *ent.Tx, key int64, to cart.Status) error {
	n, err := tx.Cart.Update().Where(cart.ID(key), cart.StatusEQ(cart.StatusOPEN)).SetStatus(to).AddVersion(1).Save(ctx)
	if err != nil {
		return fmt.Errorf("change cart: %w", err)
	}
	if n == 1 {
		return nil
	}
	mine, err := tx.Cart.Query().Where(cart.ID(key)).Exist(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("read cart: %w", err)
	case mine:
		return fault.Reject(Ordered, "This cart has been ordered", "cart")
	}
	return fault.New(fault.NotFound, "There is no such cart")
}
