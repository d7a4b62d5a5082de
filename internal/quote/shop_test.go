package quote_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/deliverymethod"
	"galley/ent/product"
	"galley/ent/promotion"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/money"
	"galley/internal/postal"
	"galley/internal/pricing"
	"galley/internal/quote"
)

const gbp money.Currency = "GBP"

// shop is a database with carts to price.
type shop struct {
	t      *testing.T
	db     *database.DB
	source quote.Source
	system context.Context
}

func open(t *testing.T, db *database.DB) shop {
	t.Helper()
	return shop{t, db, quote.Source{Currency: gbp, TaxIncluded: true, Now: db.Now}, databasetest.System(t.Context())}
}

// name is one that nothing else has.
func (s shop) name() string {
	s.t.Helper()
	key, err := s.db.NextKey()
	if err != nil {
		s.t.Fatal(err)
	}
	return fmt.Sprint("x", key)
}

type change = func(*ent.ProductCreate, *ent.VariantCreate)

// variant is on sale, with 10 pieces at 10.00 of 100 grams, unless told.
func (s shop) variant(changes ...change) *ent.Variant {
	s.t.Helper()
	name := s.name()
	p := s.db.Client.Product.Create().SetTitle("Mug").SetSlug(name).SetTitleKey([]byte(name)).SetStatus(product.StatusPUBLISHED).SetCurrency(gbp)
	v := s.db.Client.Variant.Create().SetSku(name).SetPriceAmount(1000).SetCurrency(gbp).SetAvailable(10).SetWeight(100)
	for _, c := range changes {
		c(p, v)
	}
	return v.SetProductID(p.SaveX(s.system).ID).SaveX(s.system)
}

func in(category int64) change {
	return func(p *ent.ProductCreate, _ *ent.VariantCreate) { p.SetCategoryID(category) }
}

func taxed(category string) change {
	return func(p *ent.ProductCreate, _ *ent.VariantCreate) { p.SetTaxCategory(category) }
}

func (s shop) category(parent *int64) int64 {
	s.t.Helper()
	name := s.name()
	return s.db.Client.Category.Create().SetName(name).SetSlug(name).SetNillableParentID(parent).SaveX(s.system).ID
}

// promotion takes 10 % off for those who know its code, unless told.
func (s shop) promotion(changes ...func(*ent.PromotionCreate)) *ent.Promotion {
	s.t.Helper()
	p := s.db.Client.Promotion.Create().SetName("Ten").SetCode(strings.ToUpper(s.name())).SetKind(promotion.KindPERCENTAGE).
		SetBasisPoints(1000).SetCurrency(gbp)
	for _, c := range changes {
		c(p)
	}
	return p.SaveX(s.system)
}

func (s shop) rate(country, category string, basisPoints int) {
	s.t.Helper()
	s.db.Client.TaxRate.Create().SetCountry(country).SetTaxCategory(category).SetName(fmt.Sprintf("%s in %q", category, country)).
		SetBasisPoints(basisPoints).ExecX(s.system)
}

// tiers is a table of prices: what it costs from so many on.
func tiers(prices ...int64) []pricing.Tier {
	var all []pricing.Tier
	for i := 0; i < len(prices); i += 2 {
		price := money.Minor(prices[i+1])
		all = append(all, pricing.Tier{From: prices[i], Price: &price})
	}
	return all
}

// method delivers by weight: 3.95, from a kilogram on 5.95.
func (s shop) method(basis deliverymethod.Basis) *ent.DeliveryMethod {
	s.t.Helper()
	zone := s.db.Client.DeliveryZone.Create().SetName("UK").SetCountries([]string{"GB"}).SaveX(s.system)
	return s.db.Client.DeliveryMethod.Create().SetZoneID(zone.ID).SetName("Post").SetBasis(basis).SetTiers(tiers(0, 395, 1000, 595)).
		SetCurrency(gbp).SaveX(s.system)
}

// cart has two pieces of each variant, and goes to the United Kingdom.
func (s shop) cart(variants ...*ent.Variant) *ent.Cart {
	s.t.Helper()
	c := s.db.Client.Cart.Create().SetTokenHash([]byte(s.name())).SetCurrency(gbp).SetShippingAddress(&postal.Address{Country: "GB"}).SaveX(s.system)
	for _, v := range variants {
		s.db.Client.CartLine.Create().SetCartID(c.ID).SetVariantID(v.ID).SetQuantity(2).ExecX(s.system)
	}
	return c
}

// choose has a cart choose a method at a price, for half an hour unless told.
func (s shop) choose(c *ent.Cart, m *ent.DeliveryMethod, price money.Minor, changes ...func(*ent.DeliveryQuoteCreate)) *ent.Cart {
	s.t.Helper()
	q := s.db.Client.DeliveryQuote.Create().SetCartID(c.ID).SetMethodID(m.ID).SetName(m.Name).SetPriceAmount(price).SetCurrency(gbp).
		SetCountry("GB").SetMeasure(0).SetPosition(0).SetExpiresAt(s.db.Now().Add(time.Hour / 2))
	for _, change := range changes {
		change(q)
	}
	return c.Update().SetDeliveryQuoteID(q.SaveX(s.system).ID).SaveX(s.system)
}

// of prices one cart, as anybody.
func (s shop) of(c *ent.Cart) *quote.Cart {
	s.t.Helper()
	priced, err := s.source.Of(s.t.Context(), s.db.Client, []*ent.Cart{c})
	if err != nil {
		s.t.Fatal(err)
	}
	return priced[c.ID]
}

// warnings writes a cart's warnings as code, line's place or promotion's code.
func (s shop) warnings(c *quote.Cart) string {
	s.t.Helper()
	var all []string
	for _, w := range c.Warnings {
		if w.Message == "" {
			s.t.Errorf("%s says nothing", w.Code)
		}
		text := string(w.Code)
		for i, l := range c.Lines {
			if w.Line == l {
				text += fmt.Sprint(" ", i)
			}
		}
		if w.PromoCode != "" {
			text += " " + w.PromoCode
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// costs compares what a cart costs: subtotal, discount, delivery, tax, total, and its warnings.
func (s shop) costs(c *ent.Cart, subtotal, discount, delivery, tax, total money.Minor, warnings string) *quote.Cart {
	s.t.Helper()
	p := s.of(c)
	got := [...]money.Minor{p.Price.Subtotal, p.Price.Discount, p.Price.Delivery, p.Price.Tax, p.Price.Total}
	if want := [...]money.Minor{subtotal, discount, delivery, tax, total}; got != want {
		s.t.Errorf("it costs %v, want %v", got, want)
	}
	if got := s.warnings(p); got != warnings {
		s.t.Errorf("it warns of %q, want %q", got, warnings)
	}
	return p
}
