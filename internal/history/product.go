package history

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/product"
	"galley/ent/variant"
	"galley/internal/catalog"
	"galley/internal/database"
	"galley/internal/money"
	"galley/internal/nodeid"
	"galley/internal/onlineretail"
	"galley/internal/textkey"
)

// writeProducts writes the file's products, or what the file says otherwise of those that are there.
func (i *importing) writeProducts(ctx context.Context) error {
	var (
		batch []onlineretail.Product
		tally onlineretail.Tally
		last  string
	)
	end := func() {
		if last != "" {
			batch = append(batch, tally.Product(last))
			tally = onlineretail.Tally{}
		}
	}
	for record, err := range i.mentions.Sorted() {
		if err != nil {
			return err
		}
		sku, description, mention, err := decodeMention(record)
		if err != nil {
			return err
		}
		if sku != last {
			end()
			last = sku
			if len(batch) == i.bounds.rows/10 {
				if err := i.writeProductBatch(ctx, batch); err != nil {
					return err
				}
				batch = batch[:0]
			}
		}
		tally.Add(description, mention)
	}
	end()
	return i.writeProductBatch(ctx, batch)
}

// shelved is a product that is there, and its variant of a SKU.
type shelved struct {
	variant *ent.Variant
	product *ent.Product
	alone   bool // the product has no other variant
}

func (i *importing) writeProductBatch(ctx context.Context, batch []onlineretail.Product) error {
	var there map[string]shelved
	err := i.inTx(ctx, func(ctx context.Context, tx *ent.Tx) (err error) {
		if there, err = shelf(ctx, tx, batch); err != nil {
			return err
		}
		return i.insertProducts(ctx, tx, batch, there)
	})
	if err != nil {
		return err
	}
	for _, p := range batch {
		if p.Draft {
			i.report.Drafts++
		}
		known, ok := there[p.SKU]
		if !ok {
			i.report.Products.New++
			continue
		}
		changed, err := i.update(ctx, p, known)
		switch {
		case err != nil:
			return fmt.Errorf("update product %s: %w", p.SKU, err)
		case changed:
			i.report.Products.Changed++
		default:
			i.report.Products.Same++
		}
	}
	i.options.Progress("products", i.report.Products.sum(), 0)
	return nil
}

// shelf finds the products that are there, by SKU.
func shelf(ctx context.Context, tx *ent.Tx, batch []onlineretail.Product) (map[string]shelved, error) {
	skus := make([]string, len(batch))
	for i, p := range batch {
		skus[i] = p.SKU
	}
	found, err := tx.Variant.Query().Where(database.AnyOfText(variant.FieldSku, skus)).WithProduct().All(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for SKUs: %w", err)
	}
	keys := make([]int64, len(found))
	for i, v := range found {
		keys[i] = v.ProductID
	}
	siblings, err := tx.Variant.Query().Where(database.AnyOf(variant.FieldProductID, keys)).Select(variant.FieldProductID).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for variants: %w", err)
	}
	count := map[int64]int{}
	for _, v := range siblings {
		count[v.ProductID]++
	}
	there := make(map[string]shelved, len(found))
	for _, v := range found {
		there[v.Sku] = shelved{variant: v, product: v.Edges.Product, alone: count[v.ProductID] == 1}
	}
	return there, nil
}

// insertProducts writes the products that are not there.
func (i *importing) insertProducts(ctx context.Context, tx *ent.Tx, batch []onlineretail.Product, there map[string]shelved) error {
	var fresh []onlineretail.Product
	for _, p := range batch {
		if _, ok := there[p.SKU]; !ok {
			fresh = append(fresh, p)
		}
	}
	slugs, err := freeSlugs(ctx, tx, fresh)
	if err != nil {
		return err
	}
	now := i.db.Now()
	p, v, m, t := rows{table: products}, rows{table: variants}, rows{table: movements}, rows{table: terms}
	for n, f := range fresh {
		keys, err := i.keys(3)
		if err != nil {
			return err
		}
		status, published := product.StatusDRAFT, any(nil)
		if !f.Draft {
			status, published = product.StatusPUBLISHED, f.Since
		}
		price := int64(minor(f.Price))
		p.add(keys[0], f.Since, now, int64(1), f.Title, slugs[n], "", string(status), textkey.Key(f.Title), price, string(Currency), published)
		v.add(keys[1], f.Since, now, int64(1), f.SKU, "", price, string(Currency), int64(i.options.Stock), int64(0), false, keys[0])
		if i.options.Stock > 0 {
			m.add(keys[2], now, int64(i.options.Stock), "RECEIVED", "opening stock of the import", keys[1])
		}
		for term, weight := range catalog.Terms(f.Title, "", []string{f.SKU}) {
			key, err := i.db.NextKey()
			if err != nil {
				return err
			}
			t.add(key, []byte(term), int64(weight), keys[0])
		}
	}
	for _, r := range []rows{p, v, m, t} {
		if err := r.insert(ctx, tx, i.db); err != nil {
			return err
		}
	}
	return nil
}

func (i *importing) keys(n int) ([]int64, error) {
	keys := make([]int64, n)
	for k := range keys {
		var err error
		if keys[k], err = i.db.NextKey(); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// freeSlugs makes a slug for each product. It ends in the SKU, so that only a product that was named so
// by hand can have it already.
func freeSlugs(ctx context.Context, tx *ent.Tx, fresh []onlineretail.Product) ([]string, error) {
	slugs := make([]string, len(fresh))
	for i, p := range fresh {
		slugs[i] = onlineretail.ProductSlug(p.Title, p.SKU)
	}
	taken, err := tx.Product.Query().Where(database.AnyOfText(product.FieldSlug, slugs)).Select(product.FieldSlug).Strings(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for slugs: %w", err)
	}
	used := make(map[string]bool, len(taken))
	for _, slug := range taken {
		used[slug] = true
	}
	for i, base := range slugs {
		for n := 2; used[slugs[i]]; n++ {
			slugs[i] = fmt.Sprintf("%s-%d", base, n)
			if used[slugs[i]], err = tx.Product.Query().Where(product.Slug(slugs[i])).Exist(ctx); err != nil {
				return nil, fmt.Errorf("look for slugs: %w", err)
			}
		}
	}
	return slugs, nil
}

// update gives a product that is there the title and price of the latest import, by the catalogue's own
// rules. What the file does not sell says nothing new of a product that was ever in the shop; what staff
// took out of the shop stays out, and a title that is shared by several variants is theirs.
func (i *importing) update(ctx context.Context, p onlineretail.Product, known shelved) (changed bool, err error) {
	was := known.product
	if known.variant.Archived || was.Status == product.StatusARCHIVED || p.Draft && was.PublishedAt != nil {
		return false, nil
	}
	if known.alone && p.Title != was.Title {
		in := catalog.ProductUpdateInput{ID: nodeid.Product.ID(was.ID), Title: &p.Title}
		if err := done(i.catalog.ProductUpdate(ctx, in)); err != nil {
			return false, err
		}
		changed = true
	}
	if !p.Draft && minor(p.Price) != known.variant.PriceAmount {
		price := money.Money{Amount: minor(p.Price), Currency: Currency}.Decimal()
		in := catalog.VariantUpdateInput{ID: nodeid.Variant.ID(known.variant.ID), Price: &price}
		if err := done(i.catalog.VariantUpdate(ctx, in)); err != nil {
			return false, err
		}
		changed = true
	}
	if !p.Draft && was.Status == product.StatusDRAFT && was.PublishedAt == nil {
		if err := done(i.catalog.ProductPublish(ctx, catalog.ProductStateInput{ID: nodeid.Product.ID(was.ID)})); err != nil {
			return false, err
		}
		changed = true
	}
	return changed, nil
}

// done makes an error of what a workflow rejects.
func done(outcome *database.Outcome, err error) error {
	if err == nil && len(outcome.UserErrors) > 0 {
		return fmt.Errorf("%s", outcome.UserErrors[0].Message)
	}
	return err
}
