package demo

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	"galley/ent"
	"galley/ent/product"
	"galley/internal/catalog"
	"galley/internal/money"
	"galley/internal/onlineretail"
	"galley/internal/textkey"
)

// opened is when the demo shop opens: the day before its first order.
func (f *filling) opened() time.Time { return f.shop.Orders[0].PlacedAt.AddDate(0, 0, -1) }

func (f *filling) writeCustomers(ctx context.Context) error {
	f.customers = make(map[string]int64, len(f.shop.Customers))
	rows := make([]*ent.UserCreate, len(f.shop.Customers))
	for i, c := range f.shop.Customers {
		key, err := f.db.NextKey()
		if err != nil {
			return err
		}
		email, name := customerEmail(c.ID), "Customer "+c.ID
		f.customers[email] = key
		rows[i] = f.tx.User.Create().SetID(key).SetEmail(email).SetName(name).SetNameKey(textkey.Key(name)).
			SetCountry(c.Country.Code()).SetCreatedAt(f.opened())
	}
	err := bulk(ctx, rows, f.tx.User.CreateBulk)
	if err != nil {
		return fmt.Errorf("write customers: %w", err)
	}
	return openAccounts(ctx, f.tx, f.customers, f.opened())
}

func (f *filling) writeCategories(ctx context.Context) error {
	categories, err := LoadCategories()
	if err != nil {
		return err
	}
	f.leaves = map[string]int64{}
	var write func(nodes []*Category, parent *int64) error
	write = func(nodes []*Category, parent *int64) error {
		for i, node := range nodes {
			c, err := f.tx.Category.Create().SetName(node.Name).SetSlug(node.Slug).SetNillableParentID(parent).SetPosition(i).Save(ctx)
			if err != nil {
				return fmt.Errorf("write category %s: %w", node.Name, err)
			}
			f.leaves[node.Name] = c.ID
			if err := write(node.Children, &c.ID); err != nil {
				return err
			}
		}
		return nil
	}
	return write(categories.Tree, nil)
}

func (f *filling) writeProducts(ctx context.Context) error {
	categories, err := LoadCategories()
	if err != nil {
		return err
	}
	f.variants = make(map[string]int64, len(f.shop.Products))
	f.firstSold = firstSold(f.shop)
	var (
		products  []*ent.ProductCreate
		variants  []*ent.VariantCreate
		movements []*ent.StockMovementCreate
		terms     []*ent.ProductTermCreate
	)
	f.products = make([]sold, len(f.shop.Products))
	for i, p := range f.shop.Products {
		key, err := f.db.NextKey()
		if err != nil {
			return err
		}
		variant, err := f.db.NextKey()
		if err != nil {
			return err
		}
		path := categories.Categorise(p.Title)
		f.products[i] = sold{key: key, title: p.Title, path: path}
		f.variants[p.SKU] = variant
		price := money.Minor(p.Price.Times(1))
		created := f.opened()
		if t, ok := f.firstSold[p.SKU]; ok {
			created = t
		}
		row := f.tx.Product.Create().SetID(key).SetTitle(p.Title).SetTitleKey(textkey.Key(p.Title)).
			SetSlug(onlineretail.ProductSlug(p.Title, p.SKU)).SetDescription(describe(p, path)).
			SetCategoryID(f.leaves[path[len(path)-1]]).SetPriceFromAmount(price).SetCurrency(f.currency).SetCreatedAt(created)
		if !p.Draft {
			row.SetStatus(product.StatusPUBLISHED).SetPublishedAt(created)
		}
		products = append(products, row)
		available := stockOf(p)
		variants = append(variants, f.tx.Variant.Create().SetID(variant).SetProductID(key).SetSku(p.SKU).SetPriceAmount(price).
			SetCurrency(f.currency).SetAvailable(available))
		if available > 0 {
			movements = append(movements, f.tx.StockMovement.Create().SetVariantID(variant).SetQuantity(available).SetReason("RECEIVED").
				SetNote("opening stock of the demo"))
		}
		for term, weight := range catalog.Terms(p.Title, describe(p, path), []string{p.SKU}) {
			terms = append(terms, f.tx.ProductTerm.Create().SetProductID(key).SetTerm([]byte(term)).SetWeight(weight))
		}
	}
	if err := bulk(ctx, products, f.tx.Product.CreateBulk); err != nil {
		return fmt.Errorf("write products: %w", err)
	}
	if err := bulk(ctx, variants, f.tx.Variant.CreateBulk); err != nil {
		return fmt.Errorf("write variants: %w", err)
	}
	if err := bulk(ctx, movements, f.tx.StockMovement.CreateBulk); err != nil {
		return fmt.Errorf("write stock: %w", err)
	}
	if err := bulk(ctx, terms, f.tx.ProductTerm.CreateBulk); err != nil {
		return fmt.Errorf("write search terms: %w", err)
	}
	return nil
}

// stockOf is made up, and the same each time: up to 200 pieces, and none of every twentieth product.
func stockOf(p onlineretail.Product) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(p.SKU))
	n := int(h.Sum32())
	if p.Draft || n%20 == 0 {
		return 0
	}
	return 10 + n%191
}

// firstSold is when each SKU was first sold.
func firstSold(shop *onlineretail.Shop) map[string]time.Time {
	first := map[string]time.Time{}
	for _, o := range shop.Orders {
		for _, l := range o.Lines {
			if t, ok := first[l.SKU]; !ok || o.PlacedAt.Before(t) {
				first[l.SKU] = o.PlacedAt
			}
		}
	}
	return first
}

func (f *filling) writeOrders(ctx context.Context) error {
	var (
		orders   []*ent.OrderCreate
		lines    []*ent.OrderLineCreate
		payments []*ent.PaymentCreate
	)
	for _, o := range f.shop.Orders {
		key, err := f.db.NextKey()
		if err != nil {
			return err
		}
		total := money.Minor(o.Total)
		row := f.tx.Order.Create().SetID(key).SetNumber(o.Number).SetStatus("COMPLETED").SetFulfilment("DELIVERED").SetPlacedAt(o.PlacedAt).SetCreatedAt(o.PlacedAt).
			SetSubtotalAmount(total).SetTotalAmount(total).SetCurrency(f.currency).SetCountry(o.Country.Code()).SetEmail("")
		if o.CustomerID != "" {
			email := customerEmail(o.CustomerID)
			row.SetUserID(f.customers[email]).SetEmail(email)
		}
		orders = append(orders, row)
		payments = append(payments, f.tx.Payment.Create().SetOrderID(key).SetMethod("MANUAL").SetStatus("CAPTURED").SetDueAmount(total).SetCapturedAmount(total).
			SetCurrency(f.currency).SetCreatedAt(o.PlacedAt))
		for i, l := range o.Lines {
			line := f.tx.OrderLine.Create().SetOrderID(key).SetPosition(i).SetTitle(l.Title).SetSku(l.StockCode).SetQuantity(int(l.Quantity)).SetFulfilled(int(l.Quantity)).
				SetUnitPriceAmount(money.Minor(l.UnitPrice.Times(1))).SetTotalAmount(money.Minor(l.Total)).SetCurrency(f.currency)
			if variant, ok := f.variants[l.SKU]; ok {
				line.SetVariantID(variant).SetSku(l.SKU)
			}
			lines = append(lines, line)
		}
	}
	if err := bulk(ctx, orders, f.tx.Order.CreateBulk); err != nil {
		return fmt.Errorf("write orders: %w", err)
	}
	if err := bulk(ctx, lines, f.tx.OrderLine.CreateBulk); err != nil {
		return fmt.Errorf("write order lines: %w", err)
	}
	if err := bulk(ctx, payments, f.tx.Payment.CreateBulk); err != nil {
		return fmt.Errorf("write payments: %w", err)
	}
	return nil
}
