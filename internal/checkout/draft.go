package checkout

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/payment"
	"galley/internal/cart"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/postal"
	"galley/internal/pricing"
)

// draft is an order that nothing speaks against but the stock.
type draft struct {
	holder
	lines             []*line
	email             string
	shipping, billing *postal.Address
	totals            pricing.Totals
	method            payment.Method
}

// draft checks what can be checked before anything is locked, all of it at once.
func (w *Workflow) draft(ctx context.Context, tx *ent.Tx, in CompleteInput, lines []*line, h holder) (*draft, error) {
	if len(lines) == 0 {
		return nil, fault.Reject(CartEmpty, "There is nothing in the cart", "cart")
	}
	var c fault.Collector
	o := &draft{holder: h, lines: lines, method: in.Payment}
	c.Add(payment.MethodValidator(o.method) == nil, Invalid, "There is no such way to pay", "payment")
	if o.sold(&c) {
		w.price(&c, o, in.ExpectedTotal)
	}
	err := w.verified(ctx, tx, &c, h.user)
	if err != nil {
		return nil, err
	}
	if o.email, err = mailTo(ctx, tx, &c, h.user, in.Email); err != nil {
		return nil, err
	}
	if o.shipping, err = shipTo(ctx, tx, &c, h.user, in); err != nil {
		return nil, err
	}
	o.billing = billTo(&c, in)
	return o, c.Err()
}

// sold tells whether everything in the cart is still sold, and notes what is not, and of what fewer
// pieces are left. What is off sale is told by its place: visitors see no more of it. The stock decides when it is taken; who is told before need not wait for a lock.
func (o *draft) sold(c *fault.Collector) bool {
	all := true
	for i, l := range o.lines {
		switch {
		case l.Price == nil:
			all = false
			c.Add(false, VariantUnavailable, fmt.Sprintf("Line %d of the cart is no longer sold", i+1), "cart")
		case l.Quantity > *l.Available:
			c.Add(false, InsufficientStock, cart.Left(*l.Available, l.label()), "cart")
		}
	}
	return all
}

// price computes what the order costs, by the shop's own prices, and compares it with the total that
// the shopper saw.
func (w *Workflow) price(c *fault.Collector, o *draft, expected *money.Decimal) {
	priced := make([]pricing.Line, len(o.lines))
	for i, l := range o.lines {
		priced[i] = pricing.Line{UnitPrice: *l.Price, Quantity: l.Quantity}
	}
	var err error
	if o.totals, err = pricing.Of(priced); err != nil {
		c.Add(false, Invalid, "This is too much for one order", "cart")
		return
	}
	if expected == nil {
		return
	}
	seen, err := money.Parse(*expected, w.currency)
	switch {
	case err != nil:
		like := money.Money{Amount: 1234, Currency: w.currency}.Decimal()
		c.Add(false, Invalid, fmt.Sprintf("This is not an amount of %s, such as %s", w.currency, like), "expectedTotal")
	case seen.Amount != o.totals.Total:
		now := money.Money{Amount: o.totals.Total, Currency: w.currency}
		c.Add(false, TotalChanged, fmt.Sprintf("The total is %s by now", now), "expectedTotal")
	}
}
