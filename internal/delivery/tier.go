package delivery

import (
	"fmt"
	"strconv"

	"galley/ent"
	"galley/ent/deliverymethod"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/pricing"
)

// Tier is the SDL's DeliveryTier: a step of a method's table.
type Tier struct {
	FromWeight       *int
	FromValue, Price *money.Money
}

// Table is a method's table of prices as people read it.
func Table(m *ent.DeliveryMethod) []*Tier {
	tiers := make([]*Tier, len(m.Tiers))
	for i, t := range m.Tiers {
		tiers[i] = &Tier{}
		if m.Basis == deliverymethod.BasisWEIGHT {
			grams := int(t.From)
			tiers[i].FromWeight = &grams
		} else {
			tiers[i].FromValue = &money.Money{Amount: money.Minor(t.From), Currency: m.Currency}
		}
		if t.Price != nil {
			tiers[i].Price = &money.Money{Amount: *t.Price, Currency: m.Currency}
		}
	}
	return tiers
}

// readTiers reads a table of prices, and notes what is wrong with it: its steps ascend from 0.
func (w *Workflow) readTiers(c *fault.Collector, basis deliverymethod.Basis, in []TierInput) []pricing.Tier {
	if len(in) == 0 || len(in) > MaxTiers {
		c.Add(false, Invalid, fmt.Sprintf("A table of prices has 1 to %d steps", MaxTiers), "tiers")
		return nil
	}
	tiers := make([]pricing.Tier, len(in))
	for i, t := range in {
		at := func(field string) []string { return []string{"tiers", strconv.Itoa(i), field} }
		field, other := "fromWeight", t.FromValue == nil
		if basis == deliverymethod.BasisVALUE {
			field, other = "fromValue", t.FromWeight == nil
		}
		c.Add(other, Invalid, "A step begins at what the table goes by, and nothing else", at(field)...)
		switch {
		case basis == deliverymethod.BasisWEIGHT && t.FromWeight != nil:
			tiers[i].From = int64(*t.FromWeight)
		case basis == deliverymethod.BasisVALUE && t.FromValue != nil:
			tiers[i].From = int64(w.amount(c, *t.FromValue, at(field)...))
		default:
			c.Add(false, Invalid, "Say where the step begins", at(field)...)
			continue
		}
		c.Add(i > 0 || tiers[i].From == 0, Invalid, "The first step begins at 0", at(field)...)
		c.Add(i == 0 || tiers[i].From > tiers[i-1].From, Invalid, "Each step begins above the one before it", at(field)...)
		c.Add(tiers[i].From <= MaxFrom, Invalid, "A step begins at 1000000000000 at most", at(field)...)
		if t.Price != nil {
			price := w.amount(c, *t.Price, at("price")...)
			tiers[i].Price = &price
		}
	}
	return tiers
}

// amount reads an amount of the shop's currency, and notes what is wrong with it.
func (w *Workflow) amount(c *fault.Collector, d money.Decimal, field ...string) money.Minor {
	m, err := money.Parse(d, w.currency)
	most := money.Money{Amount: MaxPrice, Currency: w.currency}
	c.Add(err == nil && m.Amount >= 0 && m.Amount <= MaxPrice, Invalid,
		fmt.Sprintf("This is an amount of %s, such as %s, of at most %s", w.currency, w.currency.Example(), most.Decimal()), field...)
	return m.Amount
}
