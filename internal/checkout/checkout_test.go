package checkout_test

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"galley/ent"
	entcart "galley/ent/cart"
	"galley/ent/order"
	"galley/ent/orderline"
	"galley/ent/payment"
	"galley/ent/product"
	"galley/ent/stockmovement"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

func TestComplete(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		t.Run("a shopper's order has copies of what was bought, and takes the stock", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			a := s.variant(price(295))
			b := s.variant(price(1050), func(p *ent.ProductCreate, v *ent.VariantCreate) { p.SetTitle("Scarf"); v.SetTitle("Red") })
			id := s.fill(ctx, of(b, 2), of(a, 3))
			in := plain(id)
			in.BillingAddress = leeds()
			in.BillingAddress.Name = "  Lee & Co "
			o := s.placed(s.checkouts.Complete(ctx, in))

			if o.Status != order.StatusPLACED || o.SubtotalAmount != 2985 || o.TotalAmount != 2985 || o.Currency != gbp || o.Version != 1 {
				t.Errorf("got %+v", o)
			}
			if o.UserID == nil || *o.UserID != viewer.From(ctx).UserID || o.TokenHash != nil {
				t.Errorf("held by %v, %x", o.UserID, o.TokenHash)
			}
			if u := db.Client.User.GetX(ctx, *o.UserID); o.Email != u.Email {
				t.Errorf("mail goes to %s", o.Email)
			}
			if o.ShippingAddress.Line1 != "Default Road 1" || o.Country != "GB" || o.BillingAddress.Name != "Lee & Co" {
				t.Errorf("goes to %+v, %+v, %s", o.ShippingAddress, o.BillingAddress, o.Country)
			}
			if !regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`).MatchString(o.Number) {
				t.Errorf("its number is %s", o.Number)
			}
			if age := time.Since(o.PlacedAt); age < 0 || age > time.Minute {
				t.Errorf("placed at %s", o.PlacedAt)
			}
			lines := db.Client.OrderLine.Query().Where(orderline.OrderID(o.ID)).Order(orderline.ByPosition()).AllX(ctx)
			if len(lines) != 2 {
				t.Fatalf("got %d lines", len(lines))
			}
			if l := lines[0]; *l.VariantID != b.ID || l.Title != "Scarf – Red" || l.Sku != b.Sku || l.Quantity != 2 ||
				l.UnitPriceAmount != 1050 || l.TotalAmount != 2100 || l.Currency != gbp {
				t.Errorf("got %+v", l)
			}
			if l := lines[1]; *l.VariantID != a.ID || !strings.HasPrefix(l.Title, "Mug ") || l.Quantity != 3 || l.TotalAmount != 885 {
				t.Errorf("got %+v", l)
			}
			p := db.Client.Payment.Query().Where(payment.OrderID(o.ID)).OnlyX(ctx)
			if p.Method != payment.MethodMANUAL || p.Status != payment.StatusPENDING || p.DueAmount != 2985 || p.Currency != gbp {
				t.Errorf("got %+v", p)
			}
			if s.left(a) != 7 || s.left(b) != 8 {
				t.Errorf("%d and %d pieces are left", s.left(a), s.left(b))
			}
			moves := db.Client.StockMovement.Query().Where(stockmovement.OrderID(o.ID)).AllX(s.system)
			if len(moves) != 2 || moves[0].Reason != stockmovement.ReasonSOLD || moves[0].Quantity+moves[1].Quantity != -5 {
				t.Errorf("got %v", moves)
			}
			if c := db.Client.Cart.GetX(ctx, id.Key); c.Status != entcart.StatusORDERED {
				t.Errorf("the cart is %s", c.Status)
			}
		})
		t.Run("a guest's order can be read with the cart's token, and by nobody else", func(t *testing.T) {
			s := s.in(t)
			ctx := s.visitor()
			o := s.placed(s.checkouts.Complete(ctx, by(" Ann@Customers.Example ", s.fill(ctx, of(s.variant(), 1)))))
			if o.UserID != nil || !bytes.Equal(o.TokenHash, viewer.From(ctx).CartToken) || o.Email != "ann@customers.example" {
				t.Errorf("got %+v", o)
			}
			if db.Client.Order.Query().Where(order.ID(o.ID)).CountX(ctx) != 1 {
				t.Error("the guest cannot read it")
			}
			other := s.visitor()
			s.fill(other)
			for _, stranger := range []context.Context{other, s.visitor(), s.shopper(), t.Context()} {
				if db.Client.Order.Query().Where(order.ID(o.ID)).ExistX(stranger) {
					t.Error("a stranger can read it")
				}
			}
		})
		t.Run("a guest's cart becomes the order of who has signed in since", func(t *testing.T) {
			s := s.in(t)
			guest, ctx := s.visitor(), s.shopper()
			id := s.fill(guest, of(s.variant(), 1))
			v := viewer.From(ctx)
			v.CartToken = viewer.From(guest).CartToken
			viewer.Become(ctx, v)
			o := s.placed(s.checkouts.Complete(ctx, plain(id)))
			if o.UserID == nil || *o.UserID != v.UserID || db.Client.Order.Query().Where(order.ID(o.ID)).ExistX(guest) {
				t.Errorf("got %+v", o)
			}
		})
		t.Run("the last pieces can be bought", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(available(3))
			s.placed(s.checkouts.Complete(ctx, plain(s.fill(ctx, of(v, 3)))))
			if s.left(v) != 0 {
				t.Errorf("%d are left", s.left(v))
			}
		})
		t.Run("a line's name is cut where its column ends", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			v := s.variant(func(p *ent.ProductCreate, v *ent.VariantCreate) {
				p.SetTitle(strings.Repeat("é", 150))
				v.SetTitle(strings.Repeat("ü", 150))
			})
			o := s.placed(s.checkouts.Complete(ctx, plain(s.fill(ctx, of(v, 1)))))
			title := db.Client.OrderLine.Query().Where(orderline.OrderID(o.ID)).OnlyX(ctx).Title
			if !strings.HasPrefix(title, strings.Repeat("é", 150)+" – üüü") || !strings.HasSuffix(title, "ü") {
				t.Errorf("it is called %q", title)
			}
		})
	})
}

func TestRefused(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		t.Run("nothing is ordered from an empty cart", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			s.refused(ctx, plain(s.fill(ctx)), "CART_EMPTY cart")
		})
		t.Run("a cart is ordered once", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			id := s.fill(ctx, of(s.variant(), 1))
			first := s.placed(s.checkouts.Complete(ctx, plain(id)))
			before := s.count()
			again := plain(id)
			again.ShippingAddress, again.ExpectedTotal = leeds(), decimal("0.01")
			if o := s.placed(s.checkouts.Complete(ctx, again)); o.ID != first.ID || s.count() != before {
				t.Errorf("its order became %s", o.Number)
			}
			of := db.Client.Cart.Create().SetUserID(viewer.From(ctx).UserID).SetCurrency(gbp).SetStatus(entcart.StatusORDERED).SaveX(s.system)
			s.refused(ctx, plain(nodeid.Cart.ID(of.ID)), "CART_ORDERED cart")
			of.Update().SetStatus(entcart.StatusMERGED).ExecX(s.system)
			s.refused(ctx, plain(nodeid.Cart.ID(of.ID)), "CART_MERGED cart")
		})
		t.Run("nobody orders the cart of somebody else", func(t *testing.T) {
			s := s.in(t)
			v := s.variant()
			staff := viewer.With(t.Context(), viewer.Viewer{Kind: viewer.Staff, UserID: 1, Permissions: viewer.Permissions()})
			accounts, guests := s.fill(s.shopper(), of(v, 1)), s.fill(s.visitor(), of(v, 1))
			guest := s.visitor()
			s.fill(guest)
			before := s.count()
			for _, id := range []nodeid.ID{accounts, guests, nodeid.Cart.ID(1), nodeid.Order.ID(accounts.Key), {}} {
				s.failed(fault.NotFound)(s.checkouts.Complete(s.shopper(), plain(id)))
				s.failed(fault.NotFound)(s.checkouts.Complete(guest, by("a@b.example", id)))
				s.failed(fault.NotFound)(s.checkouts.Complete(s.visitor(), by("a@b.example", id)))
				s.failed(fault.NotFound)(s.checkouts.Complete(staff, by("a@b.example", id)))
				s.failed(fault.NotFound)(s.checkouts.Complete(t.Context(), by("a@b.example", id)))
			}
			if s.count() != before || s.left(v) != 10 {
				t.Error("something was ordered")
			}
		})
		t.Run("a guest says where mail goes, and in a way that mail can go", func(t *testing.T) {
			s := s.in(t)
			ctx := s.visitor()
			in := by("", s.fill(ctx, of(s.variant(), 1)))
			s.refused(ctx, in, "EMAIL_NEEDED email")
			in.Email = nil
			s.refused(ctx, in, "EMAIL_NEEDED email")
			bad := "ann at customers.example"
			in.Email = &bad
			s.refused(ctx, in, "INVALID email")
		})
		t.Run("a shopper may have mail sent elsewhere", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			in, bad, good := plain(s.fill(ctx, of(s.variant(), 1))), "ann", "Office@Customers.Example"
			in.Email = &bad
			s.refused(ctx, in, "INVALID email")
			in.Email = &good
			if o := s.placed(s.checkouts.Complete(ctx, in)); o.Email != "office@customers.example" {
				t.Errorf("mail goes to %s", o.Email)
			}
		})
		t.Run("what is no longer sold is named, line by line", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			fine, archived, draft, gone := s.variant(), s.variant(), s.variant(), s.variant()
			in := plain(s.fill(ctx, of(archived, 1), of(fine, 1), of(draft, 1), of(gone, 1)))
			total := "0.01"
			in.ExpectedTotal = decimal(total)
			archived.Update().SetArchived(true).ExecX(s.system)
			db.Client.Product.UpdateOneID(draft.ProductID).SetStatus(product.StatusDRAFT).ExecX(s.system)
			db.Client.Product.UpdateOneID(gone.ProductID).SetStatus(product.StatusARCHIVED).ExecX(s.system)
			want := []string{"VARIANT_UNAVAILABLE cart", "VARIANT_UNAVAILABLE cart", "VARIANT_UNAVAILABLE cart"}
			out := s.refused(ctx, in, want...)
			for i, line := range []string{"1", "3", "4"} {
				if got, want := out.UserErrors[i].Message, "Line "+line+" of the cart is no longer sold"; got != want {
					t.Errorf("it says %q, want %q", got, want)
				}
			}
			v := viewer.From(ctx) // staff see drafts, and buy none
			v.Kind, v.Permissions = viewer.Staff, viewer.Permissions()
			viewer.Become(ctx, v)
			s.refused(ctx, in, want...)
		})
		t.Run("a variant in another currency is not sold", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			id := s.fill(ctx)
			v := s.variant(func(_ *ent.ProductCreate, v *ent.VariantCreate) { v.SetCurrency("EUR") })
			db.Client.CartLine.Create().SetCartID(id.Key).SetVariantID(v.ID).SetQuantity(1).ExecX(s.system)
			s.refused(ctx, plain(id), "VARIANT_UNAVAILABLE cart")
		})
		t.Run("what is too few is named, line by line", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			a, b, c := s.variant(), s.variant(), s.variant()
			in := plain(s.fill(ctx, of(a, 6), of(b, 6), of(c, 6)))
			a.Update().SetAvailable(5).ExecX(s.system)
			c.Update().SetAvailable(0).ExecX(s.system)
			out := s.refused(ctx, in, "INSUFFICIENT_STOCK cart", "INSUFFICIENT_STOCK cart")
			for i, want := range []string{"Only 5 pieces are left of “", "None are left of “"} {
				sku := []string{a.Sku, c.Sku}[i]
				if got := out.UserErrors[i].Message; !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "” ("+sku+")") {
					t.Errorf("it says %q", got)
				}
			}
		})
		t.Run("what is no longer sold, too few and left out is told at once", func(t *testing.T) {
			s := s.in(t)
			ctx := s.newcomer()
			a, b := s.variant(), s.variant()
			in := plain(s.fill(ctx, of(a, 6), of(b, 6)))
			a.Update().SetAvailable(5).ExecX(s.system)
			b.Update().SetArchived(true).ExecX(s.system)
			s.refused(ctx, in, "ADDRESS_NEEDED shippingAddress", "INSUFFICIENT_STOCK cart", "VARIANT_UNAVAILABLE cart")
		})
		t.Run("a quantity whose price is no amount is refused", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			for _, quantity := range []int{1 << 62, 1<<63 - 1, 1 << 56} {
				id := s.fill(ctx)
				v := s.variant(available(quantity))
				db.Client.CartLine.Create().SetCartID(id.Key).SetVariantID(v.ID).SetQuantity(quantity).ExecX(s.system)
				s.refused(ctx, plain(id), "INVALID cart")
			}
		})
		t.Run("everything that a form asks for is told at once", func(t *testing.T) {
			s := s.in(t)
			ctx := s.visitor()
			in := by("nowhere", s.fill(ctx, of(s.variant(), 1)))
			in.ShippingAddress.City = " "
			in.BillingAddress = leeds()
			in.BillingAddress.Country = "England"
			in.Payment = "BARTER"
			in.ExpectedTotal = decimal("2.96")
			s.refused(ctx, in, "INVALID payment", "INVALID email", "INVALID shippingAddress/city",
				"INVALID billingAddress/country", "TOTAL_CHANGED expectedTotal")
		})
	})
}
