package productfile

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"galley/ent"
	"galley/ent/stockmovement"
	"galley/internal/catalog"
	"galley/internal/money"
	"galley/internal/nodeid"
	"galley/internal/stock"
)

// whole reads a cell with a whole number; nil is an empty cell.
func (l *line) whole(column string) (*int, error) {
	text := strings.TrimSpace(l.cells[column])
	if text == "" {
		return nil, nil //nolint:nilnil // no number
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return nil, &wrong{l.number, column, "This is not a whole number"}
	}
	return &n, nil
}

// price is the cell as an amount is written, "" where it is empty.
func (l *line) price() money.Decimal {
	text := strings.TrimSpace(l.cells[colPrice])
	if l.decimal == "," && !strings.Contains(text, ".") {
		text = strings.Replace(text, ",", ".", 1)
	}
	return money.Decimal(text)
}

// archived is whether the variant is off sale, and whether the file says anything of it.
func (l *line) archived() (archived, said bool, err error) {
	switch strings.ToLower(strings.TrimSpace(l.cells[colArchived])) {
	case "":
		return false, false, nil
	case "true", "yes", "1":
		return true, true, nil
	case "false", "no", "0":
		return false, true, nil
	}
	return false, false, &wrong{l.number, colArchived, "This is true or false"}
}

// currency refuses a price in another currency than the one that is meant.
func (l *line) currency(meant money.Currency) error {
	given := strings.ToUpper(strings.TrimSpace(l.cells[colCurrency]))
	if given != "" && given != string(meant) {
		return &wrong{l.number, colCurrency, fmt.Sprintf("This is %s", meant)}
	}
	return nil
}

// draft is a variant that is not there yet.
func (w *writing) draft(l *line) (catalog.ProductVariantInput, error) {
	in := catalog.ProductVariantInput{SKU: l.sku(), Title: l.cells[colVariant], Price: l.price()}
	if in.Price == "" {
		return in, &wrong{l.number, colPrice, "A new variant needs a price"}
	}
	if err := l.currency(w.shop.options.Currency); err != nil {
		return in, err
	}
	available, err := l.whole(colStock)
	if err != nil {
		return in, err
	}
	if available != nil {
		in.Available = *available
	}
	in.PurchaseLimit, err = l.whole(colLimit)
	return in, err
}

// addVariant adds a variant to a product that is there.
func (w *writing) addVariant(ctx context.Context, row int, p *ent.Product) error {
	l := w.lines[row]
	draft, err := w.draft(l)
	if err != nil {
		return err
	}
	made, err := w.catalog.VariantCreate(ctx, catalog.VariantCreateInput{Product: nodeid.Product.ID(p.ID), Variant: draft})
	if err != nil {
		return rejection(err, l, true, nil)
	}
	w.rows[row].Result = Created
	v, err := w.tx.Variant.Get(ctx, made.Key)
	if err != nil {
		return fmt.Errorf("read variant: %w", err)
	}
	return w.archive(ctx, row, v)
}

// updateVariant changes what the file says otherwise of a variant that is there.
func (w *writing) updateVariant(ctx context.Context, row int, v *ent.Variant) error {
	l := w.lines[row]
	if err := l.currency(v.Currency); err != nil {
		return err
	}
	in := catalog.VariantUpdateInput{ID: nodeid.Variant.ID(v.ID)}
	var names []string
	if title, ok := l.cell(colVariant); ok && strings.TrimSpace(title) != strings.TrimSpace(v.Title) {
		in.Title, names = &title, append(names, colVariant)
	}
	if price := l.price(); price != "" {
		amount, err := money.Parse(price, v.Currency)
		if err != nil || amount.Amount != v.PriceAmount {
			if v.Currency != w.shop.options.Currency {
				return &wrong{l.number, colPrice, fmt.Sprintf("It is priced in %s, and this shop sells in %s", v.Currency, w.shop.options.Currency)}
			}
			in.Price, names = &price, append(names, colPrice)
		}
	}
	if _, ok := l.cell(colLimit); ok {
		limit, err := l.whole(colLimit)
		if err != nil {
			return err
		}
		if (limit == nil) != (v.PurchaseLimit == nil) || limit != nil && *limit != *v.PurchaseLimit {
			in.PurchaseLimit, names = graphql.OmittableOf(limit), append(names, colLimit)
		}
	}
	if len(names) > 0 {
		if _, err := w.catalog.VariantUpdate(ctx, in); err != nil {
			return rejection(err, l, true, nil)
		}
	}
	for _, name := range names {
		w.changed(row, name)
	}
	if err := w.count(ctx, row, v); err != nil {
		return err
	}
	return w.archive(ctx, row, v)
}

// count brings the stock to what the file says. A cell that is as it was exported says nothing: what was
// sold since stays sold. One that was changed is refused where the stock has moved as well.
func (w *writing) count(ctx context.Context, row int, v *ent.Variant) error {
	l := w.lines[row]
	counted, err := l.whole(colStock)
	if err != nil || counted == nil || *counted == v.Available {
		return err
	}
	was, err := l.whole(colStockWas)
	switch {
	case err != nil:
		return err
	case was != nil && *was == *counted:
		return nil
	case was != nil && *was != v.Available:
		return &wrong{l.number, colStock, fmt.Sprintf("%d pieces are left by now, not the %d of the export", v.Available, *was)}
	}
	in := stock.AdjustInput{
		Variant: nodeid.Variant.ID(v.ID), Quantity: *counted - v.Available, Reason: stockmovement.ReasonCORRECTION, Note: "imported from a file of products",
	}
	if _, err := w.stock.Adjust(ctx, in); err != nil {
		return rejection(err, l, true, nil)
	}
	w.changed(row, colStock)
	return nil
}

// archive takes a variant off sale, which is for good.
func (w *writing) archive(ctx context.Context, row int, v *ent.Variant) error {
	l := w.lines[row]
	archived, said, err := l.archived()
	switch {
	case err != nil:
		return err
	case !said || archived == v.Archived:
		return nil
	case v.Archived:
		return &wrong{l.number, colArchived, "The variant is archived"}
	}
	if _, err := w.catalog.VariantArchive(ctx, catalog.VariantArchiveInput{ID: nodeid.Variant.ID(v.ID)}); err != nil {
		return rejection(err, l, true, nil)
	}
	if w.rows[row].Result != Created {
		w.changed(row, colArchived)
	}
	return nil
}
