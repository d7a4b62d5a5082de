package pricing

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"galley/internal/money"
)

// ErrPercentage says that a percentage or a rate of tax is not between 0 and 100 %.
var ErrPercentage = errors.New("percentage outside 0 to 100")

// whole is 100 % in basis points.
const whole = 10_000

// Price computes what a basket costs, and how that comes about.
//
// Promotions combine, in this order: percentages, then fixed amounts, then free delivery; among those of a kind the
// automatic ones come before those with a code, and older ones before younger. Each takes off its lines what those before
// it have left, so that nothing falls below zero, and one that takes nothing is not applied. A percentage and a tax are
// rounded once over all their lines, half a penny up, and spread over them by the largest remainder; so is a fixed amount.
// The lines' keys, and not their order, say who gets the odd penny. Tax is computed of what promotions have left.
func Price(b Basket) (Quote, error) {
	if err := b.check(); err != nil {
		return Quote{}, err
	}
	q := Quote{Lines: make([]QuoteLine, len(b.Lines)), TaxIncluded: b.TaxIncluded}
	for i, item := range b.Lines {
		subtotal, err := Line{UnitPrice: item.UnitPrice, Quantity: item.Quantity}.Total()
		if err != nil {
			return Quote{}, fmt.Errorf("line %d: %w", i, err)
		}
		q.Lines[i] = QuoteLine{Key: item.Key, UnitPrice: item.UnitPrice, Quantity: item.Quantity, Subtotal: subtotal}
		if q.Subtotal, err = q.Subtotal.Plus(subtotal); err != nil {
			return Quote{}, fmt.Errorf("sum up to line %d: %w", i, err)
		}
	}
	q.step(StepLines, "Items", q.Subtotal)
	free := q.discount(b)
	q.deliver(b.Delivery, free)
	net, err := (q.Subtotal - q.Discount).Plus(q.Delivery)
	if err != nil {
		return Quote{}, fmt.Errorf("add the delivery: %w", err)
	}
	q.tax(b)
	q.Total = net
	if !q.TaxIncluded {
		if q.Total, err = net.Plus(q.Tax); err != nil {
			return Quote{}, fmt.Errorf("add the tax: %w", err)
		}
	}
	q.step(StepTotal, "Total", q.Total)
	return q, nil
}

// check refuses what no shop means.
func (b Basket) check() error {
	for _, p := range b.Promotions {
		switch {
		case p.BasisPoints < 0 || p.BasisPoints > whole:
			return fmt.Errorf("promotion %d: %w", p.Key, ErrPercentage)
		case p.Amount < 0 || p.Minimum < 0:
			return fmt.Errorf("promotion %d: %w", p.Key, ErrNegative)
		}
	}
	for _, r := range b.Rates {
		if r.BasisPoints < 0 || r.BasisPoints > whole {
			return fmt.Errorf("tax on %s: %w", r.TaxCategory, ErrPercentage)
		}
	}
	if b.Delivery != nil && b.Delivery.Price < 0 {
		return fmt.Errorf("delivery: %w", ErrNegative)
	}
	return nil
}

// discount takes promotions off the lines. It returns the one that frees the delivery, or nil.
func (q *Quote) discount(b Basket) *Promotion {
	for _, p := range inOrder(b.Promotions) {
		lines, subtotal, left := q.linesOf(p, b.Lines)
		if len(lines) == 0 || subtotal < p.Minimum {
			continue
		}
		var off money.Minor
		switch p.Kind {
		case Percentage:
			off = share(left, p.BasisPoints, whole)
		case FixedAmount:
			off = min(p.Amount, left)
		case FreeDelivery:
			return &p
		}
		if off == 0 {
			continue
		}
		parts := make([]part, len(lines))
		for i, line := range lines {
			parts[i] = part{line.Key, line.Subtotal - line.Discount}
		}
		for i, amount := range spread(off, parts) {
			lines[i].Discount += amount
		}
		q.Discount += off
		q.apply(StepPromotion, p, off)
	}
	return nil
}

// inOrder is the order in which promotions apply.
func inOrder(all []Promotion) []Promotion {
	kinds := []PromotionKind{Percentage, FixedAmount, FreeDelivery}
	return slices.SortedFunc(slices.Values(all), func(a, b Promotion) int {
		return cmp.Or(
			cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)),
			cmp.Compare(min(len(a.Code), 1), min(len(b.Code), 1)),
			cmp.Compare(a.Key, b.Key))
	})
}

// linesOf are the lines that a promotion is for, their sum before promotions, and what is left of it.
func (q *Quote) linesOf(p Promotion, items []Item) (lines []*QuoteLine, subtotal, left money.Minor) {
	for i, item := range items {
		if !p.isFor(item) {
			continue
		}
		line := &q.Lines[i]
		lines = append(lines, line)
		subtotal += line.Subtotal
		left += line.Subtotal - line.Discount
	}
	return lines, subtotal, left
}

func (p Promotion) isFor(item Item) bool {
	return len(p.Categories) == 0 || slices.ContainsFunc(item.Categories, func(c int64) bool { return slices.Contains(p.Categories, c) })
}

// deliver adds the delivery, unless a promotion pays for it.
func (q *Quote) deliver(d *Delivery, free *Promotion) {
	if d == nil {
		return
	}
	q.DeliverAs, q.Delivery = d.Name, d.Price
	q.step(StepDelivery, d.Name, d.Price)
	if free != nil && d.Price > 0 {
		q.Delivery = 0
		q.apply(StepDeliveryDiscount, *free, d.Price)
	}
}

// tax computes the tax of each category of goods, the delivery's among them. Net sums fit: Price has added them up.
func (q *Quote) tax(b Basket) {
	rates := slices.SortedStableFunc(slices.Values(b.Rates), func(a, b Rate) int { return cmp.Compare(a.TaxCategory, b.TaxCategory) })
	rates = slices.CompactFunc(rates, func(a, b Rate) bool { return a.TaxCategory == b.TaxCategory })
	for _, r := range rates {
		var parts []part
		var taxes []*money.Minor
		var base money.Minor
		add := func(key int64, net money.Minor, tax *money.Minor) {
			parts, taxes, base = append(parts, part{key, net}), append(taxes, tax), base+net
		}
		for i, item := range b.Lines {
			if line := &q.Lines[i]; item.TaxCategory == r.TaxCategory {
				add(line.Key, line.Subtotal-line.Discount, &line.Tax)
			}
		}
		if b.Delivery != nil && b.Delivery.TaxCategory == r.TaxCategory {
			add(math.MaxInt64, q.Delivery, &q.DeliveryTax)
		}
		if base == 0 {
			continue
		}
		of := whole
		if q.TaxIncluded {
			of += r.BasisPoints
		}
		tax := share(base, r.BasisPoints, of)
		for i, amount := range spread(tax, parts) {
			*taxes[i] = amount
		}
		q.Tax += tax
		q.Steps = append(q.Steps, Step{Kind: StepTax, Label: r.Name, Amount: tax, Included: q.TaxIncluded})
	}
}

func (q *Quote) step(kind StepKind, label string, amount money.Minor) {
	q.Steps = append(q.Steps, Step{Kind: kind, Label: label, Amount: amount})
}

// apply notes what a promotion took off.
func (q *Quote) apply(kind StepKind, p Promotion, off money.Minor) {
	q.step(kind, p.Name, -off)
	q.Applied = append(q.Applied, Applied{Key: p.Key, Name: p.Name, Code: p.Code, Amount: off})
}
