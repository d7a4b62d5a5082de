package quote_test

import (
	"math"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/cart"
	"galley/ent/cartline"
	"galley/ent/deliverymethod"
	"galley/ent/product"
	"galley/ent/promotion"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/pricing"
	"galley/internal/quote"
)

func TestLines(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		t.Run("an empty cart costs nothing", func(t *testing.T) {
			s.t = t
			if p := s.costs(s.cart(), 0, 0, 0, 0, 0, ""); len(p.Lines) != 0 || len(p.Price.Lines) != 0 {
				t.Errorf("got %+v", p)
			}
		})
		t.Run("lines come in their order, with what they sell", func(t *testing.T) {
			s.t = t
			a, b := s.variant(), s.variant(taxed("reduced"))
			p := s.costs(s.cart(b, a), 4000, 0, 0, 0, 4000, "")
			l := p.Lines[0]
			if l.Variant.ID != b.ID || p.Lines[1].Variant.ID != a.ID || l.Variant.Sku != b.Sku || l.Variant.Available != 10 || l.Variant.Weight != 100 ||
				l.Product.ID != b.ProductID || l.Product.Title != "Mug" || l.Product.TaxCategory != "reduced" {
				t.Errorf("got %+v, %+v", l.Variant, l.Product)
			}
			if grams, value, err := p.Measures(); grams != 400 || value != 4000 || err != nil {
				t.Errorf("it weighs %d, is worth %d, %v", grams, value, err)
			}
		})
		t.Run("what is not on sale is not in the price, whoever asks", func(t *testing.T) {
			s.t = t
			draft := s.variant(func(p *ent.ProductCreate, _ *ent.VariantCreate) { p.SetStatus(product.StatusDRAFT) })
			gone := s.variant(func(_ *ent.ProductCreate, v *ent.VariantCreate) { v.SetArchived(true) })
			foreign := s.variant(func(_ *ent.ProductCreate, v *ent.VariantCreate) { v.SetCurrency("USD") })
			c := s.cart(draft, s.variant(), gone, foreign)
			p := s.costs(c, 2000, 0, 0, 0, 2000, "VARIANT_UNAVAILABLE 0, VARIANT_UNAVAILABLE 2, VARIANT_UNAVAILABLE 3")
			if p.Lines[0].Variant != nil || len(p.Price.Lines) != 1 {
				t.Errorf("got %+v", p)
			}
			asStaff, err := s.source.Of(s.system, db.Client, []*ent.Cart{c})
			if err != nil || asStaff[c.ID].Price.Total != 2000 {
				t.Errorf("got %+v, %v", asStaff, err)
			}
		})
		t.Run("a price that has changed is told", func(t *testing.T) {
			s.t = t
			c := s.cart(s.variant(), s.variant(), s.variant())
			all := db.Client.CartLine.Query().Where(cartline.CartID(c.ID)).Order(cartline.ByID()).AllX(s.system)
			all[0].Update().SetSeenPrice(1000).ExecX(s.system)
			all[2].Update().SetSeenPrice(999).ExecX(s.system)
			s.costs(c, 6000, 0, 0, 0, 6000, "PRICE_CHANGED 2")
		})
		t.Run("more than is left is told, unless the cart's own checkout holds it", func(t *testing.T) {
			s.t = t
			left := func(n int) change {
				return func(_ *ent.ProductCreate, v *ent.VariantCreate) { v.SetAvailable(n) }
			}
			short, held, enough, partly := s.variant(left(1)), s.variant(left(0)), s.variant(left(2)), s.variant(left(0))
			c := s.cart(short, held, enough, partly)
			other := s.cart(short)
			for _, r := range []struct {
				cart     *ent.Cart
				variant  *ent.Variant
				quantity int
			}{{c, held, 2}, {c, partly, 1}, {other, short, 2}} {
				db.Client.Reservation.Create().SetCartID(r.cart.ID).SetVariantID(r.variant.ID).SetQuantity(r.quantity).ExecX(s.system)
			}
			s.costs(c, 8000, 0, 0, 0, 8000, "INSUFFICIENT_STOCK 0, INSUFFICIENT_STOCK 3")
		})
		t.Run("more than one customer may buy is told", func(t *testing.T) {
			s.t = t
			limit := func(n int) change {
				return func(_ *ent.ProductCreate, v *ent.VariantCreate) { v.SetPurchaseLimit(n) }
			}
			s.costs(s.cart(s.variant(limit(1)), s.variant(limit(2))), 4000, 0, 0, 0, 4000, "PURCHASE_LIMIT 0")
		})
	})
}

func TestPromotions(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		past, future := db.Now().Add(-time.Hour), db.Now().Add(time.Hour)
		for _, c := range []struct {
			name     string
			change   func(*ent.PromotionCreate)
			discount int64
			warning  string
		}{
			{"a code takes something off", func(*ent.PromotionCreate) {}, 200, ""},
			{"one that has begun and not ended does", func(p *ent.PromotionCreate) { p.SetStartsAt(past).SetEndsAt(future).SetUsageLimit(2).SetUsed(1) }, 200, ""},
			{"one that is off is none", func(p *ent.PromotionCreate) { p.SetActive(false) }, 0, "PROMO_CODE_INVALID"},
			{"one that has not begun is none", func(p *ent.PromotionCreate) { p.SetStartsAt(future) }, 0, "PROMO_CODE_INVALID"},
			{"one in another currency is none", func(p *ent.PromotionCreate) { p.SetCurrency("USD") }, 0, "PROMO_CODE_INVALID"},
			{"one that has ended has expired", func(p *ent.PromotionCreate) { p.SetEndsAt(past) }, 0, "PROMO_CODE_EXPIRED"},
			{"one that has been taken often enough is used up", func(p *ent.PromotionCreate) { p.SetUsageLimit(2).SetUsed(2) }, 0, "PROMO_CODE_USED_UP"},
			{"one for more than is there takes nothing", func(p *ent.PromotionCreate) { p.SetMinimumAmount(2001) }, 0, "PROMO_CODE_NOT_APPLICABLE"},
			{"one once per customer does until the order is placed", func(p *ent.PromotionCreate) { p.SetOncePerCustomer(true) }, 200, ""},
			{"one that frees the delivery waits for it", func(p *ent.PromotionCreate) { p.SetKind(promotion.KindFREE_DELIVERY) }, 0, ""},
		} {
			t.Run(c.name, func(t *testing.T) {
				s.t = t
				p := s.promotion(c.change)
				warning := c.warning
				if warning != "" {
					warning += " " + *p.Code
				}
				basket := s.cart(s.variant())
				priced := s.costs(basket.Update().SetPromoCodes([]string{*p.Code}).SaveX(s.system), 2000, money.Minor(c.discount), 0, 0, 2000-money.Minor(c.discount), warning)
				if a := priced.Price.Applied; c.discount > 0 && (len(a) != 1 || a[0] != pricing.Applied{Key: p.ID, Name: "Ten", Code: *p.Code, Amount: 200}) {
					t.Errorf("applied are %+v", a)
				}
				s.costs(basket.Update().SetPromoCodes([]string{"NONE"}).SaveX(s.system), 2000, 0, 0, 0, 2000, "PROMO_CODE_INVALID NONE")
			})
		}
		t.Run("several combine", func(t *testing.T) {
			s.t = t
			a, b := s.promotion(), s.promotion(func(p *ent.PromotionCreate) { p.SetKind(promotion.KindFIXED_AMOUNT).SetBasisPoints(0).SetAmount(50) })
			s.costs(s.cart(s.variant()).Update().SetPromoCodes([]string{*b.Code, *a.Code}).SaveX(s.system), 2000, 250, 0, 0, 1750, "")
		})
	})
}

func TestPromotionsThatApplyByThemselves(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		past, future := db.Now().Add(-time.Hour), db.Now().Add(time.Hour)
		byItself := func(change func(*ent.PromotionCreate)) func(*ent.PromotionCreate) {
			return func(p *ent.PromotionCreate) { p.Mutation().ResetCode(); change(p) }
		}
		for name, change := range map[string]func(*ent.PromotionCreate){
			"off": func(p *ent.PromotionCreate) { p.SetActive(false) }, "not begun": func(p *ent.PromotionCreate) { p.SetStartsAt(future) },
			"ended": func(p *ent.PromotionCreate) { p.SetEndsAt(past) }, "in another currency": func(p *ent.PromotionCreate) { p.SetCurrency("USD") },
			"used up":           func(p *ent.PromotionCreate) { p.SetUsageLimit(1).SetUsed(1) },
			"once per customer": func(p *ent.PromotionCreate) { p.SetOncePerCustomer(true) },
		} {
			s.promotion(byItself(change))
			if got := s.of(s.cart(s.variant())).Price.Discount; got != 0 {
				t.Errorf("one that is %s takes %d off", name, got)
			}
		}
		p := s.promotion(byItself(func(p *ent.PromotionCreate) { p.SetStartsAt(past).SetEndsAt(future).SetUsageLimit(2).SetUsed(1) }))
		s.costs(s.cart(s.variant()), 2000, 200, 0, 0, 1800, "")
		p.Update().SetActive(false).ExecX(s.system)

		top := s.category(nil)
		below := s.category(&top)
		beneath, other := s.category(&below), s.category(nil)
		s.promotion(byItself(func(p *ent.PromotionCreate) { p.SetCategoryIds([]int64{top, below}) }))
		priced := s.costs(s.cart(s.variant(in(top)), s.variant(in(beneath)), s.variant(in(other)), s.variant()), 8000, 400, 0, 0, 7600, "")
		if l := priced.Price.Lines; len(priced.Lines) != 4 || l[0].Discount != 200 || l[1].Discount != 200 {
			t.Errorf("got %+v", l)
		}
		db.Client.Category.UpdateOneID(top).SetParentID(beneath).ExecX(s.system)
		s.costs(s.cart(s.variant(in(below))), 2000, 200, 0, 0, 1800, "") // a circle ends
	})
}

func TestTax(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		s.rate("", "standard", 1000)
		s.rate("", "books", 0)
		s.rate("GB", "standard", 2000)
		s.rate("DE", "standard", 1900)
		s.rate("DE", "books", 700)
		v, book := s.variant(), s.variant(taxed("books"))
		c := s.cart(v, book)
		s.costs(c, 4000, 0, 0, 333, 4000, "")
		c = s.choose(c, s.method(deliverymethod.BasisWEIGHT), 395)
		s.costs(c, 4000, 0, 395, 399, 4395, "")
		s.source.TaxIncluded = false
		s.costs(c, 4000, 0, 395, 479, 4874, "")
		for country, tax := range map[string]int64{"DE": 380 + 140, "FR": 200, "": 200} {
			c.ShippingAddress.Country, c.DeliveryQuoteID = country, nil
			s.costs(c, 4000, 0, 0, money.Minor(tax), 4000+money.Minor(tax), "")
		}
		c.ShippingAddress = nil
		s.costs(c, 4000, 0, 0, 200, 4200, "")
	})
}

func TestDelivery(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		const stale = "DELIVERY_OPTION_STALE"
		weight, value := s.method(deliverymethod.BasisWEIGHT), s.method(deliverymethod.BasisVALUE)
		off := s.method(deliverymethod.BasisWEIGHT)
		off.Update().SetActive(false).ExecX(s.system)
		v := s.variant()
		s.costs(s.choose(s.cart(v), weight, 395), 2000, 0, 395, 0, 2395, "")
		s.costs(s.choose(s.cart(v), value, 595), 2000, 0, 595, 0, 2595, "")
		s.costs(s.choose(s.cart(v), weight, 394), 2000, 0, 0, 0, 2000, stale)
		s.costs(s.choose(s.cart(v), off, 395), 2000, 0, 0, 0, 2000, stale)
		s.costs(s.choose(s.cart(v), weight, 395, func(q *ent.DeliveryQuoteCreate) { q.SetExpiresAt(db.Now()) }), 2000, 0, 0, 0, 2000, stale)
		s.costs(s.choose(s.cart(v), weight, 395, func(q *ent.DeliveryQuoteCreate) { q.SetCountry("FR") }), 2000, 0, 0, 0, 2000, stale)

		heavy := s.choose(s.cart(v), weight, 395)
		db.Client.CartLine.Create().SetCartID(heavy.ID).SetVariantID(s.variant().ID).SetQuantity(8).ExecX(s.system)
		s.costs(heavy, 10_000, 0, 0, 0, 10_000, stale)
		strangers := s.choose(s.cart(v), weight, 395)
		s.costs(s.cart(v).Update().SetDeliveryQuoteID(*strangers.DeliveryQuoteID).SaveX(s.system), 2000, 0, 0, 0, 2000, stale)
		s.costs(s.cart(v).Update().SetDeliveryQuoteID(1).SaveX(s.system), 2000, 0, 0, 0, 2000, stale)

		freed := s.promotion(func(p *ent.PromotionCreate) { p.SetKind(promotion.KindFREE_DELIVERY) })
		p := s.costs(s.choose(s.cart(v), weight, 395).Update().SetPromoCodes([]string{*freed.Code}).SaveX(s.system), 2000, 0, 0, 0, 2000, "")
		if p.Delivery == nil || p.Price.DeliverAs != "Post" || len(p.Price.Applied) != 1 {
			t.Errorf("got %+v", p.Price)
		}
	})
}

func TestWhatACheckoutPromises(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		v := s.variant()
		c := s.cart(v)
		frozen, err := quote.Freeze(s.of(c).Price)
		if err != nil {
			t.Fatal(err)
		}
		db.Client.CartLine.Update().Where(cartline.CartID(c.ID)).SetSeenPrice(1000).ExecX(s.system)
		v.Update().SetPriceAmount(1500).SetAvailable(0).ExecX(s.system)
		db.Client.Reservation.Create().SetCartID(c.ID).SetVariantID(v.ID).SetQuantity(2).ExecX(s.system)
		code := s.promotion()
		c = c.Update().SetQuote(frozen).SetPromoCodes([]string{*code.Code, "NONE"}).SetReservedUntil(db.Now().Add(time.Hour)).SaveX(s.system)
		p := s.costs(c, 2000, 0, 0, 0, 2000, "")
		if p.Price.Lines[0].UnitPrice != 1000 {
			t.Errorf("got %+v", p.Price)
		}
		c = c.Update().SetReservedUntil(db.Now()).SaveX(s.system)
		s.costs(c, 3000, 300, 0, 0, 2700, "PRICE_CHANGED 0, PROMO_CODE_INVALID NONE")
		v.Update().SetArchived(true).ExecX(s.system)
		s.costs(c.Update().SetStatus(cart.StatusORDERED).SaveX(s.system), 2000, 0, 0, 0, 2000, "")
	})
}

// TestStatements are as many for one cart as for twenty.
func TestStatements(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		method, category := s.method(deliverymethod.BasisWEIGHT), s.category(nil)
		s.promotion(func(p *ent.PromotionCreate) { p.Mutation().ResetCode(); p.SetCategoryIds([]int64{category}) })
		code := s.promotion()
		var plain, delivered []*ent.Cart
		for range 20 {
			c := s.cart(s.variant(in(category)), s.variant()).Update().SetPromoCodes([]string{*code.Code}).SaveX(s.system)
			plain, delivered = append(plain, c), append(delivered, s.choose(c, method, 395))
		}
		for _, c := range []struct {
			carts []*ent.Cart
			want  int
		}{{plain[:1], 3}, {plain, 3}, {delivered[:1], 4}, {delivered, 4}} {
			ctx, counter := database.WithCounter(t.Context())
			priced, err := s.source.Of(ctx, db.Client, c.carts)
			if err != nil || len(priced) != len(c.carts) || counter.Statements() != c.want {
				t.Errorf("%d carts take %d statements, not %d: %v", len(c.carts), counter.Statements(), c.want, err)
			}
			for _, p := range priced {
				if p.Price.Discount != 580 {
					t.Errorf("got %+v", p.Price)
				}
			}
		}
	})
}

func TestAnotherDelivery(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		s.rate("GB", "standard", 2000)
		c := s.cart(s.variant())
		p := s.costs(c, 2000, 0, 0, 333, 2000, "")
		if err := p.Deliver(&ent.DeliveryQuote{Name: "Post", PriceAmount: 395, TaxCategory: "standard"}); err != nil {
			t.Fatal(err)
		}
		if q := p.Price; q.Delivery != 395 || q.Tax != 399 || q.Total != 2395 || q.DeliverAs != "Post" || p.Delivery == nil {
			t.Errorf("got %+v", q)
		}
		lines, err := s.source.Lines(t.Context(), db.Client, c)
		if err != nil || len(lines) != 1 || lines[0].Variant == nil {
			t.Errorf("got %+v, %v", lines, err)
		}
	})
}

// TestWhatIsTooMuchIsTold and does not wrap around to a small price.
func TestWhatIsTooMuchIsTold(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		dear := s.variant(func(_ *ent.ProductCreate, v *ent.VariantCreate) { v.SetPriceAmount(math.MaxInt64 / 2) })
		for _, c := range []*ent.Cart{s.cart(dear, s.variant()), s.choose(s.cart(dear, s.variant()), s.method(deliverymethod.BasisVALUE), 395)} {
			_, err := s.source.Of(t.Context(), db.Client, []*ent.Cart{c})
			if code, _ := fault.CodeOf(err); code != fault.BadUserInput {
				t.Errorf("got %v", err)
			}
		}
	})
}
