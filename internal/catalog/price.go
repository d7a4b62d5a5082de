package catalog

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/product"
	"galley/internal/fault"
	"galley/internal/money"
)

// price reads an amount of the shop's currency, and notes what is wrong with it.
func (w *Workflow) price(c *fault.Collector, d money.Decimal, field ...string) money.Minor {
	m, err := money.Parse(d, w.currency)
	if err != nil {
		c.Add(false, Invalid, fmt.Sprintf("This is not an amount of %s, such as %s", w.currency, w.currency.Example()), field...)
		return 0
	}
	c.Add(m.Amount >= 0, Invalid, "A price is not below zero", field...)
	c.Add(m.Amount <= MaxPrice, Invalid, "A price is at most "+(money.Money{Amount: MaxPrice, Currency: w.currency}).String(), field...)
	return m.Amount
}

// lowest is the lowest price of the variants on sale, or 0 if there is none.
func lowest(variants []*ent.Variant) money.Minor {
	var price money.Minor
	first := true
	for _, v := range variants {
		if !v.Archived && (first || v.PriceAmount < price) {
			price, first = v.PriceAmount, false
		}
	}
	return price
}

// keepPriceFrom writes the lowest price of a locked product's variants where it has changed.
func keepPriceFrom(ctx context.Context, tx *ent.Tx, p *ent.Product, variants []*ent.Variant) error {
	price := lowest(variants)
	if price == p.PriceFromAmount {
		return nil
	}
	if err := tx.Product.Update().Where(product.ID(p.ID)).SetPriceFromAmount(price).Exec(ctx); err != nil {
		return fmt.Errorf("keep lowest price: %w", err)
	}
	return nil
}
