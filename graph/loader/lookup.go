package loader

import (
	"context"

	"galley/ent"
	"galley/internal/nodeid"
)

// Lookup fetches one row for a field that stands alone, and what is selected below it.
func Lookup[T any](ctx context.Context, l *Loader[*T], key int64) (*T, error) {
	if key == 0 {
		return nil, nil //nolint:nilnil // null is the answer
	}
	rows, err := l.now(ctx, []int64{key})
	if err != nil {
		return nil, err
	}
	if rows[key] != nil {
		From(ctx).ahead(ctx, []*T{rows[key]})
	}
	return rows[key], nil
}

// found makes a missing row a nil: lookups of what is not there, or not yours, give null.
func found[T any](ctx context.Context, l *Loaders, row *T, err error) (*T, error) {
	switch {
	case ent.IsNotFound(err):
		return nil, nil //nolint:nilnil // null is the answer
	case err != nil:
		return nil, err
	}
	l.ahead(ctx, []*T{row})
	return row, nil
}

// ProductByID is the product with an id, or nil.
func (l *Loaders) ProductByID(ctx context.Context, id nodeid.ID) (*ent.Product, error) {
	return Lookup(ctx, &l.Product, id.KeyOf(nodeid.Product))
}

// CategoryByID is the category with an id, or nil.
func (l *Loaders) CategoryByID(ctx context.Context, id nodeid.ID) (*ent.Category, error) {
	return Lookup(ctx, &l.Category, id.KeyOf(nodeid.Category))
}

// OrderByID is the order with an id, or nil.
func (l *Loaders) OrderByID(ctx context.Context, id nodeid.ID) (*ent.Order, error) {
	return Lookup(ctx, &l.Order, id.KeyOf(nodeid.Order))
}
