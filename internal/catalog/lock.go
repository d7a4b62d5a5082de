package catalog

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/category"
	"galley/ent/predicate"
	"galley/ent/product"
	"galley/ent/variant"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
)

// lockProduct reads a product that the viewer sees, for a change of it or of what belongs to it. It
// returns an error that ent.IsNotFound knows where there is none.
func lockProduct(ctx context.Context, tx *ent.Tx, which predicate.Product) (*ent.Product, error) {
	q := tx.Product.Query().Where(which)
	q.Modify(database.Locked(sql.LockNoKeyUpdate))
	p, err := q.Only(ctx)
	if err != nil {
		return nil, fmt.Errorf("lock product: %w", err)
	}
	return p, nil
}

// target locks the product that a mutation is about, as its editor has read it.
func target(ctx context.Context, tx *ent.Tx, id nodeid.ID, expected *int) (*ent.Product, error) {
	p, err := lockProduct(ctx, tx, product.ID(id.KeyOf(nodeid.Product)))
	switch {
	case ent.IsNotFound(err):
		return nil, fault.New(fault.NotFound, "There is no such product")
	case err != nil:
		return nil, err
	}
	return p, fault.Expect(p.Version, expected)
}

// owner locks the product that something is added to, and tells the caller if there is none.
func owner(ctx context.Context, tx *ent.Tx, c *fault.Collector, id nodeid.ID) (*ent.Product, error) {
	p, err := lockProduct(ctx, tx, product.ID(id.KeyOf(nodeid.Product)))
	switch {
	case ent.IsNotFound(err):
		c.Add(false, NotFound, "There is no such product", "product")
		return nil, c.Err()
	case err != nil:
		return nil, err
	}
	c.Add(p.Status != product.StatusARCHIVED, Archived, "The product is archived", "product")
	return p, nil
}

// variantTarget locks the product of the variant that a mutation is about, and reads the variant
// under the lock.
func variantTarget(ctx context.Context, tx *ent.Tx, id nodeid.ID, expected *int) (*ent.Product, *ent.Variant, error) {
	key := id.KeyOf(nodeid.Variant)
	p, err := lockProduct(ctx, tx, func(s *sql.Selector) {
		t := sql.Table(variant.Table)
		s.Where(sql.In(s.C(product.FieldID), sql.Dialect(s.Dialect()).Select(t.C(variant.FieldProductID)).From(t).
			Where(sql.EQ(t.C(variant.FieldID), key))))
	})
	var v *ent.Variant
	if err == nil {
		v, err = tx.Variant.Query().Where(variant.ID(key)).Only(ctx)
	}
	switch {
	case ent.IsNotFound(err):
		return nil, nil, fault.New(fault.NotFound, "There is no such variant")
	case err != nil:
		return nil, nil, fmt.Errorf("read variant: %w", err)
	}
	return p, v, fault.Expect(v.Version, expected)
}

// keepCategory makes sure that a category stays until the transaction is over, and tells the caller
// if it is not there.
func keepCategory(ctx context.Context, tx *ent.Tx, c *fault.Collector, id *nodeid.ID, field string) error {
	if id == nil {
		return nil
	}
	q := tx.Category.Query().Where(category.ID(id.KeyOf(nodeid.Category)))
	q.Modify(database.Locked(sql.LockKeyShare))
	found, err := q.IDs(ctx)
	if err != nil {
		return fmt.Errorf("read category: %w", err)
	}
	c.Add(len(found) == 1, NotFound, "There is no such category", field)
	return nil
}
