package promotion

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"galley/ent"
	"galley/ent/category"
	"galley/ent/promotion"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// edit makes a promotion what an input says, and notes what is wrong with it.
type edit struct {
	c        *fault.Collector
	p        *ent.Promotion
	currency money.Currency
}

func (e *edit) name(text string) {
	e.p.Name = strings.TrimSpace(text)
	e.c.Line(e.p.Name, maxName, true, Invalid, "name")
}

func (e *edit) code(text *string) {
	e.p.Code = nil
	if text == nil {
		return
	}
	code, ok := Code(*text)
	e.c.Add(ok, Invalid, fmt.Sprintf("A code is 1 to %d letters from A to Z, digits, hyphens and underscores", maxCode), "code")
	e.p.Code = &code
}

func (e *edit) amount(into *money.Minor, d *money.Decimal, field string) {
	if d == nil {
		return
	}
	m, err := money.Parse(*d, e.currency)
	most := money.Money{Amount: MaxAmount, Currency: e.currency}
	e.c.Add(err == nil && m.Amount >= 0 && m.Amount <= MaxAmount, Invalid,
		fmt.Sprintf("This is an amount of %s, such as %s, of at most %s", e.currency, e.currency.Example(), most.Decimal()), field)
	*into = m.Amount
}

// categories takes keys as they are; checkOthers looks whether there are such categories.
func (e *edit) categories(ids []nodeid.ID) {
	e.p.CategoryIds = nil
	e.c.Add(len(ids) <= MaxCategories, Invalid, fmt.Sprintf("A promotion is for at most %d categories; none stands for all", MaxCategories), "categories")
	for _, id := range ids[:min(len(ids), MaxCategories)] {
		e.p.CategoryIds = append(e.p.CategoryIds, id.KeyOf(nodeid.Category))
	}
}

// check notes what does not go together.
func (e *edit) check() {
	c, p := e.c, e.p
	switch p.Kind {
	case promotion.KindPERCENTAGE:
		c.Add(1 <= p.BasisPoints && p.BasisPoints <= 10_000, Invalid, "A percentage is 1 to 10000 hundredths of a percent", "basisPoints")
	default:
		c.Add(p.BasisPoints == 0, Invalid, "Only a percentage has this", "basisPoints")
	}
	switch p.Kind {
	case promotion.KindFIXED_AMOUNT:
		c.Add(p.Amount > 0, Invalid, "A fixed amount is more than nothing", "amount")
	default:
		c.Add(p.Amount == 0, Invalid, "Only a fixed amount has this", "amount")
	}
	c.Add(p.StartsAt == nil || p.EndsAt == nil || p.StartsAt.Before(*p.EndsAt), Invalid, "It ends after it starts", "endsAt")
	c.Add(p.Code != nil || !p.OncePerCustomer, Invalid, "What applies by itself cannot be once per customer: who that is turns out with the order", "oncePerCustomer")
	c.Add(p.UsageLimit == nil || max(1, p.Used) <= *p.UsageLimit && *p.UsageLimit <= MaxUses, Invalid,
		fmt.Sprintf("A limit is at least 1, and as many as it was used already: %d", p.Used), "usageLimit")
}

// checkOthers notes what is wrong between a promotion and other rows, and returns all that was noted. Before is what it
// was, or nil. Automatic ones are counted without a lock: of two that become the last at once, both may.
func (w *Workflow) checkOthers(ctx context.Context, tx *ent.Tx, c *fault.Collector, p, before *ent.Promotion) error {
	system := viewer.AsSystem(ctx)
	if len(p.CategoryIds) > 0 && (before == nil || !slices.Equal(p.CategoryIds, before.CategoryIds)) {
		there, err := tx.Category.Query().Where(database.AnyOf(category.FieldID, p.CategoryIds)).IDs(system)
		if err != nil {
			return fmt.Errorf("read categories: %w", err)
		}
		for i, key := range p.CategoryIds {
			c.Add(slices.Contains(there, key), NotFound, "There is no such category", "categories", strconv.Itoa(i))
		}
	}
	automatic := func(p *ent.Promotion) bool { return p != nil && p.Active && p.Code == nil }
	if automatic(p) && !automatic(before) {
		n, err := tx.Promotion.Query().Where(promotion.Active(true), promotion.CodeIsNil()).Count(system)
		if err != nil {
			return fmt.Errorf("count automatic promotions: %w", err)
		}
		c.Add(n < MaxAutomatic, TooMany, fmt.Sprintf("At most %d promotions without a code are active at once", MaxAutomatic), "active")
	}
	return c.Err()
}
