package loader

import (
	"context"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/category"
	"galley/graph/connection"
	"galley/internal/nodeid"
)

func categorySort() connection.Sort[*ent.Category] {
	return connection.Sort[*ent.Category]{
		Name: "POSITION", Column: category.FieldPosition, Kind: connection.Int,
		Value: func(c *ent.Category) any { return int64(c.Position) },
		Key:   func(c *ent.Category) int64 { return c.ID },
	}
}

// Categories is a page of categories.
func (l *Loaders) Categories(ctx context.Context, args connection.Args, filter *CategoryFilter) (*connection.CategoryConnection, error) {
	p, err := connection.NewPage(args, categorySort())
	if err != nil {
		return nil, err
	}
	q := l.source.Client.Category.Query().Where(filter.where())
	count := q.Clone()
	q.Modify(p.Select)
	rows, err := q.Select(l.of(category.Table, p.Columns()...)...).All(ctx)
	if err != nil {
		return nil, err
	}
	l.ahead(ctx, rows)
	return p.Connection(rows, count.Count), nil
}

// CategoryBySlug is the category with a slug, or nil.
func (l *Loaders) CategoryBySlug(ctx context.Context, slug string) (*ent.Category, error) {
	row, err := l.source.Client.Category.Query().Where(category.Slug(slug)).Select(l.of(category.Table)...).Only(ctx)
	return found(ctx, l, row, err)
}

func (f *CategoryFilter) where() func(*sql.Selector) {
	if f == nil {
		return nowhere
	}
	var all []func(*sql.Selector)
	if f.Parent != nil {
		all = append(all, category.ParentID(f.Parent.KeyOf(nodeid.Category)))
	}
	if f.Roots {
		all = append(all, category.ParentIDIsNil())
	}
	return and(append(all, beginning(f.Query, func(text string) func(*sql.Selector) {
		return category.Or(sql.FieldHasPrefixFold(category.FieldName, text), sql.FieldContainsFold(category.FieldName, " "+text))
	})))
}
