package checkout

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"galley/ent"
	"galley/ent/deliverymethod"
	"galley/internal/delivery"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/quote"
	"galley/internal/viewer"
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
	any, err := tx.DeliveryMethod.Query().Where(deliverymethod.Active(true)).Exist(viewer.AsSystem(ctx))
	if err != nil {
		return fmt.Errorf("read delivery methods: %w", err)
	}
	if !any {
		return nil
	}
	grams, value, err := d.Measures()
	if err != nil {
		return err
	}
	chosen := d.DeliveryQuoteID != nil
	options, err := delivery.Quote(ctx, tx, w.Database, d.Cart.Cart, d.shipping.Country, grams, value)
	if err != nil {
		return err
	}
	option := delivery.Cheapest(options)
	errs.Add(option != nil, DeliveryUnavailable, "The shop does not deliver this there", "cart")
	if chosen && option != nil {
		i := slices.IndexFunc(options, func(o *ent.DeliveryQuote) bool { return d.DeliveryQuoteID != nil && o.ID == *d.DeliveryQuoteID })
		errs.Add(i >= 0, DeliveryOptionStale, "The delivery option that was chosen is no longer there: choose another", "cart")
		option = options[max(i, 0)]
	}
	if option == nil {
		return nil
	}
	d.DeliveryQuoteID = &option.ID
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
		like := money.Money{Amount: 1234, Currency: total.Currency}.Decimal()
		errs.Add(false, Invalid, fmt.Sprintf("This is not an amount of %s, such as %s", total.Currency, like), "expectedTotal")
		return
	}
	errs.Add(seen == total, TotalChanged, changed, "expectedTotal")
}
