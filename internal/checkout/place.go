package checkout

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/predicate"
	"galley/internal/cart"
	"galley/internal/fault"
	"galley/internal/stock"
	"galley/internal/viewer"
)

// numbers is how many order numbers are tried: one is enough until there are billions of orders.
const numbers = 8

// place writes the order that was decided on: a constant number of statements.
func (w *Workflow) place(ctx context.Context, tx *ent.Tx, o *draft) (int64, error) {
	ctx = viewer.AsSystem(ctx)
	key, err := w.write(ctx, tx, o)
	if err != nil {
		return 0, err
	}
	if err := tx.OrderLine.MapCreateBulk(o.lines, func(c *ent.OrderLineCreate, i int) {
		l := o.lines[i]
		c.SetOrderID(key).SetPosition(i).SetVariantID(l.VariantID).SetTitle(l.title()).SetSku(*l.SKU).
			SetQuantity(l.Quantity).SetUnitPriceAmount(*l.Price).SetTotalAmount(o.totals.Lines[i]).SetCurrency(w.currency)
	}).Exec(ctx); err != nil {
		return 0, fmt.Errorf("write order lines: %w", err)
	}
	if err := tx.Payment.Create().SetOrderID(key).SetMethod(o.method).
		SetDueAmount(o.totals.Total).SetCurrency(w.currency).Exec(ctx); err != nil {
		return 0, fmt.Errorf("write payment: %w", err)
	}
	if _, err := w.jobs.Add(ctx, tx, Placed, letter{key}); err != nil {
		return 0, err
	}
	if err := w.take(ctx, tx, key, o); err != nil {
		return 0, err
	}
	return key, withinLimits(ctx, tx, o)
}

// letter is the payload of the job that writes of an order.
type letter struct {
	Order int64 `json:"order,string"`
}

// write stores the order under a number that no other has.
func (w *Workflow) write(ctx context.Context, tx *ent.Tx, o *draft) (int64, error) {
	for range numbers {
		number, err := newNumber(w.db.Random())
		if err != nil {
			return 0, err
		}
		create := tx.Order.Create().SetNumber(number).SetEmail(o.email).SetCurrency(w.currency).
			SetSubtotalAmount(o.totals.Subtotal).SetTotalAmount(o.totals.Total).
			SetShippingAddress(o.shipping).SetCountry(o.shipping.Country).SetPlacedAt(w.db.Now())
		if o.billing != nil {
			create.SetBillingAddress(o.billing)
		}
		if o.user != 0 {
			create.SetUserID(o.user)
		} else {
			create.SetTokenHash(o.token)
		}
		key, err := create.OnConflictColumns(order.FieldNumber).DoNothing().ID(ctx)
		switch {
		case err == nil:
			return key, nil
		case !errors.Is(err, sql.ErrNoRows): // the number is taken
			return 0, fmt.Errorf("write order: %w", err)
		}
	}
	return 0, errors.New("write order: found no free number")
}

// take takes the stock, and holds the variants' rows from then on.
func (w *Workflow) take(ctx context.Context, tx *ent.Tx, key int64, o *draft) error {
	items := make([]stock.Item, len(o.lines))
	for i, l := range o.lines {
		items[i] = stock.Item{VariantID: l.VariantID, Quantity: l.Quantity}
	}
	short, err := stock.Take(ctx, tx, w.db, key, items)
	if err != nil {
		return err
	}
	var c fault.Collector
	for _, l := range o.lines {
		c.Add(!slices.Contains(short, l.VariantID), InsufficientStock,
			fmt.Sprintf("Fewer than %d pieces are left of %s", l.Quantity, l.label()), "cart")
	}
	return c.Err()
}

// withinLimits compares what the customer has bought, this order with it, with the purchase limits.
// Two orders at once cannot pass one together: the second waits for the stock of the first.
func withinLimits(ctx context.Context, tx *ent.Tx, o *draft) error {
	var limited []int64
	for _, l := range o.lines {
		if l.Limit != nil {
			limited = append(limited, l.VariantID)
		}
	}
	if len(limited) == 0 {
		return nil
	}
	bought, err := cart.Bought(ctx, tx, o.customer(), limited)
	if err != nil {
		return err
	}
	var c fault.Collector
	for _, l := range o.lines {
		if l.Limit == nil || bought[l.VariantID] <= *l.Limit {
			continue
		}
		before := 0 // anybody may type an e-mail address: what was bought under it is not told
		if o.user != 0 {
			before = bought[l.VariantID] - l.Quantity
		}
		c.Add(false, PurchaseLimit, cart.Limited(*l.Limit, before, l.label()), "cart")
	}
	return c.Err()
}

// customer is whose orders count towards a limit: the account's, or those of a guest's address.
func (o *draft) customer() predicate.Order {
	if o.user != 0 {
		return order.UserID(o.user)
	}
	return order.Email(o.email)
}
