package checkout_test

import (
	"testing"

	"galley/ent"
	"galley/ent/deliverymethod"
	entpromotion "galley/ent/promotion"
	"galley/ent/promotionuse"
	"galley/internal/cart"
	"galley/internal/checkout"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/money"
	"galley/internal/nodeid"
	"galley/internal/postal"
	"galley/internal/pricing"
)

// method is a way to deliver to a country, at one price.
func (s shop) method(name, country string, price money.Minor) *ent.DeliveryMethod {
	s.t.Helper()
	zone := s.db.Client.DeliveryZone.Create().SetName(name).SetCountries([]string{country}).SaveX(s.system)
	return s.db.Client.DeliveryMethod.Create().SetZoneID(zone.ID).SetName(name).SetBasis(deliverymethod.BasisVALUE).
		SetTiers([]pricing.Tier{{From: 0, Price: &price}}).SetCurrency(gbp).SaveX(s.system)
}

// code is a promotion of 10 %, for those who know its code.
func (s shop) code(code string, change func(*ent.PromotionCreate)) *ent.Promotion {
	s.t.Helper()
	p := s.db.Client.Promotion.Create().SetName(code).SetCode(code).SetKind(entpromotion.KindPERCENTAGE).SetBasisPoints(1000).SetCurrency(gbp)
	if change != nil {
		change(p)
	}
	return p.SaveX(s.system)
}

func (s shop) with(id nodeid.ID, codes ...string) nodeid.ID {
	s.db.Client.Cart.UpdateOneID(id.Key).SetPromoCodes(codes).ExecX(s.system)
	return id
}

func TestWhatIsPaid(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		t.Run("an order has its promotions, its delivery and its tax, to the penny", func(t *testing.T) {
			s := s.in(t)
			s.method("Dear", "GB", 495)
			s.method("Cheap", "GB", 300)
			s.method("Far", "DE", 1000)
			db.Client.TaxRate.Create().SetCountry("GB").SetTaxCategory("standard").SetName("VAT 20 %").SetBasisPoints(2000).ExecX(s.system)
			p := s.code("TEN", nil)
			ctx, v := s.shopper(), s.variant(price(1000))
			id := s.with(s.fill(ctx, of(v, 2)), "TEN")
			o := s.placed(s.checkouts.Complete(ctx, plain(id)))
			if o.SubtotalAmount != 2000 || o.DiscountAmount != 200 || o.DeliveryAmount != 300 || o.DeliveryName != "Cheap" ||
				o.TotalAmount != 2100 || o.TaxAmount != 350 || !o.TaxIncluded || len(o.Quote) == 0 {
				t.Errorf("got %+v", o)
			}
			use := db.Client.PromotionUse.Query().Where(promotionuse.OrderID(o.ID)).OnlyX(s.system)
			if use.PromotionID != p.ID || use.Amount != 200 || db.Client.Promotion.GetX(s.system, p.ID).Used != 1 {
				t.Errorf("used %+v", use)
			}
			t.Run("the option that was chosen is kept, and its price is the shop's", func(t *testing.T) {
				s := s.in(t)
				id := s.fill(ctx, of(v, 1))
				c := s.started(ctx, id)
				options := db.Client.DeliveryQuote.Query().AllX(s.system)
				var dear *ent.DeliveryQuote
				for _, o := range options {
					if o.CartID == id.Key && o.Name == "Dear" {
						dear = o
					}
				}
				if dear == nil || c.DeliveryQuoteID == nil || *c.DeliveryQuoteID == dear.ID {
					t.Fatalf("options %+v", options)
				}
				if _, err := s.carts.DeliveryOptionSelect(ctx, cart.DeliveryOptionSelectInput{Cart: id, Option: dear.NodeID()}); err != nil {
					t.Fatal(err)
				}
				if o := s.placed(s.checkouts.Complete(ctx, plain(id))); o.DeliveryAmount != 495 {
					t.Errorf("delivered as %s for %d", o.DeliveryName, o.DeliveryAmount)
				}
			})
			t.Run("another country than the one that the price was frozen for is another price", func(t *testing.T) {
				s := s.in(t)
				id := s.fill(ctx, of(v, 1))
				s.started(ctx, id)
				in := plain(id)
				in.ShippingAddress = leeds()
				in.ShippingAddress.Country = "DE"
				s.refused(ctx, in, "DELIVERY_OPTION_STALE cart", "TOTAL_CHANGED cart")
				in.ShippingAddress.Country = "FR"
				s.refused(ctx, in, "DELIVERY_UNAVAILABLE cart", "TOTAL_CHANGED cart")
				in.ShippingAddress.Country = "GB"
				if o := s.placed(s.checkouts.Complete(ctx, in)); o.ShippingAddress.Line1 != "Mill Lane 2" || o.TotalAmount != 1300 {
					t.Errorf("goes to %+v for %d", o.ShippingAddress, o.TotalAmount)
				}
			})
			db.Client.DeliveryMethod.Update().SetActive(false).ExecX(s.system)
			db.Client.TaxRate.Delete().ExecX(s.system)
		})
		t.Run("a promotion that others used up while it was promised is told", func(t *testing.T) {
			s := s.in(t)
			s.code("LAST", func(p *ent.PromotionCreate) { p.SetUsageLimit(1) })
			v := s.variant(price(1000))
			a, b := s.shopper(), s.shopper()
			first, second := s.with(s.fill(a, of(v, 1)), "LAST"), s.with(s.fill(b, of(v, 1)), "LAST")
			s.started(a, first)
			s.started(b, second)
			if o := s.placed(s.checkouts.Complete(a, plain(first))); o.TotalAmount != 900 {
				t.Errorf("it costs %d", o.TotalAmount)
			}
			s.refused(b, plain(second), "PROMO_CODE_USED_UP cart")
		})
		t.Run("once per customer is once, as a guest with the account's address too", func(t *testing.T) {
			s := s.in(t)
			s.code("ONCE", func(p *ent.PromotionCreate) { p.SetOncePerCustomer(true) })
			ctx, v := s.shopper(), s.variant(price(1000))
			elsewhere := plain(s.with(s.fill(ctx, of(v, 1)), "ONCE"))
			mail := "elsewhere@b.example"
			elsewhere.Email = &mail
			s.placed(s.checkouts.Complete(ctx, elsewhere))
			s.refused(ctx, plain(s.with(s.fill(ctx, of(v, 1)), "ONCE")), "PROMO_CODE_USED_UP cart")
			own := db.Client.User.Query().Order(ent.Desc("id")).FirstX(s.system).Email
			guest := s.visitor()
			s.refused(guest, by(own, s.with(s.fill(guest, of(v, 1)), "ONCE")), "PROMO_CODE_USED_UP cart")
		})
		t.Run("what a shop with taxes on top asks is what is paid", func(t *testing.T) {
			s := s.in(t)
			o := options(db)
			o.Prices.TaxIncluded = false
			s.checkouts = checkout.New(o)
			db.Client.TaxRate.Create().SetCountry("US").SetTaxCategory("standard").SetName("Tax").SetBasisPoints(825).ExecX(s.system)
			ctx := s.shopper()
			in := plain(s.fill(ctx, of(s.variant(price(1000)), 1)))
			in.ShippingAddress = &postal.Address{Name: "Ann", Line1: "1 Main St", City: "Reno", Country: "US"}
			if o := s.placed(s.checkouts.Complete(ctx, in)); o.TotalAmount != 1083 || o.TaxAmount != 83 || o.TaxIncluded {
				t.Errorf("it costs %d with %d tax", o.TotalAmount, o.TaxAmount)
			}
		})
	})
}
