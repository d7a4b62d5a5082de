package quote

import (
	"context"
	"fmt"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/promotion"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/pricing"
)

// promotions are those that apply by themselves now, and those with a code that some cart has, whatever they are worth.
// Who the customer is turns out when the order is placed: what each takes once needs a code, which he can take away again.
type promotions struct {
	rows []*ent.Promotion
	now  time.Time
}

func (s Source) promotions(ctx context.Context, client *ent.Client, carts []*ent.Cart, now time.Time) (promotions, error) {
	codes := []string{}
	for _, c := range carts {
		codes = append(codes, c.PromoCodes...)
	}
	rows, err := client.Promotion.Query().Where(promotion.CurrencyEQ(s.Currency), func(sel *sql.Selector) {
		byItself := sql.And(
			sql.IsNull(sel.C(promotion.FieldCode)), sql.EQ(sel.C(promotion.FieldActive), true), sql.EQ(sel.C(promotion.FieldOncePerCustomer), false),
			sql.Or(sql.IsNull(sel.C(promotion.FieldStartsAt)), sql.LTE(sel.C(promotion.FieldStartsAt), now)),
			sql.Or(sql.IsNull(sel.C(promotion.FieldEndsAt)), sql.GT(sel.C(promotion.FieldEndsAt), now)),
			sql.Or(sql.IsNull(sel.C(promotion.FieldUsageLimit)), sql.ColumnsLT(sel.C(promotion.FieldUsed), sel.C(promotion.FieldUsageLimit))))
		coded := sql.Dialect(sel.Dialect()).Select().From(sql.Table(promotion.Table))
		database.AnyOfText(promotion.FieldCode, codes)(coded)
		sel.Where(sql.Or(byItself, coded.P()))
	}).All(ctx)
	if err != nil {
		return promotions{}, fmt.Errorf("read promotions: %w", err)
	}
	return promotions{rows, now}, nil
}

// categories are those that promotions are for.
func (p promotions) categories() []int64 {
	var all []int64
	for _, row := range p.rows {
		all = append(all, row.CategoryIds...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// of are the promotions that a cart may have.
func (p promotions) of(c *ent.Cart) []pricing.Promotion {
	var of []pricing.Promotion
	for _, row := range p.rows {
		code := ""
		if row.Code != nil {
			code = *row.Code
			if !slices.Contains(c.PromoCodes, code) || p.refused(code) != "" {
				continue
			}
		}
		of = append(of, pricing.Promotion{
			Key: row.ID, Name: row.Name, Code: code, Kind: pricing.PromotionKind(row.Kind), BasisPoints: row.BasisPoints,
			Amount: row.Amount, Minimum: row.MinimumAmount, Categories: row.CategoryIds,
		})
	}
	return of
}

// refused tells why a code is worth nothing now, or "".
func (p promotions) refused(code string) fault.Reason {
	row := p.withCode(code)
	switch {
	case row == nil || !row.Active || row.StartsAt != nil && row.StartsAt.After(p.now):
		return PromoCodeInvalid
	case row.EndsAt != nil && !row.EndsAt.After(p.now):
		return PromoCodeExpired
	case row.UsageLimit != nil && row.Used >= *row.UsageLimit:
		return PromoCodeUsedUp
	}
	return ""
}

func (p promotions) withCode(code string) *ent.Promotion {
	i := slices.IndexFunc(p.rows, func(row *ent.Promotion) bool { return row.Code != nil && *row.Code == code })
	if i < 0 {
		return nil
	}
	return p.rows[i]
}
