package checkout

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"galley/ent"
	"galley/internal/delivery"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/quote"
)

// price finds out what the cart costs: what its checkout promised, or what the shop asks by now.
func (w *Workflow) price(ctx context.Context, tx *ent.Tx, c *ent.Cart, p promise) (*quote.Cart, error) {
	if p.binding {
		lines, err := w.Prices.Lines(ctx, tx.Client(), c)
		if err != nil {
			return nil, err
		}
		return &quote.Cart{Cart: c, Lines: lines, Price: *p.Quote}, nil
	}
	now := *c
	now.ReservedUntil = nil // what was promised is not asked for
	priced, err := w.Prices.Of(ctx, tx.Client(), []*ent.Cart{&now})
	switch {
	case errors.Is(err, money.ErrOverflow):
		return nil, fault.Reject(Invalid, "This is too much for one order", "cart")
	case err != nil:
		return nil, fmt.Errorf("price cart: %w", err)
	}
	found := priced[c.ID]
	found.Cart = c
	return found, nil
}

// deliver finds out how the cart is delivered, where no choice holds: by the method that was chosen, at what it costs by
// now, or by the cheapest where none was. A shop without any methods delivers for nothing.
func (w *Workflow) deliver(ctx context.Context, tx *ent.Tx, errs *fault.Collector, d *draft) error {
	if d.Delivery != nil || d.shipping == nil {
		return nil
	}
	grams, value, err := d.Measures()
	if err != nil {
		return err
	}
	offers, delivers, err := delivery.Offers(ctx, tx, w.Database, d.Cart.Cart, d.shipping.Country, grams, value)
	if err != nil || !delivers {
		return err
	}
	option := delivery.Cheapest(offers)
	errs.Add(option != nil, DeliveryUnavailable, "The shop does not deliver this there", "cart")
	if option == nil {
		return nil
	}
	if d.DeliveryQuoteID != nil {
		i := slices.IndexFunc(offers, func(o *ent.DeliveryQuote) bool { return d.Chosen != nil && o.MethodID == d.Chosen.MethodID })
		errs.Add(i >= 0, DeliveryOptionStale, "The delivery option that was chosen is no longer there: choose another", "cart")
		option = offers[max(i, 0)]
	}
	d.offers = offers
	return d.Deliver(option)
}

// compare refuses a total that the shopper has not seen: the one that is expected, or else the one that was promised.
func (w *Workflow) compare(errs *fault.Collector, d *draft, expected *money.Decimal, p promise) {
	total := money.Money{Amount: d.Price.Total, Currency: w.Prices.Currency}
	changed := fmt.Sprintf("The total is %s by now", total)
	if expected == nil {
		errs.Add(p.Quote == nil || p.Total == total.Amount, TotalChanged, changed, "cart")
		return
	}
	seen, err := money.Parse(*expected, total.Currency)
	if err != nil {
		errs.Add(false, Invalid, fmt.Sprintf("This is not an amount of %s, such as %s", total.Currency, total.Currency.Example()), "expectedTotal")
		return
	}
	errs.Add(seen == total, TotalChanged, changed, "expectedTotal")
}
