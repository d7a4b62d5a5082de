package loader

import (
	"context"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/schema/rule"
	"galley/ent/stockmovement"
	"galley/ent/variant"
	"galley/graph/connection"
	"galley/internal/stock"
	"galley/internal/viewer"
)

// MovementsOfVariant is a page of a variant's stock movements, the latest first.
func (l *Loaders) MovementsOfVariant(ctx context.Context, variantID int64, args connection.Args) (*connection.StockMovementConnection, error) {
	p, err := l.movementsOfVariants(args)
	if err != nil {
		return nil, err
	}
	return p.of(ctx, variantID)
}

func (l *Loaders) movementsOfVariants(args connection.Args) (*pages[*ent.StockMovement], error) {
	sort := connection.Sort[*ent.StockMovement]{
		Name: "CREATED", Column: stockmovement.FieldCreatedAt, Kind: connection.Time, Desc: true,
		Value: func(m *ent.StockMovement) any { return m.CreatedAt },
		Key:   func(m *ent.StockMovement) int64 { return m.ID },
	}
	e := edge[*ent.StockMovement]{
		name: "Variant.stockMovements", table: stockmovement.Table, rows: rule.Permitted(viewer.StockRead),
		parents: column(stockmovement.FieldVariantID),
		value:   func(m *ent.StockMovement) int64 { return dynamic(m.Value, connection.Parent) },
		all: func(ctx context.Context, modify func(*sql.Selector), columns []string) ([]*ent.StockMovement, error) {
			q := l.source.Client.StockMovement.Query()
			q.Modify(modify)
			return q.Select(columns...).All(ctx)
		},
		count: func(ctx context.Context, modify func(*sql.Selector), into any) error {
			return l.source.Client.StockMovement.Query().Modify(modify).Scan(ctx, into)
		},
	}
	return pagesOf(e, l, args, sort, nowhere)
}

// stockOfVariants are where the variants' pieces are.
func stockOfVariants(ctx context.Context, l *Loaders, keys []int64) (map[int64]*stock.Level, error) {
	return stock.Levels(ctx, l.source.Client, keys)
}

// LowStock is a page of the variants of which too few pieces are available, those with the fewest first.
func (l *Loaders) LowStock(ctx context.Context, args connection.Args, below *int) (*connection.VariantConnection, error) {
	p, err := connection.NewPage(args, connection.Sort[*ent.Variant]{
		Name: "AVAILABLE", Column: variant.FieldAvailable, Kind: connection.Int,
		Value: func(v *ent.Variant) any { return int64(v.Available) },
		Key:   func(v *ent.Variant) int64 { return v.ID },
	})
	if err != nil {
		return nil, err
	}
	q := l.source.Client.Variant.Query().Where(stock.IsLow(ctx, below))
	count := q.Clone()
	q.Modify(p.Select)
	rows, err := q.Select(l.of(variant.Table, p.Columns()...)...).All(ctx)
	if err != nil {
		return nil, err
	}
	l.ahead(ctx, rows)
	return p.Connection(rows, count.Count), nil
}
