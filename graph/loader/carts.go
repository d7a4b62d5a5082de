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

// SubtotalOfCart is the sum of the cart's lines that can be bought, or what its checkout promises.
func (l *Loaders) SubtotalOfCart(ctx context.Context, c *ent.Cart) (*money.Money, error) {
	promise, err := l.promised(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	if promise != nil {
		return &money.Money{Amount: promise.Subtotal, Currency: c.Currency}, nil
	}
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
	promised, v, err := l.soldAs(ctx, line, func(q pricing.QuoteLine) money.Minor { return q.UnitPrice })
	if promised != nil || v == nil || err != nil {
		return promised, err
	}
	price := v.Price()
	return &price, nil
}

// TotalOfCartLine is price times quantity, or nil once it is no longer sold.
func (l *Loaders) TotalOfCartLine(ctx context.Context, line *ent.CartLine) (*money.Money, error) {
	promised, v, err := l.soldAs(ctx, line, func(q pricing.QuoteLine) money.Minor { return q.Subtotal })
	if promised != nil || v == nil || err != nil {
		return promised, err
	}
	total, err := pricing.Line{UnitPrice: v.PriceAmount, Quantity: line.Quantity}.Total()
	if err != nil {
		return nil, fmt.Errorf("price cart line: %w", err)
	}
	return &money.Money{Amount: total, Currency: v.Currency}, nil
}

// soldAs is what the cart's checkout promises of a line that is still sold, if it promises something, and its variant.
func (l *Loaders) soldAs(ctx context.Context, line *ent.CartLine, part func(pricing.QuoteLine) money.Minor) (*money.Money, *ent.Variant, error) {
	v, err := l.Variant.Load(ctx, line.VariantID)
	if v == nil || err != nil {
		return nil, nil, err
	}
	promise, err := l.promised(ctx, line.CartID)
	if promise == nil || err != nil {
		return nil, v, err
	}
	return partOf(promise, line, v.Currency, part), v, nil
}
