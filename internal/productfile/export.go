package productfile

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"galley/ent"
	"galley/ent/product"
	"galley/ent/variant"
	"galley/internal/database"
	"galley/internal/money"
	"galley/internal/viewer"
)

const (
	// byteOrderMark is how Excel knows that a file is UTF-8.
	byteOrderMark = "\ufeff"
	page          = 200 // products that are read at once
)

// Export writes all products, drafts and archived ones too, in the order in which they were made.
func Export(ctx context.Context, db *database.DB, w io.Writer) error {
	ctx = viewer.AsSystem(ctx)
	tree, err := readTree(ctx, db.Client.Category)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return fmt.Errorf("write products: %w", err)
	}
	out := csv.NewWriter(w)
	_ = out.Write(columns()) // errors of Write are told by Error
	for last := int64(0); ; {
		products, err := db.Client.Product.Query().Where(product.IDGT(last)).Order(product.ByID()).Limit(page).All(ctx)
		if err != nil {
			return fmt.Errorf("read products: %w", err)
		}
		if len(products) == 0 {
			break
		}
		variants, err := variantsOf(ctx, db.Client.Variant, products)
		if err != nil {
			return err
		}
		for _, p := range products {
			last = p.ID
			of := variants[p.ID]
			if len(of) == 0 {
				of = []*ent.Variant{nil}
			}
			for _, v := range of {
				_ = out.Write(cells(tree, p, v))
			}
		}
		if err := out.Error(); err != nil {
			return fmt.Errorf("write products: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write products: %w", err)
	}
	return nil
}

// variantsOf are the variants of products, in their order.
func variantsOf(ctx context.Context, client *ent.VariantClient, products []*ent.Product) (map[int64][]*ent.Variant, error) {
	keys := make([]int64, len(products))
	for i, p := range products {
		keys[i] = p.ID
	}
	all, err := client.Query().Where(database.AnyOf(variant.FieldProductID, keys)).Order(variant.ByPosition(), variant.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read variants: %w", err)
	}
	of := make(map[int64][]*ent.Variant, len(products))
	for _, v := range all {
		of[v.ProductID] = append(of[v.ProductID], v)
	}
	return of, nil
}

// cells is a row: a product and one of its variants, if it has any.
func cells(tree *tree, p *ent.Product, v *ent.Variant) []string {
	row := []string{guarded(p.Slug), guarded(p.Title), guarded(p.Description), guarded(tree.pathOf(p.CategoryID)), string(p.Status)}
	if v == nil {
		return append(row, make([]string, len(variantColumns()))...)
	}
	available, limit := strconv.Itoa(v.Available), ""
	if v.PurchaseLimit != nil {
		limit = strconv.Itoa(*v.PurchaseLimit)
	}
	price := money.Money{Amount: v.PriceAmount, Currency: v.Currency}.Decimal()
	return append(row, guarded(v.Sku), guarded(v.Title), string(price), string(v.Currency), available, available, limit, strconv.FormatBool(v.Archived))
}
