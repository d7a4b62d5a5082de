package checkout

import (
	"context"

	"galley/ent"
	"galley/internal/fault"
	"galley/internal/pricing"
	"galley/internal/quote"
	"galley/internal/viewer"
)

// draft is an order that nothing speaks against but the stock and the limits.
type draft struct {
	*quote.Cart // the lines and the price
	holder
	contacts

	account account
	offers  []*ent.DeliveryQuote // of its delivery, where it is chosen now
	held    bool                 // whether the cart's checkout holds the pieces
}

// promise is the price that a cart's checkout has frozen: it is kept while that is under way. Afterwards another price is
// told before it is taken.
type promise struct {
	*pricing.Quote
	binding bool
}

// draft checks what can be checked before anything is locked but the cart, all of it at once.
func (w *Workflow) draft(ctx context.Context, tx *ent.Tx, errs *fault.Collector, c *ent.Cart, a account, in said, p promise) (*draft, error) {
	d := &draft{holder: holderOf(viewer.From(ctx), c), account: a, contacts: w.contacts(errs, c, a, in)}
	p.binding = p.binding && !d.elsewhere(c)
	var err error
	if d.Cart, err = w.price(ctx, tx, d.on(c), p); err != nil {
		return nil, err
	}
	if len(d.Lines) == 0 {
		return nil, fault.Reject(CartEmpty, "There is nothing in the cart", "cart")
	}
	d.held, _ = held(d.Lines)
	all := sold(errs, d.Lines)
	if !p.binding {
		if err := w.deliver(ctx, tx, errs, d); err != nil {
			return nil, err
		}
	}
	if all {
		w.compare(errs, d, in.expectedTotal, p)
	}
	return d, errs.Err()
}
