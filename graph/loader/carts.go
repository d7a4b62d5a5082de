package loader

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/internal/money"
	"galley/internal/pricing"
)

// QuantityOfCart is how many pieces are in a cart.
func (l *Loaders) QuantityOfCart(ctx context.Context, c *ent.Cart) (*int, error) {
	lines, err := l.LinesOfCart.Load(ctx, c.ID)
	sum := 0
	for _, line := range lines {
		sum += line.Quantity
	}
	return &sum, err
}

// SubtotalOfCart is the sum of the cart's lines that can be bought.
func (l *Loaders) SubtotalOfCart(ctx context.Context, c *ent.Cart) (*money.Money, error) {
	lines, err := l.LinesOfCart.Load(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	keys := make([]int64, len(lines))
	for i, line := range lines {
		keys[i] = line.VariantID
	}
	variants, err := l.Variant.loadAll(ctx, keys)
	if err != nil {
		return nil, err
	}
	var priced []pricing.Line
	for i, line := range lines {
		if v := variants[i]; v != nil {
			priced = append(priced, pricing.Line{UnitPrice: v.PriceAmount, Quantity: line.Quantity})
		}
	}
	subtotal, err := pricing.Subtotal(priced)
	if err != nil {
		return nil, fmt.Errorf("add up cart: %w", err)
	}
	return &money.Money{Amount: subtotal, Currency: c.Currency}, nil
}

// PriceOfCartLine is the price of one piece, or nil once it is no longer sold.
func (l *Loaders) PriceOfCartLine(ctx context.Context, line *ent.CartLine) (*money.Money, error) {
	v, err := l.Variant.Load(ctx, line.VariantID)
	if v == nil || err != nil {
		return nil, err
	}
	price := v.Price()
	return &price, nil
}

// TotalOfCartLine is price times quantity, or nil once it is no longer sold.
func (l *Loaders) TotalOfCartLine(ctx context.Context, line *ent.CartLine) (*money.Money, error) {
	v, err := l.Variant.Load(ctx, line.VariantID)
	if v == nil || err != nil {
		return nil, err
	}
	total, err := pricing.Line{UnitPrice: v.PriceAmount, Quantity: line.Quantity}.Total()
	if err != nil {
		return nil, fmt.Errorf("price cart line: %w", err)
	}
	return &money.Money{Amount: total, Currency: v.Currency}, nil
}
