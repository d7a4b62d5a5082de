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

// Totals is what an order costs, all in one currency.
type Totals struct {
	Lines    []money.Minor // of each line, in the order given
	Subtotal money.Minor   // their sum
	Total    money.Minor   // what is to be paid
}

// Of computes what lines cost together.
func Of(lines []Line) (Totals, error) {
	t := Totals{Lines: make([]money.Minor, len(lines))}
	for i, l := range lines {
		total, err := l.Total()
		if err != nil {
			return Totals{}, fmt.Errorf("line %d: %w", i, err)
		}
		t.Lines[i] = total
		if t.Subtotal, err = t.Subtotal.Plus(total); err != nil {
			return Totals{}, fmt.Errorf("sum up to line %d: %w", i, err)
		}
	}
	t.Total = t.Subtotal
	return t, nil
}

// Subtotal is the sum of what lines cost.
func Subtotal(lines []Line) (money.Minor, error) {
	t, err := Of(lines)
	return t.Subtotal, err
}
