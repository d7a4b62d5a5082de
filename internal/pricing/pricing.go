// Package pricing is the one home of price arithmetic: what lines, carts and orders cost. Amounts are
// exact, and what does not fit is an error, never another amount.
package pricing

import (
	"errors"
	"fmt"

	"galley/internal/money"
)

// ErrNegative says that a price or a quantity is below zero: nobody is paid for buying.
var ErrNegative = errors.New("price or quantity below zero")

// Line is so many pieces at a price each.
type Line struct {
	UnitPrice money.Minor
	Quantity  int
}

// Total is what the line costs.
func (l Line) Total() (money.Minor, error) {
	if l.UnitPrice < 0 || l.Quantity < 0 {
		return 0, ErrNegative
	}
	return l.UnitPrice.Times(l.Quantity)
}

// Subtotal is the sum of what lines cost.
func Subtotal(lines []Line) (money.Minor, error) {
	var sum money.Minor
	for i, l := range lines {
		total, err := l.Total()
		if err != nil {
			return 0, fmt.Errorf("line %d: %w", i, err)
		}
		if sum, err = sum.Plus(total); err != nil {
			return 0, fmt.Errorf("sum up to line %d: %w", i, err)
		}
	}
	return sum, nil
}
