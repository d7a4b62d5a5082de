package catalog

import (
	"context"
	"fmt"
	"slices"

	"galley/ent"
	"galley/ent/product"
	"galley/ent/variant"
	"galley/internal/approval"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/money"
)

// VariantCreate adds a variant to a product, behind the others.
func (w *Workflow) VariantCreate(ctx context.Context, in VariantCreateInput) (*database.Outcome, error) {
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		var c fault.Collector
		d := w.draft(&c, in.Variant, "variant")
		p, err := owner(ctx, tx, &c, in.Product)
		if err != nil {
			return 0, err
		}
		siblings, err := variantsOf(ctx, tx, p.ID)
		if err != nil {
			return 0, err
		}
		c.Add(len(siblings) < MaxVariants, Invalid, fmt.Sprintf("A product has at most %d variants", MaxVariants), "product")
		if err := skusFree(ctx, tx, &c, []draft{d}); err != nil {
			return 0, err
		}
		if err := c.Err(); err != nil {
			return 0, err
		}
		position := 0
		if n := len(siblings); n > 0 {
			position = siblings[n-1].Position + 1
		}
		created, err := w.createVariants(ctx, tx, p.ID, position, []draft{d})
		if err != nil {
			return 0, err
		}
		siblings = append(siblings, created...)
		if err := keepPriceFrom(ctx, tx, p, siblings); err != nil {
			return 0, err
		}
		return created[0].ID, rewriteTerms(ctx, tx, p, siblings)
	})
}

// VariantUpdate changes a variant. Its stock has a workflow of its own.
func (w *Workflow) VariantUpdate(ctx context.Context, in VariantUpdateInput) (*database.Outcome, error) {
	in.Title = trimmed(in.Title)
	if in.SKU != nil {
		sku := skuOf(*in.SKU)
		in.SKU = &sku
	}
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		p, v, err := variantTarget(ctx, tx, in.ID, in.ExpectedVersion)
		if err != nil {
			return 0, err
		}
		if err := inUse(p, v); err != nil {
			return 0, err
		}
		price, err := w.checkUpdate(ctx, tx, in, v)
		if err != nil {
			return 0, err
		}
		if differs(price, v.PriceAmount) {
			if err := approval.PriceChange(ctx, tx, w.db, v, *price); err != nil {
				return 0, err
			}
		}
		siblings, err := variantsOf(ctx, tx, p.ID)
		if err != nil {
			return 0, err
		}
		moved := false
		if in.Position != nil {
			before := keysOf(siblings)
			after := placed(before, v.ID, in.Position)
			if moved = !slices.Equal(before, after); moved {
				if err := number(ctx, tx, w.db, variant.Table, after); err != nil {
					return 0, err
				}
			}
		}
		if !moved && !in.changes(v, price) {
			return v.ID, nil
		}
		return v.ID, in.apply(ctx, tx, p, v, price, siblings)
	})
}

// checkUpdate notes all that is wrong with a change, and returns the new price, if there is one.
func (w *Workflow) checkUpdate(ctx context.Context, tx *ent.Tx, in VariantUpdateInput, v *ent.Variant) (*money.Minor, error) {
	var c fault.Collector
	if in.SKU != nil && *in.SKU != v.Sku {
		checkNamed(&c, *in.SKU, variant.SkuValidator, maxSKU, "sku")
		taken, err := takenSKUs(ctx, tx, *in.SKU)
		if err != nil {
			return nil, err
		}
		c.Add(len(taken) == 0, SKUTaken, "Another variant has this SKU", "sku")
	}
	if in.Title != nil {
		checkLine(&c, *in.Title, variant.TitleValidator, maxTitle, "title")
	}
	var price *money.Minor
	if in.Price != nil {
		p := w.price(&c, *in.Price, "price")
		price = &p
	}
	if limit, ok := in.PurchaseLimit.ValueOK(); ok {
		checkLimit(&c, limit, "purchaseLimit")
	}
	if in.Weight != nil {
		checkWeight(&c, *in.Weight, "weight")
	}
	if low, ok := in.LowStockAt.ValueOK(); ok {
		checkLow(&c, low, "lowStockAt")
	}
	c.Add(in.Position == nil || *in.Position >= 0, Invalid, "Positions begin with 0", "position")
	return price, c.Err()
}

// inUse refuses a change of what is archived.
func inUse(p *ent.Product, v *ent.Variant) error {
	switch {
	case p.Status == product.StatusARCHIVED:
		return fault.Reject(Archived, "The product is archived", "id")
	case v.Archived:
		return fault.Reject(Archived, "The variant is archived", "id")
	}
	return nil
}

// changes tells whether anything that is given differs from what is there.
func (in VariantUpdateInput) changes(v *ent.Variant, price *money.Minor) bool {
	limit, limited := in.PurchaseLimit.ValueOK()
	low, watched := in.LowStockAt.ValueOK()
	return differs(in.SKU, v.Sku) || differs(in.Title, v.Title) || differs(price, v.PriceAmount) || differs(in.Weight, v.Weight) ||
		limited && !same(limit, v.PurchaseLimit) || watched && !same(low, v.LowStock)
}

func (in VariantUpdateInput) apply(
	ctx context.Context, tx *ent.Tx, p *ent.Product, v *ent.Variant, price *money.Minor, siblings []*ent.Variant,
) error {
	var changed *ent.Variant
	for _, s := range siblings {
		if s.ID == v.ID {
			changed = s
		}
	}
	row := tx.Variant.Update().Where(variant.ID(v.ID)).AddVersion(1)
	if in.SKU != nil {
		changed.Sku = *in.SKU
		row.SetSku(*in.SKU)
	}
	if in.Title != nil {
		changed.Title = *in.Title
		row.SetTitle(*in.Title)
	}
	if price != nil {
		changed.PriceAmount = *price
		row.SetPriceAmount(*price)
	}
	if limit, ok := in.PurchaseLimit.ValueOK(); ok {
		if limit == nil {
			row.ClearPurchaseLimit()
		} else {
			row.SetPurchaseLimit(*limit)
		}
	}
	if in.Weight != nil {
		row.SetWeight(*in.Weight)
	}
	if low, ok := in.LowStockAt.ValueOK(); ok {
		if low == nil {
			row.ClearLowStock()
		} else {
			row.SetLowStock(*low)
		}
	}
	if err := saveOne(row.Save(ctx)); err != nil {
		return fmt.Errorf("update variant: %w", err)
	}
	if err := keepPriceFrom(ctx, tx, p, siblings); err != nil {
		return err
	}
	if changed.Sku == v.Sku && changed.Title == v.Title {
		return nil
	}
	return rewriteTerms(ctx, tx, p, siblings)
}

// VariantArchive takes a variant off sale for good. If it is off already, all is well.
func (w *Workflow) VariantArchive(ctx context.Context, in VariantArchiveInput) (*database.Outcome, error) {
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		p, v, err := variantTarget(ctx, tx, in.ID, in.ExpectedVersion)
		switch {
		case err != nil:
			return 0, err
		case v.Archived:
			return v.ID, nil
		case p.Status == product.StatusARCHIVED:
			return 0, fault.Reject(Archived, "The product is archived", "id")
		}
		siblings, err := variantsOf(ctx, tx, p.ID)
		if err != nil {
			return 0, err
		}
		left := 0
		for _, s := range siblings {
			s.Archived = s.Archived || s.ID == v.ID
			if !s.Archived {
				left++
			}
		}
		if left == 0 && p.Status == product.StatusPUBLISHED {
			return 0, fault.Reject(NoVariant, "A product in the shop needs a variant on sale: unpublish it first", "id")
		}
		if err := saveOne(tx.Variant.Update().Where(variant.ID(v.ID)).AddVersion(1).SetArchived(true).Save(ctx)); err != nil {
			return 0, fmt.Errorf("archive variant: %w", err)
		}
		if err := keepPriceFrom(ctx, tx, p, siblings); err != nil {
			return 0, err
		}
		return v.ID, rewriteTerms(ctx, tx, p, siblings)
	})
}

func keysOf(variants []*ent.Variant) []int64 {
	keys := make([]int64, len(variants))
	for i, v := range variants {
		keys[i] = v.ID
	}
	return keys
}
