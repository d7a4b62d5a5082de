package productfile

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql"
	"github.com/99designs/gqlgen/graphql"

	"galley/ent"
	"galley/ent/product"
	"galley/internal/catalog"
	"galley/internal/database"
	"galley/internal/nodeid"
	"galley/internal/stock"
)

// writing is a product being written, in one transaction, by the workflows' rules.
type writing struct {
	*group
	tx      *ent.Tx
	shop    *importing
	catalog *catalog.Workflow
	stock   *stock.Workflow

	rows         []Row
	madeCategory bool
}

func (i *importing) begin(tx *ent.Tx, g *group) *writing {
	w := &writing{group: g, tx: tx, shop: i, catalog: i.catalog.In(tx), stock: i.stock.In(tx)}
	for _, l := range g.lines {
		w.rows = append(w.rows, Row{Line: l.number, Slug: g.slug, SKU: l.sku(), Result: Unchanged})
	}
	return w
}

// changed notes that a column of a row was changed.
func (w *writing) changed(row int, column string) {
	w.rows[row].Result = Updated
	w.rows[row].Changed = append(w.rows[row].Changed, column)
}

func (w *writing) product(ctx context.Context) error {
	q := w.tx.Product.Query().Where(product.Slug(w.slug))
	q.Modify(database.Locked(sql.LockNoKeyUpdate))
	p, err := q.Only(ctx)
	status, unknown := w.status()
	switch {
	case unknown != nil:
		return unknown
	case ent.IsNotFound(err):
		return w.create(ctx, status)
	case err != nil:
		return fmt.Errorf("read product: %w", err)
	}
	return w.update(ctx, p, status)
}

// status is the one that the file gives the product, "" if it says nothing.
func (w *writing) status() (product.Status, error) {
	text, _ := w.lines[0].cell(colStatus)
	status := product.Status(strings.ToUpper(strings.TrimSpace(text)))
	if status != "" && product.StatusValidator(status) != nil {
		return "", &wrong{w.lines[0].number, colStatus, "This is DRAFT, PUBLISHED or ARCHIVED"}
	}
	return status, nil
}

// category finds the category of a path, and makes those of it that are missing. Of several with the
// same path the product stays in its own.
func (w *writing) category(ctx context.Context, path string, own *int64) (*nodeid.ID, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // no category
	}
	l := w.lines[0]
	switch keys := w.shop.tree.keys[path]; {
	case own != nil && slices.Contains(keys, *own):
		return idOf(*own), nil
	case len(keys) == 1:
		return idOf(keys[0]), nil
	case len(keys) > 1:
		return nil, &wrong{l.number, colCategory, "Several categories have this path"}
	}
	key, missing := w.shop.tree.deepest(path)
	for _, name := range missing {
		in := catalog.CategoryCreateInput{Name: name}
		if key != 0 {
			in.Parent = idOf(key)
		}
		made, err := w.catalog.CategoryCreate(ctx, in)
		if err != nil {
			return nil, rejection(err, l, false, nil)
		}
		key, w.madeCategory = made.Key, true
	}
	return idOf(key), nil
}

func idOf(category int64) *nodeid.ID {
	id := nodeid.Category.ID(category)
	return &id
}

// create makes a product with its variants.
func (w *writing) create(ctx context.Context, status product.Status) error {
	first := w.lines[0]
	category, err := w.category(ctx, strings.TrimSpace(first.cells[colCategory]), nil)
	if err != nil {
		return err
	}
	in := catalog.ProductCreateInput{
		Title: first.cells[colTitle], Slug: &w.slug, Description: first.cells[colDescription], Category: category,
	}
	var of []*line
	for _, l := range w.lines {
		if l.sku() == "" {
			continue
		}
		draft, err := w.draft(l)
		if err != nil {
			return err
		}
		in.Variants, of = append(in.Variants, draft), append(of, l)
	}
	made, err := w.catalog.ProductCreate(ctx, in)
	if err != nil {
		return rejection(err, first, false, of)
	}
	for row := range w.rows {
		w.rows[row].Result = Created
	}
	p, err := w.tx.Product.Get(ctx, made.Key)
	if err != nil {
		return fmt.Errorf("read product: %w", err)
	}
	variants, err := variantsOf(ctx, w.tx.Variant, []*ent.Product{p})
	if err != nil {
		return err
	}
	for row, l := range w.lines {
		for _, v := range variants[p.ID] {
			if v.Sku == l.sku() {
				if err := w.archive(ctx, row, v); err != nil {
					return err
				}
			}
		}
	}
	return w.turn(ctx, p, status)
}

// update changes what the file says otherwise of a product that is there. What leaves the shop does so
// before its variants change, and what enters it after that.
func (w *writing) update(ctx context.Context, p *ent.Product, status product.Status) error {
	if status == product.StatusDRAFT {
		if err := w.turn(ctx, p, status); err != nil {
			return err
		}
	}
	if err := w.fields(ctx, p); err != nil {
		return err
	}
	variants, err := variantsOf(ctx, w.tx.Variant, []*ent.Product{p})
	if err != nil {
		return err
	}
	for row, l := range w.lines {
		if l.sku() == "" {
			continue
		}
		at := slices.IndexFunc(variants[p.ID], func(v *ent.Variant) bool { return v.Sku == l.sku() })
		if at < 0 {
			err = w.addVariant(ctx, row, p)
		} else {
			err = w.updateVariant(ctx, row, variants[p.ID][at])
		}
		if err != nil {
			return err
		}
	}
	return w.turn(ctx, p, status)
}

// fields changes the product's own fields.
func (w *writing) fields(ctx context.Context, p *ent.Product) error {
	first := w.lines[0]
	in := catalog.ProductUpdateInput{ID: nodeid.Product.ID(p.ID)}
	var names []string
	if title, ok := first.cell(colTitle); ok && strings.TrimSpace(title) != strings.TrimSpace(p.Title) {
		in.Title, names = &title, append(names, colTitle)
	}
	if text, ok := first.cell(colDescription); ok && prose(text) != prose(p.Description) {
		in.Description, names = &text, append(names, colDescription)
	}
	if path, ok := first.cell(colCategory); ok && strings.TrimSpace(path) != strings.TrimSpace(w.shop.tree.pathOf(p.CategoryID)) {
		category, err := w.category(ctx, strings.TrimSpace(path), p.CategoryID)
		if err != nil {
			return err
		}
		in.Category, names = graphql.OmittableOf(category), append(names, colCategory)
	}
	if len(names) == 0 {
		return nil
	}
	if _, err := w.catalog.ProductUpdate(ctx, in); err != nil {
		return rejection(err, first, false, nil)
	}
	for _, name := range names {
		w.changed(0, name)
	}
	return nil
}

// prose is a text of several lines regardless of how its lines end and of blanks around it, which no
// workflow keeps.
func prose(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) }

// turn brings the product into a state.
func (w *writing) turn(ctx context.Context, p *ent.Product, status product.Status) error {
	if status == "" || status == p.Status {
		return nil
	}
	to := w.catalog.ProductArchive
	switch status {
	case product.StatusDRAFT:
		to = w.catalog.ProductUnpublish
	case product.StatusPUBLISHED:
		to = w.catalog.ProductPublish
	case product.StatusARCHIVED:
	}
	if _, err := to(ctx, catalog.ProductStateInput{ID: nodeid.Product.ID(p.ID)}); err != nil {
		return rejection(err, w.lines[0], false, nil)
	}
	p.Status = status
	if w.rows[0].Result != Created {
		w.changed(0, colStatus)
	}
	return nil
}
