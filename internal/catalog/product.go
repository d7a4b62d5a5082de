package catalog

import (
	"context"
	"fmt"
	"strings"

	"galley/ent"
	"galley/ent/product"
	"galley/ent/variant"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/textkey"
	"galley/internal/viewer"
)

const (
	maxTitle = 300 // characters, as the column says
	maxSlug  = 300
)

// ProductCreate makes a draft, with its variants.
func (w *Workflow) ProductCreate(ctx context.Context, in ProductCreateInput) (*database.Outcome, error) {
	in.Title, in.Description, in.Slug = strings.TrimSpace(in.Title), prose(in.Description), trimmed(in.Slug)
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		var c fault.Collector
		checkNamed(&c, in.Title, product.TitleValidator, maxTitle, "title")
		checkProse(&c, in.Description, "description")
		in.TaxCategory = taxCategory(&c, in.TaxCategory)
		if in.Slug != nil {
			if err := checkProductSlug(ctx, tx, &c, *in.Slug, 0); err != nil {
				return 0, err
			}
		}
		if err := keepCategory(ctx, tx, &c, in.Category, "category"); err != nil {
			return 0, err
		}
		if len(in.Variants) > MaxVariants {
			c.Add(false, Invalid, fmt.Sprintf("A product has at most %d variants", MaxVariants), "variants")
			return 0, c.Err()
		}
		drafts := w.drafts(&c, in.Variants)
		if err := skusFree(ctx, tx, &c, drafts); err != nil {
			return 0, err
		}
		if err := c.Err(); err != nil {
			return 0, err
		}
		return w.createProduct(ctx, tx, in, drafts)
	})
}

func (w *Workflow) createProduct(ctx context.Context, tx *ent.Tx, in ProductCreateInput, drafts []draft) (int64, error) {
	slug, err := w.productSlug(ctx, tx, in)
	if err != nil {
		return 0, err
	}
	row := tx.Product.Create().SetTitle(in.Title).SetTitleKey(textkey.Key(in.Title)).SetSlug(slug).
		SetDescription(in.Description).SetCurrency(w.currency).SetPriceFromAmount(cheapest(drafts)).SetNillableTaxCategory(in.TaxCategory)
	if in.Category != nil {
		row.SetCategoryID(in.Category.Key)
	}
	p, err := row.Save(ctx)
	if err != nil {
		return 0, fmt.Errorf("create product: %w", err)
	}
	variants, err := w.createVariants(ctx, tx, p.ID, 0, drafts)
	if err != nil {
		return 0, err
	}
	return p.ID, indexTerms(ctx, tx, p, variants)
}

func (w *Workflow) productSlug(ctx context.Context, tx *ent.Tx, in ProductCreateInput) (string, error) {
	if in.Slug != nil {
		return *in.Slug, nil
	}
	return w.freeSlug(in.Title, "product", func(candidates []string) ([]string, error) {
		return tx.Product.Query().Where(product.SlugIn(candidates...)).Select(product.FieldSlug).
			Strings(viewer.AsSystem(ctx)) // drafts that the viewer does not see have slugs too
	})
}

func checkProductSlug(ctx context.Context, tx *ent.Tx, c *fault.Collector, slug string, except int64) error {
	return checkSlug(c, slug, product.SlugValidator, maxSlug, func() (bool, error) {
		return tx.Product.Query().Where(product.Slug(slug), product.IDNEQ(except)).Exist(viewer.AsSystem(ctx))
	})
}

// ProductUpdate changes a product's own fields. Its slug changes only when it is given: addresses stay.
func (w *Workflow) ProductUpdate(ctx context.Context, in ProductUpdateInput) (*database.Outcome, error) {
	in.Title, in.Slug = trimmed(in.Title), trimmed(in.Slug)
	if in.Description != nil {
		text := prose(*in.Description)
		in.Description = &text
	}
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		var c fault.Collector
		in.TaxCategory = taxCategory(&c, in.TaxCategory)
		if id, ok := in.Category.ValueOK(); ok {
			if err := keepCategory(ctx, tx, &c, id, "category"); err != nil {
				return 0, err
			}
		}
		p, err := target(ctx, tx, in.ID, in.ExpectedVersion)
		if err != nil {
			return 0, err
		}
		if p.Status == product.StatusARCHIVED {
			return 0, fault.Reject(Archived, "The product is archived", "id")
		}
		if err := in.check(ctx, tx, &c, p); err != nil {
			return 0, err
		}
		return p.ID, in.apply(ctx, tx, p)
	})
}

func (in ProductUpdateInput) check(ctx context.Context, tx *ent.Tx, c *fault.Collector, p *ent.Product) error {
	if in.Title != nil {
		checkNamed(c, *in.Title, product.TitleValidator, maxTitle, "title")
	}
	if in.Description != nil {
		checkProse(c, *in.Description, "description")
	}
	if in.Slug != nil && *in.Slug != p.Slug {
		if err := checkProductSlug(ctx, tx, c, *in.Slug, p.ID); err != nil {
			return err
		}
	}
	return c.Err()
}

// changes tells whether anything that is given differs from what is there.
func (in ProductUpdateInput) changes(p *ent.Product) bool {
	if id, ok := in.Category.ValueOK(); ok {
		var key *int64
		if id != nil {
			key = &id.Key
		}
		if !same(key, p.CategoryID) {
			return true
		}
	}
	return differs(in.Title, p.Title) || differs(in.Description, p.Description) || differs(in.Slug, p.Slug) || differs(in.TaxCategory, p.TaxCategory)
}

func (in ProductUpdateInput) apply(ctx context.Context, tx *ent.Tx, p *ent.Product) error {
	if !in.changes(p) {
		return nil
	}
	row := tx.Product.Update().Where(product.ID(p.ID)).AddVersion(1)
	reindex := false
	if in.Title != nil {
		reindex = reindex || *in.Title != p.Title
		p.Title = *in.Title
		row.SetTitle(p.Title).SetTitleKey(textkey.Key(p.Title))
	}
	if in.Description != nil {
		reindex = reindex || *in.Description != p.Description
		p.Description = *in.Description
		row.SetDescription(p.Description)
	}
	if in.Slug != nil {
		row.SetSlug(*in.Slug)
	}
	if in.TaxCategory != nil {
		row.SetTaxCategory(*in.TaxCategory)
	}
	if id, ok := in.Category.ValueOK(); ok {
		if id == nil {
			row.ClearCategoryID()
		} else {
			row.SetCategoryID(id.Key)
		}
	}
	if err := saveOne(row.Save(ctx)); err != nil {
		return fmt.Errorf("update product: %w", err)
	}
	if !reindex {
		return nil
	}
	variants, err := variantsOf(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	return rewriteTerms(ctx, tx, p, variants)
}

// saveOne tells when an update found no row that the viewer may change.
func saveOne(changed int, err error) error {
	if err == nil && changed != 1 {
		return fault.New(fault.Forbidden, "You may not do this")
	}
	return err
}

// variantsOf are all variants of a product in their order, for rules that hold for what the viewer
// does not see too.
func variantsOf(ctx context.Context, tx *ent.Tx, productID int64) ([]*ent.Variant, error) {
	variants, err := tx.Variant.Query().Where(variant.ProductID(productID)).
		Order(variant.ByPosition(), variant.ByID()).All(viewer.AsSystem(ctx))
	if err != nil {
		return nil, fmt.Errorf("read variants: %w", err)
	}
	return variants, nil
}
