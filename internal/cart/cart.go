// Package cart fills carts: what a shopper, or a guest with a token, means to buy, where it goes, and by which codes it
// costs less.
//
// A cart promises nothing: its rules spare people a disappointment at checkout, where they are
// checked again on locked rows.
package cart

import (
	"cmp"
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/cart"
	"galley/ent/schema/rule"
	"galley/internal/attempt"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/live"
	"galley/internal/money"
	"galley/internal/nodeid"
	"galley/internal/postal"
	"galley/internal/secret"
	"galley/internal/stock"
)

// The codes of CartErrorCode.
const (
	Invalid = postal.Invalid

	InvalidQuantity       fault.Reason = "INVALID_QUANTITY"
	VariantUnavailable    fault.Reason = "VARIANT_UNAVAILABLE"
	LineNotFound          fault.Reason = "LINE_NOT_FOUND"
	InsufficientStock     fault.Reason = "INSUFFICIENT_STOCK"
	PurchaseLimit         fault.Reason = "PURCHASE_LIMIT"
	Ordered               fault.Reason = "CART_ORDERED"
	Merged                fault.Reason = "CART_MERGED"
	AddressNotFound       fault.Reason = "ADDRESS_NOT_FOUND"
	PromoCodeUnknown      fault.Reason = "PROMO_CODE_UNKNOWN"
	PromoCodeExpired      fault.Reason = "PROMO_CODE_EXPIRED"
	PromoCodeUsedUp       fault.Reason = "PROMO_CODE_USED_UP"
	TooManyPromoCodes     fault.Reason = "TOO_MANY_PROMO_CODES"
	DeliveryOptionUnknown fault.Reason = "DELIVERY_OPTION_UNKNOWN"
	DeliveryOptionExpired fault.Reason = "DELIVERY_OPTION_EXPIRED"
	DeliveryOptionStale   fault.Reason = "DELIVERY_OPTION_STALE"
)

// The bounds of a cart.
const (
	MaxQuantity    = 100_000 // pieces of a variant
	MaxLines       = 200     // in a cart
	MaxLinesAtOnce = 100     // in a mutation
	MaxPromoCodes  = 10      // in a cart, and in a mutation
)

// Workflow changes carts, each mutation wholly or not at all.
type Workflow struct {
	db       *database.DB
	currency money.Currency
	attempts *attempt.Counter
	live     *live.Broker
}

// Options are what carts are filled with.
type Options struct {
	Database *database.DB
	Currency money.Currency
	Secrets  *secret.Ring // counts who tries promotion codes without telling who that is
	Live     *live.Broker // tells who watches a cart
}

// New makes the workflow of a shop.
func New(o Options) *Workflow {
	return &Workflow{db: o.Database, currency: o.Currency, attempts: attempt.New(o.Database, o.Secrets), live: o.Live}
}

// change runs a mutation of one of the viewer's own carts. It touches the cart's row first, so that
// changes of one cart come one after the other, and none during or after its checkout. A checkout that is under way
// ends with it: what it promised is no longer what the shopper wants.
func (w *Workflow) change(ctx context.Context, id nodeid.ID, expected *int, fn func(context.Context, *ent.Tx) error) (*database.Outcome, error) {
	key := id.KeyOf(nodeid.Cart)
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		reserved, err := w.hold(ctx, tx, key, expected)
		if err != nil {
			return 0, err
		}
		if reserved {
			if err := w.release(ctx, tx, key); err != nil {
				return 0, err
			}
		}
		if err := fn(ctx, tx); err != nil {
			return 0, err
		}
		w.live.AfterCommit(tx, live.Cart(key))
		return key, nil
	})
}

// hold counts a change of an open cart of the viewer's, and so holds its row. No price is promised from then on; it tells
// whether a checkout holds pieces. The rule is the policy's: Ent's own update would need a second statement to tell.
func (w *Workflow) hold(ctx context.Context, tx *ent.Tx, key int64, expected *int) (reserved bool, err error) {
	engine := sql.Dialect(w.db.Dialect())
	own := engine.Select().From(engine.Table(cart.Table))
	own.Where(sql.And(sql.EQ(own.C(cart.FieldID), key), sql.EQ(own.C(cart.FieldStatus), cart.StatusOPEN)))
	rule.Rows(rule.Carts).Apply(ctx, own)
	update, args := engine.Update(cart.Table).Add(cart.FieldVersion, 1).Set(cart.FieldUpdatedAt, w.db.Now()).SetNull(cart.FieldQuote).FromSelect(own).Query()
	rows, err := tx.QueryContext(ctx, update+" RETURNING version, reserved_until IS NOT NULL", args...)
	if err != nil {
		return false, fmt.Errorf("change cart: %w", err)
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		if err := cmp.Or(rows.Err(), rows.Close()); err != nil { // the connection takes the next question once they are closed
			return false, fmt.Errorf("change cart: %w", err)
		}
		return false, closed(ctx, tx, key)
	}
	var version int
	if err := rows.Scan(&version, &reserved); err != nil {
		return false, fmt.Errorf("change cart: %w", err)
	}
	return reserved, cmp.Or(fault.Expect(version-1, expected), rows.Close())
}

// release gives back the pieces that checkouts of carts hold.
func (w *Workflow) release(ctx context.Context, tx *ent.Tx, keys ...int64) error {
	variants, err := stock.Release(ctx, tx, w.db, keys...)
	w.live.AfterCommit(tx, live.Stocks(variants)...)
	return err
}

// closed tells why a cart cannot be changed.
func closed(ctx context.Context, tx *ent.Tx, key int64) error {
	c, err := tx.Cart.Query().Where(cart.ID(key)).Select(cart.FieldStatus).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return fault.New(fault.NotFound, "There is no such cart")
	case err != nil:
		return fmt.Errorf("read cart: %w", err)
	}
	return Closed(c.Status)
}

// Closed says why a cart of this status, which is not open, stays as it is.
func Closed(s cart.Status) error {
	if s == cart.StatusMERGED {
		return fault.Reject(Merged, "What was in this cart is in the account's cart", "cart")
	}
	return fault.Reject(Ordered, "This cart has been ordered", "cart")
}
