package quote

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/cartline"
	"galley/ent/category"
	"galley/ent/product"
	"galley/ent/reservation"
	"galley/ent/schema/rule"
	"galley/ent/variant"
	"galley/internal/database"
	"galley/internal/money"
	"galley/internal/viewer"
)

// row is a line as it is read: what comes of its variant is null where that is not on sale.
type row struct {
	ID           int64        `sql:"id"`
	CartID       int64        `sql:"cart_id"`
	VariantID    int64        `sql:"variant_id"`
	Quantity     int          `sql:"quantity"`
	SeenPrice    *money.Minor `sql:"seen_price"`
	Reserved     int          `sql:"reserved"`
	ProductID    *int64       `sql:"product_id"`
	SKU          *string      `sql:"sku"`
	VariantTitle *string      `sql:"variant_title"`
	Price        *money.Minor `sql:"price_amount"`
	Available    *int         `sql:"available"`
	Limit        *int         `sql:"purchase_limit"`
	Weight       *int         `sql:"weight"`
	ProductTitle *string      `sql:"product_title"`
	TaxCategory  *string      `sql:"tax_category"`
	Category     *int64       `sql:"category"` // one of those that promotions name, which the product is in or below
}

// lines reads the lines of carts with what they sell, in one statement. A line in several of the categories comes
// as several rows.
func (s Source) lines(ctx context.Context, client *ent.Client, carts []*ent.Cart, categories []int64) (map[int64][]*Line, error) {
	var rows []*row
	err := client.CartLine.Query().Where(database.AnyOf(cartline.FieldCartID, keysOf(carts))).Order(cartline.ByID()).
		Modify(func(sel *sql.Selector) { s.join(sel, categories) }).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read lines of carts: %w", err)
	}
	lines := make(map[int64][]*Line, len(carts))
	var last *Line
	for _, r := range rows {
		if last == nil || last.ID != r.ID {
			last = s.line(r)
			lines[r.CartID] = append(lines[r.CartID], last)
		}
		if r.Category != nil {
			last.categories = append(last.categories, *r.Category)
		}
	}
	return lines, nil
}

// join adds what a shopper may buy, by the same rule as everywhere, and what the cart's checkout holds of it.
func (s Source) join(lines *sql.Selector, categories []int64) {
	engine := sql.Dialect(lines.Dialect())
	variants, products, held := engine.Table(variant.Table), engine.Table(product.Table), engine.Table(reservation.Table)
	onSale := engine.Select(variants.Columns(
		variant.FieldID, variant.FieldProductID, variant.FieldSku, variant.FieldTitle, variant.FieldPriceAmount,
		variant.FieldAvailable, variant.FieldPurchaseLimit, variant.FieldWeight)...).
		From(variants).Where(sql.EQ(variants.C(variant.FieldCurrency), s.Currency))
	if sold := rule.Variants(viewer.Viewer{}); sold != nil {
		sold(onSale)
	}
	onSale.As("on_sale")
	lines.Select(lines.Columns(cartline.FieldID, cartline.FieldCartID, cartline.FieldVariantID, cartline.FieldQuantity, cartline.FieldSeenPrice)...).
		LeftJoin(onSale).On(lines.C(cartline.FieldVariantID), onSale.C(variant.FieldID)).
		LeftJoin(products).On(onSale.C(variant.FieldProductID), products.C(product.FieldID)).
		LeftJoin(held).OnP(sql.And(
		sql.ColumnsEQ(lines.C(cartline.FieldCartID), held.C(reservation.FieldCartID)),
		sql.ColumnsEQ(lines.C(cartline.FieldVariantID), held.C(reservation.FieldVariantID)))).
		AppendSelectExprAs(sql.Raw("COALESCE("+held.C(reservation.FieldQuantity)+", 0)"), "reserved").
		AppendSelect(onSale.Columns(variant.FieldProductID, variant.FieldSku, variant.FieldPriceAmount, variant.FieldAvailable,
			variant.FieldPurchaseLimit, variant.FieldWeight)...).
		AppendSelectAs(onSale.C(variant.FieldTitle), "variant_title").
		AppendSelectAs(products.C(product.FieldTitle), "product_title").
		AppendSelect(products.C(product.FieldTaxCategory))
	if len(categories) > 0 {
		tree := subtrees(lines.Dialect(), categories)
		lines.LeftJoin(tree).On(products.C(product.FieldCategoryID), tree.C("id")).AppendSelectAs(tree.C("root"), "category")
	}
}

// subtrees is the statement of all categories at or below some, each with the one that it was reached from: (root, id).
// Rows that it has reached already it does not follow again, so that a circle ends.
func subtrees(engine string, roots []int64) *sql.Selector {
	d := sql.Dialect(engine)
	start, step, reached := d.Table(category.Table), d.Table(category.Table).As("c"), d.Table("tree").As("t")
	walk := d.Select(start.C(category.FieldID), start.C(category.FieldID)).From(start)
	database.AnyOf(category.FieldID, roots)(walk)
	walk.Union(d.Select(reached.C("root"), step.C(category.FieldID)).
		From(step).Join(reached).On(step.C(category.FieldParentID), reached.C("id")))
	return d.Select("root", "id").From(sql.Table("tree")).
		Prefix(sql.WithRecursive("tree", "root", "id").As(walk)).As("below")
}

func (s Source) line(r *row) *Line {
	l := &Line{
		CartLine: &ent.CartLine{ID: r.ID, CartID: r.CartID, VariantID: r.VariantID, Quantity: r.Quantity, SeenPrice: r.SeenPrice},
		Reserved: r.Reserved,
	}
	if r.Price != nil {
		l.Variant = &ent.Variant{
			ID: r.VariantID, ProductID: *r.ProductID, Sku: *r.SKU, Title: *r.VariantTitle, PriceAmount: *r.Price, Currency: s.Currency,
			Available: *r.Available, PurchaseLimit: r.Limit, Weight: *r.Weight,
		}
		l.Product = &ent.Product{ID: *r.ProductID, Title: *r.ProductTitle, TaxCategory: *r.TaxCategory}
	}
	return l
}
