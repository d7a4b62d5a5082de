// Package quote finds out what carts cost: it reads what package pricing computes with. The graph shows it, and the
// checkout freezes it.
package quote

import (
	"context"
	"errors"
	"fmt"
	"time"

	"galley/ent"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/pricing"
	"galley/internal/viewer"
)

// Source is where prices are read.
type Source struct {
	Currency    money.Currency
	TaxIncluded bool // whether the shop's prices contain the tax
	Now         func() time.Time
}

// Cart is a cart with what is to be known to price it.
type Cart struct {
	*ent.Cart
	Lines    []*Line       // in the order in which they came
	Price    pricing.Quote // of the lines that can be bought; the frozen one while there is one, see Frozen
	Warnings []Warning
	Chosen   *ent.DeliveryQuote // how it is to be delivered, by a method that there is
	Delivery *ent.DeliveryQuote // what was chosen, as long as it holds

	basket pricing.Basket // what the price is made of, unless it is frozen
}

// Line is a line of a cart, with its variant as any visitor sees it: nil where it is not on sale. Of rows that are not
// whole there is what an order says of them.
type Line struct {
	*ent.CartLine
	Variant  *ent.Variant // key, product, SKU, title, price, currency, available, purchase limit and weight
	Product  *ent.Product // of the variant: key, title and tax category
	Reserved int          // pieces that the cart's own checkout holds

	categories []int64 // those that promotions name
}

// Measures are what delivering the cart is priced by: the weight and the value, before promotions, of what can be bought.
func (c *Cart) Measures() (grams int64, value money.Minor, err error) {
	for _, l := range c.sold() {
		weight, err := money.Minor(l.Variant.Weight).Times(l.Quantity)
		if err != nil {
			return 0, 0, fmt.Errorf("weigh cart: %w", err)
		}
		line, err := pricing.Line{UnitPrice: l.Variant.PriceAmount, Quantity: l.Quantity}.Total()
		if err != nil {
			return 0, 0, fmt.Errorf("value cart: %w", err)
		}
		grams += int64(weight)
		if value, err = value.Plus(line); err != nil {
			return 0, 0, fmt.Errorf("value cart: %w", err)
		}
	}
	return grams, value, nil
}

// sold are the lines that can be bought.
func (c *Cart) sold() []*Line {
	var sold []*Line
	for _, l := range c.Lines {
		if l.Variant != nil {
			sold = append(sold, l)
		}
	}
	return sold
}

// Of prices carts, in a constant number of statements: the promotions, the lines, the rates of tax, and if any cart has
// one the chosen deliveries. The caller has decided that its viewer may see the carts; variants, promotions and rates are
// read as the shop's own.
func (s Source) Of(ctx context.Context, client *ent.Client, carts []*ent.Cart) (map[int64]*Cart, error) {
	ctx, now := viewer.AsSystem(ctx), s.Now()
	promotions, err := s.promotions(ctx, client, carts, now)
	if err != nil {
		return nil, err
	}
	lines, err := s.lines(ctx, client, carts, promotions.categories())
	if err != nil {
		return nil, err
	}
	rates, err := ratesOf(ctx, client, carts)
	if err != nil {
		return nil, err
	}
	deliveries, err := deliveriesOf(ctx, client, carts)
	if err != nil {
		return nil, err
	}
	priced := make(map[int64]*Cart, len(carts))
	for _, c := range carts {
		p := &Cart{Cart: c, Lines: lines[c.ID]}
		priced[c.ID] = p
		if err := p.price(s.basket(p, promotions, rates), promotions, deliveries, now); err != nil {
			return nil, err
		}
	}
	return priced, nil
}

// Lines reads the lines of one cart alone, where its price is known. One statement; its caller has decided, as with Of.
func (s Source) Lines(ctx context.Context, client *ent.Client, c *ent.Cart) ([]*Line, error) {
	lines, err := s.lines(viewer.AsSystem(ctx), client, []*ent.Cart{c}, nil)
	return lines[c.ID], err
}

// basket is what a cart's price is made of, but for the delivery.
func (s Source) basket(c *Cart, promotions promotions, rates rates) pricing.Basket {
	b := pricing.Basket{TaxIncluded: s.TaxIncluded, Promotions: promotions.of(c.Cart), Rates: rates.in(countryOf(c.Cart))}
	for _, l := range c.sold() {
		b.Lines = append(b.Lines, pricing.Item{
			Key: l.ID, UnitPrice: l.Variant.PriceAmount, Quantity: l.Quantity, Categories: l.categories, TaxCategory: l.Product.TaxCategory,
		})
	}
	return b
}

// price computes the price, or takes the frozen one, and warns.
func (c *Cart) price(b pricing.Basket, promotions promotions, deliveries map[int64]*offer, now time.Time) error {
	frozen, err := Frozen(c.Cart, now)
	if err != nil {
		return err
	}
	stale, err := c.deliver(deliveries, now)
	if err != nil {
		return tooMuch(err)
	}
	if c.Delivery != nil {
		b.Delivery = &pricing.Delivery{Name: c.Delivery.Name, Price: c.Delivery.PriceAmount, TaxCategory: c.Delivery.TaxCategory}
	}
	if frozen != nil {
		c.Price = *frozen
		c.warnOfLines()
		return nil
	}
	c.basket = b
	if c.Price, err = pricing.Price(b); err != nil {
		return tooMuch(fmt.Errorf("price cart: %w", err))
	}
	c.warnOfLines()
	c.warnOfCodes(promotions)
	if stale {
		c.warn(DeliveryOptionStale, nil, "The delivery option has expired or changed: choose one again")
	}
	return nil
}

// Deliver prices a cart anew, with a delivery that is chosen for it. Its warnings stay as they are.
func (c *Cart) Deliver(by *ent.DeliveryQuote) (err error) {
	c.Delivery = by
	c.basket.Delivery = &pricing.Delivery{Name: by.Name, Price: by.PriceAmount, TaxCategory: by.TaxCategory}
	if c.Price, err = pricing.Price(c.basket); err != nil {
		return tooMuch(fmt.Errorf("price cart: %w", err))
	}
	return nil
}

// tooMuch is the error of a cart whose amounts do not fit.
func tooMuch(err error) error {
	if errors.Is(err, money.ErrOverflow) {
		return fault.Wrap(fault.BadUserInput, "This is too much for one order", err)
	}
	return err
}

// countryOf is where a cart goes, or "" while nobody knows.
func countryOf(c *ent.Cart) string {
	if c.ShippingAddress == nil {
		return ""
	}
	return c.ShippingAddress.Country
}

// keysOf are the carts' keys.
func keysOf(carts []*ent.Cart) []int64 {
	keys := make([]int64, len(carts))
	for i, c := range carts {
		keys[i] = c.ID
	}
	return keys
}
