package checkout_test

import (
	"context"
	"testing"
	"time"

	"galley/ent"
	entcart "galley/ent/cart"
	"galley/ent/orderline"
	"galley/ent/reservation"
	"galley/ent/stockmovement"
	"galley/internal/cart"
	"galley/internal/checkout"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/quote"
)

// started begins a checkout and asserts that it is under way.
func (s shop) started(ctx context.Context, id nodeid.ID) *ent.Cart {
	s.t.Helper()
	out, err := s.checkouts.Start(ctx, checkout.StartInput{Cart: id})
	if err != nil || len(out.UserErrors) > 0 || out.Key != id.Key {
		s.t.Fatalf("got %+v, %v", out, err)
	}
	c := s.db.Client.Cart.GetX(s.system, id.Key)
	if c.ReservedUntil == nil {
		s.t.Fatal("nothing is reserved")
	}
	return c
}

// reserved is how many pieces checkouts hold.
func (s shop) reserved(v *ent.Variant) int {
	total := 0
	for _, r := range s.db.Client.Reservation.Query().Where(reservation.VariantID(v.ID)).AllX(s.system) {
		total += r.Quantity
	}
	return total
}

// later has the cart's reservation end in so long, or so long ago.
func (s shop) later(id nodeid.ID, in time.Duration) {
	s.db.Client.Cart.UpdateOneID(id.Key).SetReservedUntil(s.db.Now().Add(in)).ExecX(s.system)
}

func TestStart(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		t.Run("pieces, price and contacts are held, and nobody else gets them", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(price(500), available(3))
			id := s.fill(ctx, of(v, 3))
			c := s.started(ctx, id)
			if s.left(v) != 0 || s.reserved(v) != 3 || db.Client.StockMovement.Query().Where(stockmovement.VariantID(v.ID)).ExistX(s.system) {
				t.Errorf("%d are left, %d reserved", s.left(v), s.reserved(v))
			}
			if left := time.Until(*c.ReservedUntil); left < 14*time.Minute || left > 15*time.Minute || c.Extended {
				t.Errorf("until %s", c.ReservedUntil)
			}
			frozen, err := quote.Thaw(c.Quote)
			if err != nil || frozen.Total != 1500 || c.ShippingAddress.Line1 != "Default Road 1" || c.Email == "" {
				t.Errorf("frozen %+v, %v; goes to %+v, %s", frozen, err, c.ShippingAddress, c.Email)
			}
			other := s.visitor()
			late := s.fill(other)
			db.Client.CartLine.Create().SetCartID(late.Key).SetVariantID(v.ID).SetQuantity(1).ExecX(s.system)
			s.refused(other, by("late@b.example", late), "INSUFFICIENT_STOCK cart")
			out, err := s.checkouts.Start(other, checkout.StartInput{Cart: late, Email: new(string), ShippingAddress: leeds()})
			if err != nil || len(out.UserErrors) != 2 || out.UserErrors[0].Code != checkout.EmailNeeded || out.UserErrors[1].Code != checkout.InsufficientStock {
				t.Errorf("got %+v, %v", out, err)
			}
		})
		t.Run("the frozen price is the order's, whatever the shop asks by then", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(price(500))
			id := s.fill(ctx, of(v, 2))
			s.started(ctx, id)
			v.Update().SetPriceAmount(900).ExecX(s.system)
			o := s.placed(s.checkouts.Complete(ctx, plain(id)))
			l := db.Client.OrderLine.Query().Where(orderline.OrderID(o.ID)).OnlyX(s.system)
			if o.TotalAmount != 1000 || l.UnitPriceAmount != 500 || l.TotalAmount != 1000 {
				t.Errorf("it costs %d, %+v", o.TotalAmount, l)
			}
			m := db.Client.StockMovement.Query().Where(stockmovement.VariantID(v.ID)).OnlyX(s.system)
			if s.left(v) != 8 || s.reserved(v) != 0 || m.Quantity != -2 || *m.OrderID != o.ID {
				t.Errorf("%d are left, %d reserved, moved %+v", s.left(v), s.reserved(v), m)
			}
		})
		t.Run("a change of the cart ends its checkout", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(price(500))
			id := s.fill(ctx, of(v, 2))
			s.started(ctx, id)
			if _, err := s.carts.LinesAdd(ctx, cart.LinesAddInput{Cart: id, Lines: []cart.LineInput{of(v, 1)}}); err != nil {
				t.Fatal(err)
			}
			c := db.Client.Cart.GetX(s.system, id.Key)
			if c.ReservedUntil != nil || c.Quote != nil || s.left(v) != 10 || s.reserved(v) != 0 {
				t.Errorf("until %v; %d are left", c.ReservedUntil, s.left(v))
			}
			v.Update().SetPriceAmount(600).ExecX(s.system)
			if o := s.placed(s.checkouts.Complete(ctx, plain(id))); o.TotalAmount != 1800 || s.left(v) != 7 {
				t.Errorf("it costs %d", o.TotalAmount)
			}
		})
		t.Run("it is put off once while it is under way, and begins anew when it has ended", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant()
			id := s.fill(ctx, of(v, 2))
			s.started(ctx, id)
			s.later(id, time.Minute)
			c := s.started(ctx, id)
			if time.Until(*c.ReservedUntil) < 14*time.Minute || !c.Extended {
				t.Errorf("until %s", c.ReservedUntil)
			}
			s.later(id, time.Minute)
			if c = s.started(ctx, id); time.Until(*c.ReservedUntil) > time.Minute {
				t.Errorf("put off twice, until %s", c.ReservedUntil)
			}
			s.later(id, -time.Second)
			if c = s.started(ctx, id); time.Until(*c.ReservedUntil) < 14*time.Minute || c.Extended || s.reserved(v) != 2 || s.left(v) != 8 {
				t.Errorf("until %s, %d reserved", c.ReservedUntil, s.reserved(v))
			}
		})
		t.Run("a price that was promised and cannot be kept is told", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(price(500))
			id := s.fill(ctx, of(v, 2))
			s.started(ctx, id)
			v.Update().SetPriceAmount(600).ExecX(s.system)
			s.later(id, -time.Second)
			s.refused(ctx, plain(id), "TOTAL_CHANGED cart")
			s.release()
			s.refused(ctx, plain(id), "TOTAL_CHANGED cart")
			in := plain(id)
			in.ExpectedTotal = decimal("10.00")
			s.refused(ctx, in, "TOTAL_CHANGED expectedTotal")
			in.ExpectedTotal = decimal("12.00")
			if o := s.placed(s.checkouts.Complete(ctx, in)); o.TotalAmount != 1200 || s.left(v) != 8 {
				t.Errorf("it costs %d", o.TotalAmount)
			}
		})
		t.Run("what has gone off sale since is not sold", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant()
			id := s.fill(ctx, of(v, 2))
			s.started(ctx, id)
			v.Update().SetArchived(true).ExecX(s.system)
			s.refused(ctx, plain(id), "VARIANT_UNAVAILABLE cart")
		})
		t.Run("purchase limits hold when it is begun and when it is completed", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(limit(3))
			first, second, third := s.fill(ctx, of(v, 2)), s.fill(ctx, of(v, 2)), s.fill(ctx, of(v, 2))
			s.started(ctx, first)
			s.started(ctx, second)
			s.placed(s.checkouts.Complete(ctx, plain(first)))
			s.refused(ctx, plain(second), "PURCHASE_LIMIT cart")
			out, err := s.checkouts.Start(ctx, checkout.StartInput{Cart: third})
			if err != nil || len(out.UserErrors) != 1 || out.UserErrors[0].Code != checkout.PurchaseLimit {
				t.Errorf("got %+v, %v", out, err)
			}
		})
		t.Run("nobody begins with a cart of others, an empty one, one of old, or with another total", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(price(500))
			id, empty := s.fill(ctx, of(v, 2)), s.fill(ctx)
			for _, stranger := range []context.Context{s.shopper(), s.visitor()} {
				s.failed(fault.NotFound)(s.checkouts.Start(stranger, checkout.StartInput{Cart: id, ShippingAddress: leeds()}))
			}
			stale := 99
			s.failed(fault.Conflict)(s.checkouts.Start(ctx, checkout.StartInput{Cart: id, ExpectedVersion: &stale}))
			for _, c := range []struct {
				in   checkout.StartInput
				want fault.Reason
			}{
				{checkout.StartInput{Cart: empty}, checkout.CartEmpty},
				{checkout.StartInput{Cart: id, ExpectedTotal: decimal("9.99")}, checkout.TotalChanged},
				{checkout.StartInput{Cart: id, ExpectedTotal: decimal("ten")}, checkout.Invalid},
			} {
				out, err := s.checkouts.Start(ctx, c.in)
				if err != nil || len(out.UserErrors) != 1 || out.UserErrors[0].Code != c.want {
					t.Errorf("got %+v, %v, want %s", out, err, c.want)
				}
			}
			if s.reserved(v) != 0 || s.left(v) != 10 {
				t.Errorf("%d are reserved", s.reserved(v))
			}
			s.placed(s.checkouts.Complete(ctx, plain(id)))
			out, err := s.checkouts.Start(ctx, checkout.StartInput{Cart: id})
			if err != nil || len(out.UserErrors) != 1 || out.UserErrors[0].Code != checkout.CartOrdered {
				t.Errorf("got %+v, %v", out, err)
			}
		})
	})
}

func TestRelease(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		ctx, v := s.shopper(), s.variant(available(1000))
		var over []nodeid.ID
		for range checkout.Batch + 1 {
			id := s.fill(ctx, of(v, 1))
			s.started(ctx, id)
			s.later(id, -time.Second)
			over = append(over, id)
		}
		live := s.fill(ctx, of(v, 5))
		s.started(ctx, live)
		s.release()
		if s.left(v) != 995 || s.reserved(v) != 5 {
			t.Errorf("%d are left, %d reserved", s.left(v), s.reserved(v))
		}
		if n := db.Client.Cart.Query().Where(entcart.ReservedUntilNotNil()).CountX(s.system); n != 1 {
			t.Errorf("%d carts have reservations", n)
		}
		if o := s.placed(s.checkouts.Complete(ctx, plain(over[0]))); o.TotalAmount != 295 || s.left(v) != 994 {
			t.Errorf("%d are left", s.left(v))
		}
		s.release()
	})
}
