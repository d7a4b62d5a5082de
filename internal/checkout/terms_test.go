package checkout_test

import (
	"fmt"
	"strings"
	"testing"

	"galley/ent/orderline"
	"galley/internal/checkout"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/lifecycle"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

func TestPrices(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		t.Run("the price is the shop's at checkout, not the one when it was put into the cart", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(price(500))
			id := s.fill(ctx, of(v, 2))
			v.Update().SetPriceAmount(750).ExecX(s.system)
			if o := s.placed(s.checkouts.Complete(ctx, plain(id))); o.TotalAmount != 1500 {
				t.Errorf("it costs %d", o.TotalAmount)
			}
		})
		t.Run("an order keeps its prices", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(price(500))
			o := s.placed(s.checkouts.Complete(ctx, plain(s.fill(ctx, of(v, 2)))))
			v.Update().SetPriceAmount(1).ExecX(s.system)
			l := db.Client.OrderLine.Query().Where(orderline.OrderID(o.ID)).OnlyX(ctx)
			if l.UnitPriceAmount != 500 || l.TotalAmount != 1000 {
				t.Errorf("got %+v", l)
			}
		})
		t.Run("a total that the shopper did not see is refused", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(price(500))
			in := plain(s.fill(ctx, of(v, 2)))
			in.ExpectedTotal = decimal("10.00")
			v.Update().SetPriceAmount(501).ExecX(s.system)
			out := s.refused(ctx, in, "TOTAL_CHANGED expectedTotal")
			if !strings.Contains(out.UserErrors[0].Message, "10.02") {
				t.Errorf("it says %q", out.UserErrors[0].Message)
			}
			for _, manipulated := range []string{"0.01", "0", "-10.02", "10.01"} {
				in.ExpectedTotal = decimal(manipulated)
				s.refused(ctx, in, "TOTAL_CHANGED expectedTotal")
			}
			for _, malformed := range []string{"", "ten", "10.020", "1e1", "99999999999999999999"} {
				in.ExpectedTotal = decimal(malformed)
				s.refused(ctx, in, "INVALID expectedTotal")
			}
			in.ExpectedTotal = decimal("10.02")
			if o := s.placed(s.checkouts.Complete(ctx, in)); o.TotalAmount != 1002 {
				t.Errorf("it costs %d", o.TotalAmount)
			}
		})
		t.Run("what is free can be ordered", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(price(0))
			in := plain(s.fill(ctx, of(v, 2)))
			in.ExpectedTotal = decimal("0")
			if o := s.placed(s.checkouts.Complete(ctx, in)); o.TotalAmount != 0 {
				t.Errorf("it costs %d", o.TotalAmount)
			}
		})
	})
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		t.Run("an address comes before an order", func(t *testing.T) {
			s := s.in(t)
			ctx := s.newcomer()
			s.address(ctx, "Not The Default 1", false)
			s.refused(ctx, plain(s.fill(ctx, of(s.variant(), 1))), "ADDRESS_NEEDED shippingAddress")
			guest := s.visitor()
			in := by("a@b.example", s.fill(guest, of(s.variant(), 1)))
			in.ShippingAddress = nil
			s.refused(guest, in, "ADDRESS_NEEDED shippingAddress")
		})
		t.Run("the default entry is taken, unless another is named or an address given", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			other := s.address(ctx, "Other Street 3", false)
			in := plain(s.fill(ctx, of(s.variant(), 1)))
			if o := s.placed(s.checkouts.Complete(ctx, in)); o.ShippingAddress.Line1 != "Default Road 1" || o.BillingAddress != nil {
				t.Errorf("goes to %+v", o.ShippingAddress)
			}
			in = plain(s.fill(ctx, of(s.variant(), 1)))
			in.ShippingAddressID = other
			if o := s.placed(s.checkouts.Complete(ctx, in)); o.ShippingAddress.Line1 != "Other Street 3" {
				t.Errorf("goes to %+v", o.ShippingAddress)
			}
			in = plain(s.fill(ctx, of(s.variant(), 1)))
			in.ShippingAddress = leeds()
			in.ShippingAddress.Country = " de "
			if o := s.placed(s.checkouts.Complete(ctx, in)); o.ShippingAddress.Line1 != "Mill Lane 2" || o.Country != "DE" {
				t.Errorf("goes to %+v", o.ShippingAddress)
			}
		})
		t.Run("an order keeps its address when the entry changes", func(t *testing.T) {
			s := s.in(t)
			ctx := s.newcomer()
			id := s.address(ctx, "Here 1", true)
			o := s.placed(s.checkouts.Complete(ctx, plain(s.fill(ctx, of(s.variant(), 1)))))
			db.Client.Address.UpdateOneID(id.Key).SetLine1("There 2").ExecX(s.system)
			if o := db.Client.Order.GetX(ctx, o.ID); o.ShippingAddress.Line1 != "Here 1" {
				t.Errorf("goes to %+v", o.ShippingAddress)
			}
		})
		t.Run("nobody has anything sent to an entry of somebody else", func(t *testing.T) {
			s := s.in(t)
			theirs := s.address(s.newcomer(), "Secret Street 1", true)
			staff := s.shopper()
			v := viewer.From(staff)
			v.Kind, v.Permissions = viewer.Staff, viewer.Permissions() // may read address books
			viewer.Become(staff, v)
			in := plain(s.fill(staff, of(s.variant(), 1)))
			for _, id := range []*nodeid.ID{theirs, {Kind: nodeid.Address, Key: 1}, {Kind: nodeid.User, Key: theirs.Key}} {
				in.ShippingAddressID = id
				s.refused(staff, in, "ADDRESS_NEEDED shippingAddressId")
			}
			shopper := s.shopper()
			in = plain(s.fill(shopper, of(s.variant(), 1)))
			in.ShippingAddressID = theirs
			s.refused(shopper, in, "ADDRESS_NEEDED shippingAddressId")
			guest := s.visitor()
			in = by("a@b.example", s.fill(guest, of(s.variant(), 1)))
			in.ShippingAddress, in.ShippingAddressID = nil, theirs
			s.refused(guest, in, "ADDRESS_NEEDED shippingAddressId")
		})
		t.Run("an address and an entry at once are one too many", func(t *testing.T) {
			s := s.in(t)
			ctx := s.newcomer()
			in := plain(s.fill(ctx, of(s.variant(), 1)))
			in.ShippingAddress, in.ShippingAddressID = leeds(), s.address(ctx, "Here 1", true)
			s.refused(ctx, in, "INVALID shippingAddressId")
		})
		t.Run("an entry that no parcel can go to will not do", func(t *testing.T) {
			s := s.in(t)
			ctx := s.newcomer()
			db.Client.Address.UpdateOneID(s.address(ctx, "Here 1", true).Key).SetLine1("").ExecX(s.system)
			s.refused(ctx, plain(s.fill(ctx, of(s.variant(), 1))), "ADDRESS_NEEDED shippingAddress")
		})
	})
}

func TestPurchaseLimits(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		t.Run("an account's orders count together, but for what was cancelled", func(t *testing.T) {
			s := s.in(t)
			ctx, other, v, w := s.shopper(), s.shopper(), s.variant(limit(3)), s.variant(limit(9))
			// All carts are filled while the limit still allows each of them.
			first, second, third, theirs := s.fill(ctx, of(v, 2)), s.fill(ctx, of(w, 1), of(v, 2)), s.fill(ctx, of(v, 1)), s.fill(other, of(v, 3))
			o := s.placed(s.checkouts.Complete(ctx, plain(first)))
			out := s.refused(ctx, plain(second), "PURCHASE_LIMIT cart")
			if got := out.UserErrors[0].Message; !strings.HasPrefix(got, "One customer may buy 3 pieces of “") || !strings.HasSuffix(got, "” ("+v.Sku+"); 2 were bought before") {
				t.Errorf("it says %q", got)
			}
			s.placed(s.checkouts.Complete(ctx, plain(third)))
			s.placed(s.checkouts.Complete(other, plain(theirs)))
			s.refused(ctx, plain(second), "PURCHASE_LIMIT cart")
			s.cancelled(o)
			s.placed(s.checkouts.Complete(ctx, plain(second)))
		})
		t.Run("guests are told apart by where their mail goes", func(t *testing.T) {
			s := s.in(t)
			v := s.variant(limit(3))
			a, b, c := s.visitor(), s.visitor(), s.visitor()
			forA, forB, forC := s.fill(a, of(v, 2)), s.fill(b, of(v, 2)), s.fill(c, of(v, 2))
			s.placed(s.checkouts.Complete(a, by("ann@b.example", forA)))
			out := s.refused(b, by(" ANN@b.example", forB), "PURCHASE_LIMIT cart")
			if got := out.UserErrors[0].Message; !strings.HasPrefix(got, "One customer may buy 3 pieces of “") || strings.Contains(got, "before") {
				t.Errorf("it says of Ann to whoever types her address: %q", got)
			}
			s.placed(s.checkouts.Complete(c, by("bob@b.example", forC)))
		})
		t.Run("an account cannot pass it as a guest of the same address", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(limit(3))
			o := s.placed(s.checkouts.Complete(ctx, plain(s.fill(ctx, of(v, 3)))))
			guest := s.visitor()
			s.refused(guest, by(o.Email, s.fill(guest, of(v, 1))), "PURCHASE_LIMIT cart")
		})
		t.Run("an account cannot pass it with mail to another address", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(limit(3))
			first, second, elsewhere := plain(s.fill(ctx, of(v, 2))), plain(s.fill(ctx, of(v, 2))), "else@where.example"
			s.placed(s.checkouts.Complete(ctx, first))
			second.Email = &elsewhere
			s.refused(ctx, second, "PURCHASE_LIMIT cart")
		})
		t.Run("a limit that was set since counts", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant()
			in := plain(s.fill(ctx, of(v, 3)))
			v.Update().SetPurchaseLimit(2).ExecX(s.system)
			s.refused(ctx, in, "PURCHASE_LIMIT cart")
		})
	})
}

func TestOrdersOfVerifiedAccountsOnly(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		o := options(db)
		o.VerifiedEmail = true
		s.checkouts = checkout.New(o)
		ctx, v := s.shopper(), s.variant()
		id := s.fill(ctx, of(v, 1))
		s.refused(ctx, plain(id), "EMAIL_UNVERIFIED ")
		guest := s.visitor()
		s.refused(guest, by("ann@customers.example", s.fill(guest, of(v, 1))), "EMAIL_UNVERIFIED ")
		db.Client.User.UpdateOneID(viewer.From(ctx).UserID).SetEmailVerifiedAt(db.Now()).ExecX(s.system)
		s.placed(s.checkouts.Complete(ctx, plain(id)))
	})
}

func TestALetterIsAskedForWithEachOrder(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		ctx, v := s.shopper(), s.variant(available(1))
		s.refused(ctx, plain(s.fill(ctx)), "CART_EMPTY cart")
		o := s.placed(s.checkouts.Complete(ctx, plain(s.fill(ctx, of(v, 1)))))
		j := db.Client.Job.Query().OnlyX(s.system)
		if j.Kind != lifecycle.LetterPlaced || string(j.Payload) != fmt.Sprintf(`{"order":"%d"}`, o.ID) && string(j.Payload) != fmt.Sprintf(`{"order": "%d"}`, o.ID) {
			t.Errorf("got %s %s", j.Kind, j.Payload)
		}
	})
}
