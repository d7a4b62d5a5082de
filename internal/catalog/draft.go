package catalog

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"galley/ent"
	"galley/ent/stockmovement"
	"galley/ent/variant"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/viewer"
)

const maxSKU = 64 // characters, as the column says

// draft is a variant to come, checked; field is where it stands in the input.
type draft struct {
	sku, title string
	price      money.Minor
	available  int
	weight     int
	limit      *int
	low        *int
	field      []string
}

// at is a path into the draft.
func (d draft) at(name string) []string { return append(slices.Clone(d.field), name) }

// drafts reads the variants of a new product, and notes what is wrong with them.
func (w *Workflow) drafts(c *fault.Collector, in []ProductVariantInput) []draft {
	var drafts []draft
	for i, v := range in {
		drafts = append(drafts, w.draft(c, v, "variants", strconv.Itoa(i)))
	}
	return drafts
}

// draft reads a new variant, and notes what is wrong with it.
func (w *Workflow) draft(c *fault.Collector, in ProductVariantInput, field ...string) draft {
	d := draft{
		sku: skuOf(in.SKU), title: strings.TrimSpace(in.Title),
		available: in.Available, weight: in.Weight, limit: in.PurchaseLimit, low: in.LowStockAt, field: field,
	}
	checkNamed(c, d.sku, variant.SkuValidator, maxSKU, d.at("sku")...)
	checkLine(c, d.title, variant.TitleValidator, maxTitle, d.at("title")...)
	d.price = w.price(c, in.Price, d.at("price")...)
	c.Add(0 <= d.available && d.available <= MaxAvailable, Invalid,
		fmt.Sprintf("A variant has 0 to %d pieces", MaxAvailable), d.at("available")...)
	checkLimit(c, d.limit, d.at("purchaseLimit")...)
	checkWeight(c, d.weight, d.at("weight")...)
	checkLow(c, d.low, d.at("lowStockAt")...)
	return d
}

// skuOf is a SKU as it is stored: in capitals, so that no two differ by case alone.
func skuOf(text string) string {
	text = strings.TrimSpace(text)
	if !utf8.ValidString(text) { // it is refused as it came
		return text
	}
	return strings.ToUpper(text)
}

func checkLimit(c *fault.Collector, limit *int, field ...string) {
	c.Add(limit == nil || 0 < *limit && *limit <= MaxPurchaseLimit, Invalid,
		fmt.Sprintf("A limit is 1 to %d pieces; null is none", MaxPurchaseLimit), field...)
}

func checkWeight(c *fault.Collector, grams int, field ...string) {
	c.Add(0 <= grams && grams <= MaxWeight, Invalid, fmt.Sprintf("A piece weighs 0 to %d grams", MaxWeight), field...)
}

func checkLow(c *fault.Collector, low *int, field ...string) {
	c.Add(low == nil || 0 <= *low && *low <= MaxAvailable, Invalid,
		fmt.Sprintf("Too few are 0 to %d pieces; null is the shop's own number", MaxAvailable), field...)
}

// cheapest is the lowest price of variants to come, or 0 if there is none.
func cheapest(drafts []draft) money.Minor {
	if len(drafts) == 0 {
		return 0
	}
	return slices.MinFunc(drafts, func(a, b draft) int { return cmp.Compare(a.price, b.price) }).price
}

// skusFree notes the drafts whose SKU another variant has, or one before them.
func skusFree(ctx context.Context, tx *ent.Tx, c *fault.Collector, drafts []draft) error {
	skus := make([]string, len(drafts))
	for i, d := range drafts {
		skus[i] = d.sku
	}
	taken, err := takenSKUs(ctx, tx, skus...)
	if err != nil {
		return err
	}
	for i, d := range drafts {
		twice := d.sku != "" && slices.Contains(skus[:i], d.sku)
		c.Add(!twice && !slices.Contains(taken, d.sku), SKUTaken, "Another variant has this SKU", d.at("sku")...)
	}
	return nil
}

// takenSKUs are those of the SKUs that variants have, whoever sees them.
func takenSKUs(ctx context.Context, tx *ent.Tx, skus ...string) ([]string, error) {
	skus = slices.DeleteFunc(slices.Clone(skus), func(sku string) bool { return sku == "" || !isLine(sku) })
	if len(skus) == 0 {
		return nil, nil
	}
	taken, err := tx.Variant.Query().Where(database.AnyOfText(variant.FieldSku, skus)).Select(variant.FieldSku).Strings(viewer.AsSystem(ctx))
	if err != nil {
		return nil, fmt.Errorf("look for SKUs: %w", err)
	}
	return taken, nil
}

// createVariants writes new variants behind a product's others, in one statement, and notes the
// pieces that they begin with in another. Those who change the catalogue need not be those who keep
// stock: what a variant begins with is written by the system.
func (w *Workflow) createVariants(ctx context.Context, tx *ent.Tx, productID int64, position int, drafts []draft) ([]*ent.Variant, error) {
	if len(drafts) == 0 {
		return nil, nil
	}
	rows := make([]*ent.VariantCreate, len(drafts))
	for i, d := range drafts {
		rows[i] = tx.Variant.Create().SetProductID(productID).SetSku(d.sku).SetTitle(d.title).SetPriceAmount(d.price).
			SetCurrency(w.currency).SetAvailable(d.available).SetNillablePurchaseLimit(d.limit).SetPosition(position + i).
			SetWeight(d.weight).SetNillableLowStock(d.low)
	}
	variants, err := tx.Variant.CreateBulk(rows...).Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("create variants: %w", err)
	}
	var received []*ent.StockMovementCreate
	for _, v := range variants {
		if v.Available == 0 {
			continue
		}
		m := tx.StockMovement.Create().SetVariantID(v.ID).SetQuantity(v.Available).SetReason(stockmovement.ReasonRECEIVED)
		if by := viewer.From(ctx).UserID; by != 0 {
			m.SetActorID(by)
		}
		received = append(received, m)
	}
	if len(received) == 0 {
		return variants, nil
	}
	if err := tx.StockMovement.CreateBulk(received...).Exec(viewer.AsSystem(ctx)); err != nil {
		return nil, fmt.Errorf("note first stock: %w", err)
	}
	return variants, nil
}
