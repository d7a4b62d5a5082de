package checkout

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/cart"
	"galley/ent/cartline"
	"galley/ent/orderline"
	"galley/ent/product"
	"galley/ent/schema/rule"
	"galley/ent/variant"
	"galley/internal/money"
	"galley/internal/viewer"
)

// line is a line of the cart, with the variant as any visitor sees it: Price is nil for what is not
// on sale.
type line struct {
	VariantID    int64        `sql:"variant_id"`
	Quantity     int          `sql:"quantity"`
	UserID       *int64       `sql:"user_id"`    // the cart's
	TokenHash    []byte       `sql:"token_hash"` // the cart's
	SKU          *string      `sql:"sku"`
	VariantTitle *string      `sql:"variant_title"`
	ProductTitle *string      `sql:"product_title"`
	Price        *money.Minor `sql:"price"`
	Available    *int         `sql:"available"`
	Limit        *int         `sql:"purchase_limit"`
}

// holder is whose order it becomes: an account's, or a guest's with a token.
type holder struct {
	user  int64
	token []byte
}

// read loads a cart's lines with what they sell, in one statement, in the order in which they came.
func (w *Workflow) read(ctx context.Context, tx *ent.Tx, key int64) ([]*line, holder, error) {
	var lines []*line
	err := tx.CartLine.Query().Where(cartline.CartID(key)).Order(cartline.ByID()).
		Modify(w.join).Scan(ctx, &lines)
	if err != nil {
		return nil, holder{}, fmt.Errorf("read cart: %w", err)
	}
	var h holder
	if len(lines) > 0 {
		h = holdsBy(viewer.From(ctx), lines[0])
	}
	return lines, h, nil
}

// join adds the cart, and the variants that a shopper may buy: the same rule as everywhere.
func (w *Workflow) join(s *sql.Selector) {
	engine := sql.Dialect(s.Dialect())
	carts, variants, products := engine.Table(cart.Table), engine.Table(variant.Table), engine.Table(product.Table)
	onSale := engine.Select(variants.Columns(
		variant.FieldID, variant.FieldProductID, variant.FieldSku, variant.FieldTitle, variant.FieldPriceAmount,
		variant.FieldAvailable, variant.FieldPurchaseLimit)...).
		From(variants).Where(sql.EQ(variants.C(variant.FieldCurrency), w.currency))
	if sold := rule.Variants(viewer.Viewer{}); sold != nil {
		sold(onSale)
	}
	onSale.As("on_sale")
	s.Select(s.Columns(cartline.FieldVariantID, cartline.FieldQuantity)...).
		Join(carts).On(s.C(cartline.FieldCartID), carts.C(cart.FieldID)).
		LeftJoin(onSale).On(s.C(cartline.FieldVariantID), onSale.C(variant.FieldID)).
		LeftJoin(products).On(onSale.C(variant.FieldProductID), products.C(product.FieldID)).
		AppendSelect(carts.Columns(cart.FieldUserID, cart.FieldTokenHash)...).
		AppendSelect(onSale.C(variant.FieldSku), onSale.C(variant.FieldAvailable), onSale.C(variant.FieldPurchaseLimit)).
		AppendSelectAs(onSale.C(variant.FieldTitle), "variant_title").
		AppendSelectAs(onSale.C(variant.FieldPriceAmount), "price").
		AppendSelectAs(products.C(product.FieldTitle), "product_title")
}

// holdsBy is the cart's account. A guest's cart becomes the order of the account that is signed in,
// or stays with the token.
func holdsBy(v viewer.Viewer, l *line) holder {
	switch {
	case l.UserID != nil:
		return holder{user: *l.UserID}
	case v.UserID != 0:
		return holder{user: v.UserID}
	}
	return holder{token: l.TokenHash}
}

// name is what the order calls a line: the product, and what tells the variant from its siblings.
func (l *line) name() string {
	if *l.VariantTitle == "" {
		return *l.ProductTitle
	}
	return *l.ProductTitle + " – " + *l.VariantTitle
}

// label is what the shopper is told a line by.
func (l *line) label() string { return fmt.Sprintf("“%s” (%s)", l.name(), *l.SKU) }

// title is its name, as long as an order line may keep it.
func (l *line) title() string {
	title := []rune(l.name())
	for orderline.TitleValidator(string(title)) != nil {
		title = title[:len(title)-1]
	}
	return string(title)
}
