package loader

import (
	"context"

	"entgo.io/ent/dialect/sql"
	"github.com/99designs/gqlgen/graphql"

	"galley/ent"
	"galley/ent/promotion"
	"galley/ent/taxrate"
	"galley/graph/connection"
	"galley/internal/database"
	"galley/internal/nodeid"
	promoting "galley/internal/promotion"
)

// PromotionFilter is the SDL's input of the same name.
type PromotionFilter struct {
	Query             *string
	Active, Automatic *bool
	Kind              []promotion.Kind
}

var (
	promotions = one(func(r *ent.Promotion) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Promotion, error) {
		return l.source.Client.Promotion.Query().Where(database.AnyOf(promotion.FieldID, keys)).Select(l.ofPromotion()...).All(ctx)
	})
	taxRates = one(func(r *ent.TaxRate) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.TaxRate, error) {
		return l.source.Client.TaxRate.Query().Where(database.AnyOf(taxrate.FieldID, keys)).Select(l.of(taxrate.Table)...).All(ctx)
	})
)

// ofPromotion are the columns of promotions that are read: their categories are an edge in one of them.
func (l *Loaders) ofPromotion(also ...string) []string {
	return l.of(promotion.Table, append(also, promotion.FieldCategoryIds)...)
}

// PromotionByID is the promotion with an id, or nil.
func (l *Loaders) PromotionByID(ctx context.Context, id nodeid.ID) (*ent.Promotion, error) {
	return Lookup(ctx, &l.Promotion, id.KeyOf(nodeid.Promotion))
}

// PromotionByCode is the promotion with a code, however it is typed, or nil.
func (l *Loaders) PromotionByCode(ctx context.Context, text string) (*ent.Promotion, error) {
	code, ok := promoting.Code(text)
	if !ok {
		return nil, nil //nolint:nilnil // null is the answer
	}
	row, err := l.source.Client.Promotion.Query().Where(promotion.Code(code)).Select(l.ofPromotion()...).Only(ctx)
	return found(ctx, l, row, err)
}

// Promotions is a page of all promotions that the viewer may see, the latest first.
func (l *Loaders) Promotions(ctx context.Context, args connection.Args, filter *PromotionFilter) (*connection.PromotionConnection, error) {
	p, err := connection.NewPage(args, connection.Sort[*ent.Promotion]{
		Name: "CREATED", Column: promotion.FieldCreatedAt, Kind: connection.Time, Desc: true,
		Value: func(p *ent.Promotion) any { return p.CreatedAt },
		Key:   func(p *ent.Promotion) int64 { return p.ID },
	})
	if err != nil {
		return nil, err
	}
	q := l.source.Client.Promotion.Query().Where(filter.where())
	count := q.Clone()
	q.Modify(p.Select)
	rows, err := q.Select(l.ofPromotion(p.Columns()...)...).All(ctx)
	if err != nil {
		return nil, err
	}
	l.ahead(ctx, rows)
	return p.Connection(rows, count.Count), nil
}

func (f *PromotionFilter) where() func(*sql.Selector) {
	if f == nil {
		return nowhere
	}
	all := []func(*sql.Selector){beginning(f.Query, func(text string) func(*sql.Selector) {
		return promotion.Or(sql.FieldHasPrefixFold(promotion.FieldName, text), sql.FieldHasPrefixFold(promotion.FieldCode, text))
	})}
	if f.Active != nil {
		all = append(all, promotion.Active(*f.Active))
	}
	switch {
	case f.Automatic == nil:
	case *f.Automatic:
		all = append(all, promotion.CodeIsNil())
	default:
		all = append(all, promotion.CodeNotNil())
	}
	if f.Kind != nil {
		all = append(all, promotion.KindIn(f.Kind...))
	}
	return and(all)
}

// CategoriesOfPromotion are the categories that a promotion is for, those left out that are there no more.
func (l *Loaders) CategoriesOfPromotion(ctx context.Context, p *ent.Promotion) ([]*ent.Category, error) {
	rows, err := l.Category.loadAll(ctx, p.CategoryIds)
	there := make([]*ent.Category, 0, len(rows))
	for _, c := range rows {
		if c != nil {
			there = append(there, c)
		}
	}
	return there, err
}

func (w walk) ofPromotions(ctx context.Context, rows []*ent.Promotion, f graphql.CollectedField) {
	if f.Name != "categories" {
		return
	}
	var keys []int64
	for _, p := range rows {
		keys = append(keys, p.CategoryIds...)
	}
	found, err := w.Category.now(ctx, unique(keys))
	if err != nil {
		return
	}
	var below []*ent.Category
	for _, c := range found {
		if c != nil {
			below = append(below, c)
		}
	}
	if len(below) > 0 {
		w.below(ctx, below, f.Selections)
	}
}

// TaxRates are the rates of a country, or of all; there are not many.
func (l *Loaders) TaxRates(ctx context.Context, country *string) ([]*ent.TaxRate, error) {
	q := l.source.Client.TaxRate.Query().Order(taxrate.ByCountry(), taxrate.ByTaxCategory())
	if country != nil {
		q.Where(taxrate.Country(*country))
	}
	return q.Select(l.of(taxrate.Table, taxrate.FieldCountry, taxrate.FieldTaxCategory)...).All(ctx)
}
