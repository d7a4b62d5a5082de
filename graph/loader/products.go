package loader

import (
	"context"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/product"
	"galley/ent/schema/rule"
	"galley/ent/variant"
	"galley/graph/connection"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/nodeid"
)

func productSort(key ProductSort, reverse bool) connection.Sort[*ent.Product] {
	s := connection.Sort[*ent.Product]{
		Name: string(ProductsNewest), Column: product.FieldCreatedAt, Kind: connection.Time, Desc: true,
		Value: func(p *ent.Product) any { return p.CreatedAt },
		Key:   func(p *ent.Product) int64 { return p.ID },
	}
	switch key {
	case ProductsByRelevance:
		s.Name, s.Table, s.Column, s.Kind = string(key), matchTable, scoreColumn, connection.Int
		s.Value = func(p *ent.Product) any { return dynamic(p.Value, scoreColumn) }
	case ProductsByTitle:
		s.Name, s.Column, s.Kind, s.Desc = string(key), product.FieldTitleKey, connection.Bytes, false
		s.Value = func(p *ent.Product) any { return p.TitleKey }
	case ProductsByPrice:
		s.Name, s.Column, s.Kind, s.Desc = string(key), product.FieldPriceFromAmount, connection.Int, false
		s.Value = func(p *ent.Product) any { return int64(p.PriceFromAmount) }
	case ProductsNewest:
	}
	return s.Reversed(reverse)
}

// Products is a page of all products that the viewer may see: by relevance where there is something
// to be relevant to, else the newest first, unless told.
func (l *Loaders) Products(ctx context.Context, args connection.Args, filter *ProductFilter, key *ProductSort, reverse bool) (*connection.ProductConnection, error) {
	if filter == nil {
		filter = &ProductFilter{}
	}
	words := searchWords(filter.Query)
	by := ProductsNewest
	switch {
	case key != nil:
		by = *key
	case words != nil:
		by = ProductsByRelevance
	}
	if by == ProductsByRelevance && words == nil {
		return nil, fault.New(fault.BadUserInput, "RELEVANCE needs a filter.query to be relevant to")
	}
	where, err := filter.where(ctx, l.source.Currency)
	if err != nil {
		return nil, err
	}
	p, err := connection.NewPage(args, productSort(by, reverse))
	if err != nil {
		return nil, err
	}
	q := l.source.Client.Product.Query().Where(where)
	count := q.Clone().Where(matches(words))
	q.Modify(func(s *sql.Selector) {
		if by == ProductsByRelevance {
			joinScore(s, words)
		} else {
			matches(words)(s)
		}
		p.Select(s)
	})
	rows, err := q.Select(l.of(product.Table, p.Columns()...)...).All(ctx)
	if err != nil {
		return nil, err
	}
	l.ahead(ctx, rows)
	return p.Connection(rows, count.Count), nil
}

// ProductsOfCategory is a page of a category's products, with those of the categories below it or
// without.
func (l *Loaders) ProductsOfCategory(ctx context.Context, categoryID int64, args connection.Args, descendants bool, key ProductSort, reverse bool) (*connection.ProductConnection, error) {
	p, err := l.productsOfCategories(args, descendants, key, reverse)
	if err != nil {
		return nil, err
	}
	return p.of(ctx, categoryID)
}

func (l *Loaders) productsOfCategories(args connection.Args, descendants bool, key ProductSort, reverse bool) (*pages[*ent.Product], error) {
	if key == ProductsByRelevance {
		return nil, fault.New(fault.BadUserInput, "RELEVANCE needs a query: ask for products(filter:)")
	}
	e := edge[*ent.Product]{
		name: "Category.products", table: product.Table, rows: rule.Products,
		parents: column(product.FieldCategoryID),
		value:   func(p *ent.Product) int64 { return dynamic(p.Value, connection.Parent) },
		all: func(ctx context.Context, modify func(*sql.Selector), columns []string) ([]*ent.Product, error) {
			q := l.source.Client.Product.Query()
			q.Modify(modify)
			return q.Select(columns...).All(ctx)
		},
		count: func(ctx context.Context, modify func(*sql.Selector), into any) error {
			return l.source.Client.Product.Query().Modify(modify).Scan(ctx, into)
		},
	}
	if descendants {
		e.parents = above
	}
	return pagesOf(e, l, args, productSort(key, reverse), nowhere, descendants)
}

// above is how products find the categories that they are at or below.
var above = parents{
	// Each product stands once for every one of the categories that it is below.
	ofMany: func(ctx context.Context, s *sql.Selector, keys []int64) string {
		tree := subtree(ctx, s.Dialect(), database.AnyOf("id", keys)).As("below")
		s.Join(tree).On(s.C(product.FieldCategoryID), tree.C("id"))
		return tree.C("root")
	},
	column: product.FieldCategoryID,
	below: func(ctx context.Context, engine, key string) *sql.Selector {
		return subtree(ctx, engine, is("id", key)).Select("id")
	},
}

// ProductBySlug is the product with a slug, or nil.
func (l *Loaders) ProductBySlug(ctx context.Context, slug string) (*ent.Product, error) {
	row, err := l.source.Client.Product.Query().Where(product.Slug(slug)).Select(l.of(product.Table)...).Only(ctx)
	return found(ctx, l, row, err)
}

// where is all of the filter but its query.
func (f *ProductFilter) where(ctx context.Context, currency money.Currency) (func(*sql.Selector), error) {
	var all []func(*sql.Selector)
	if f.Category != nil {
		all = append(all, f.inCategory(ctx, f.Category.KeyOf(nodeid.Category)))
	}
	if f.Status != nil {
		all = append(all, product.StatusIn(f.Status...))
	}
	price, err := f.Price.where(variant.FieldPriceAmount, currency)
	if err != nil {
		return nil, err
	}
	if price != nil {
		all = append(all, hasVariant(ctx, false, price...))
	}
	if f.InStock != nil {
		all = append(all, hasVariant(ctx, !*f.InStock, sql.FieldGT(variant.FieldAvailable, 0)))
	}
	return and(append(all, f.CreatedAt.where(product.FieldCreatedAt)...)), nil
}

func (f *ProductFilter) inCategory(ctx context.Context, key int64) func(*sql.Selector) {
	if !f.Descendants {
		return product.CategoryID(key)
	}
	return func(s *sql.Selector) {
		tree := subtree(ctx, s.Dialect(), database.AnyOf("id", []int64{key}))
		s.Where(sql.In(s.C(product.FieldCategoryID), tree.Select("id")))
	}
}

// hasVariant is the filter of products with a variant on sale like this that the viewer may see, or
// without one.
func hasVariant(ctx context.Context, none bool, like ...func(*sql.Selector)) func(*sql.Selector) {
	return func(s *sql.Selector) {
		v := sql.Dialect(s.Dialect()).Select(variant.FieldID).From(sql.Table(variant.Table))
		v.Where(sql.And(sql.EQ(v.C(variant.FieldArchived), false), sql.ColumnsEQ(v.C(variant.FieldProductID), s.C(product.FieldID))))
		rule.Rows(rule.Variants).Apply(ctx, v)
		and(like)(v)
		if none {
			s.Where(sql.NotExists(v))
		} else {
			s.Where(sql.Exists(v))
		}
	}
}
