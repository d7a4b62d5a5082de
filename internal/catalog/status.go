package catalog

import (
	"context"
	"fmt"
	"slices"

	"galley/ent"
	"galley/ent/product"
	"galley/ent/variant"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/viewer"
)

// next are the states that a product may go to.
func next(from product.Status) []product.Status {
	switch from {
	case product.StatusDRAFT:
		return []product.Status{product.StatusPUBLISHED, product.StatusARCHIVED}
	case product.StatusPUBLISHED:
		return []product.Status{product.StatusDRAFT, product.StatusARCHIVED}
	}
	return nil // the archive is for good
}

// ProductPublish shows a product in the shop. It needs a variant on sale.
func (w *Workflow) ProductPublish(ctx context.Context, in ProductStateInput) (*database.Outcome, error) {
	return w.turn(ctx, in, product.StatusPUBLISHED)
}

// ProductUnpublish takes a product out of the shop, back to the drafts.
func (w *Workflow) ProductUnpublish(ctx context.Context, in ProductStateInput) (*database.Outcome, error) {
	return w.turn(ctx, in, product.StatusDRAFT)
}

// ProductArchive takes a product out of the shop for good.
func (w *Workflow) ProductArchive(ctx context.Context, in ProductStateInput) (*database.Outcome, error) {
	return w.turn(ctx, in, product.StatusARCHIVED)
}

// turn brings a product into a state. If it is there already, all is well.
func (w *Workflow) turn(ctx context.Context, in ProductStateInput, to product.Status) (*database.Outcome, error) {
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		p, err := target(ctx, tx, in.ID, in.ExpectedVersion)
		switch {
		case err != nil:
			return 0, err
		case p.Status == to:
			return p.ID, nil
		case !slices.Contains(next(p.Status), to):
			return 0, fault.Reject(Archived, "The product is archived", "id")
		}
		row := tx.Product.Update().Where(product.ID(p.ID)).AddVersion(1).SetStatus(to)
		if to == product.StatusPUBLISHED {
			if err := onSale(ctx, tx, p.ID); err != nil {
				return 0, err
			}
			row.SetPublishedAt(w.db.Now())
		}
		if err := saveOne(row.Save(ctx)); err != nil {
			return 0, fmt.Errorf("turn product %s: %w", to, err)
		}
		return p.ID, nil
	})
}

// onSale refuses a product without a variant on sale.
func onSale(ctx context.Context, tx *ent.Tx, productID int64) error {
	found, err := tx.Variant.Query().Where(variant.ProductID(productID), variant.Archived(false)).Exist(viewer.AsSystem(ctx))
	if err != nil {
		return fmt.Errorf("look for variants: %w", err)
	}
	if !found {
		return fault.Reject(NoVariant, "A product in the shop needs a variant on sale", "id")
	}
	return nil
}
