package cart_test

import (
	"context"
	"testing"

	"galley/ent"
	"galley/ent/cartline"
	"galley/ent/order"
	"galley/ent/product"
	"galley/internal/cart"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

func TestLinesAdd(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		t.Run("what is in the cart already becomes more, and keeps its line and place", func(t *testing.T) {
			s := s.in(t)
			ctx, a, b := s.guest(), s.variant(), s.variant()
			id := s.open(ctx, of(a, 1))
			line := s.lines(id)[0].ID
			s.fine(id)(s.add(ctx, id, of(b, 2), of(a, 3), of(b, 1)))
			s.holds(id, "4×"+a.Sku+" 3×"+b.Sku)
			if s.lines(id)[0].ID != line {
				t.Error("the line was replaced")
			}
		})
		t.Run("a change counts, and is dated", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			id := s.open(ctx)
			before := db.Client.Cart.GetX(s.system, id.Key)
			s.fine(id)(s.add(ctx, id, of(s.variant(), 1)))
			after := db.Client.Cart.GetX(s.system, id.Key)
			if after.Version != before.Version+1 || !after.UpdatedAt.After(before.UpdatedAt) {
				t.Errorf("version %d, %s; before %d, %s", after.Version, after.UpdatedAt, before.Version, before.UpdatedAt)
			}
		})
		t.Run("everything wrong is told at once, and nothing changes", func(t *testing.T) {
			s := s.in(t)
			ctx, a, b, limited := s.shopper(), s.variant(), s.variant(), s.variant(limit(3))
			id := s.open(ctx, of(a, 8))
			before := db.Client.Cart.GetX(s.system, id.Key)
			s.refused(
				"INVALID_QUANTITY lines/1/quantity",
				"INVALID_QUANTITY lines/2/quantity",
				"INSUFFICIENT_STOCK lines/3/quantity",
				"VARIANT_UNAVAILABLE lines/4/variant",
				"PURCHASE_LIMIT lines/5/quantity",
				"VARIANT_UNAVAILABLE lines/6/variant",
				"INVALID_QUANTITY lines/6/quantity",
				"INSUFFICIENT_STOCK lines/8/quantity",
			)(s.add(ctx, id,
				of(b, 1), of(b, 0), of(b, -1), of(a, 3), cart.LineInput{Variant: nodeid.Variant.ID(1), Quantity: 1},
				of(limited, 4), cart.LineInput{Variant: nodeid.Product.ID(b.ProductID), Quantity: 0},
				of(b, 9), of(b, 1)))
			s.holds(id, "8×"+a.Sku)
			if after := db.Client.Cart.GetX(s.system, id.Key); after.Version != before.Version || !after.UpdatedAt.Equal(before.UpdatedAt) {
				t.Error("the cart was touched")
			}
		})
		t.Run("a quantity is at most 100,000, however it comes together", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.guest(), s.variant(available(1_000_000))
			id := s.open(ctx, of(v, 99_999))
			s.refused("INVALID_QUANTITY lines/0/quantity")(s.add(ctx, id, of(v, 100_001)))
			s.refused("INVALID_QUANTITY lines/0/quantity")(s.add(ctx, id, of(v, 2)))
			s.refused("INVALID_QUANTITY lines/0/quantity")(s.add(ctx, id, of(v, 1<<62)))
			s.fine(id)(s.add(ctx, id, of(v, 1)))
			s.holds(id, "100000×"+v.Sku)
		})
		t.Run("a quantity that is refused is told which there may be", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.guest(), s.variant(available(1_000_000))
			id := s.open(ctx, of(v, 99_999))
			line := nodeid.CartLine.ID(db.Client.CartLine.Query().Where(cartline.CartID(id.Key)).OnlyIDX(s.system))
			says := func(out *database.Outcome, err error, want string) {
				t.Helper()
				if err != nil || len(out.UserErrors) != 1 || out.UserErrors[0].Code != cart.InvalidQuantity || out.UserErrors[0].Message != want {
					t.Errorf("got %+v, %v; want %q", out, err, want)
				}
			}
			out, err := s.add(ctx, id, of(v, 0))
			says(out, err, "The quantity is at least 1 and at most 100000")
			out, err = s.add(ctx, id, of(v, 2))
			says(out, err, "With those in the cart these would be 100001 pieces, where at most 100000 are allowed")
			for _, quantity := range []int{-1, 100_001} {
				out, err = s.carts.LinesUpdate(ctx, cart.LinesUpdateInput{Cart: id, Lines: []cart.LineUpdateInput{{ID: line, Quantity: quantity}}})
				says(out, err, "The quantity is at least 0, which removes the line, and at most 100000")
			}
		})
		t.Run("as many pieces as there are fit, and not one more", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.guest(), s.variant(available(5))
			id := s.open(ctx, of(v, 5))
			s.refused("INSUFFICIENT_STOCK lines/0/quantity")(s.add(ctx, id, of(v, 1)))
			s.holds(id, "5×"+v.Sku)
		})
		t.Run("what is not on sale is refused, to staff who see it as well", func(t *testing.T) {
			s := s.in(t)
			staff := s.shopper()
			v := viewer.From(staff)
			v.Kind, v.Permissions = viewer.Staff, viewer.Permissions()
			viewer.Become(staff, v)
			for name, off := range map[string]*ent.Variant{
				"draft":            s.variant(func(p *ent.ProductCreate, _ *ent.VariantCreate) { p.SetStatus(product.StatusDRAFT) }),
				"archived product": s.variant(func(p *ent.ProductCreate, _ *ent.VariantCreate) { p.SetStatus(product.StatusARCHIVED) }),
				"archived variant": s.variant(func(_ *ent.ProductCreate, v *ent.VariantCreate) { v.SetArchived(true) }),
				"another currency": s.variant(func(_ *ent.ProductCreate, v *ent.VariantCreate) { v.SetCurrency("EUR") }),
			} {
				for _, ctx := range []context.Context{staff, s.guest(), s.shopper()} {
					id := s.open(ctx)
					t.Log(name)
					s.refused("VARIANT_UNAVAILABLE lines/0/variant")(s.add(ctx, id, of(off, 1)))
				}
			}
		})
		t.Run("a purchase limit counts what the account bought before, but for what was cancelled", func(t *testing.T) {
			s := s.in(t)
			ctx, other, v := s.shopper(), s.shopper(), s.variant(limit(5))
			s.bought(ctx, v, 1, order.StatusPLACED)
			s.bought(ctx, v, 2, order.StatusCOMPLETED)
			s.bought(ctx, v, 5, order.StatusCANCELLED)
			s.bought(ctx, s.variant(), 5, order.StatusPLACED)
			s.bought(other, v, 5, order.StatusPLACED)
			id := s.open(ctx)
			s.refused("PURCHASE_LIMIT lines/0/quantity")(s.add(ctx, id, of(v, 3)))
			s.fine(id)(s.add(ctx, id, of(v, 2)))
			s.refused("PURCHASE_LIMIT lines/0/quantity")(s.add(ctx, id, of(v, 1)))
			s.holds(id, "2×"+v.Sku)
		})
		t.Run("a purchase limit of a guest counts what is in the cart", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.guest(), s.variant(limit(5))
			id := s.open(ctx, of(v, 5))
			s.refused("PURCHASE_LIMIT lines/0/quantity")(s.add(ctx, id, of(v, 1)))
		})
		t.Run("nobody fills the cart of somebody else", func(t *testing.T) {
			s := s.in(t)
			v := s.variant()
			staff := viewer.With(t.Context(), viewer.Viewer{Kind: viewer.Staff, UserID: 1, Permissions: viewer.Permissions()})
			accounts, guests := s.open(s.shopper()), s.open(s.guest())
			for _, ctx := range []context.Context{s.shopper(), s.guest(), s.visitor(), staff, t.Context()} {
				for _, id := range []nodeid.ID{accounts, guests, nodeid.Cart.ID(1), nodeid.User.ID(accounts.Key), {}} {
					s.failed(fault.NotFound)(s.add(ctx, id, of(v, 1)))
					s.failed(fault.NotFound)(s.update(ctx, id))
					s.failed(fault.NotFound)(s.remove(ctx, id))
				}
			}
			s.holds(accounts, "")
			s.holds(guests, "")
		})
		t.Run("a guest's token opens no cart that an account has", func(t *testing.T) {
			s := s.in(t)
			ctx, owner := s.visitor(), s.shopper()
			id := s.open(ctx)
			db.Client.Cart.UpdateOneID(id.Key).SetUserID(viewer.From(owner).UserID).ExecX(s.system)
			s.failed(fault.NotFound)(s.add(ctx, id, of(s.variant(), 1)))
			s.fine(id)(s.add(owner, id, of(s.variant(), 1)))
		})
		t.Run("a shopper who brings a token fills that guest's cart too", func(t *testing.T) {
			s := s.in(t)
			ctx, guest := s.shopper(), s.visitor()
			id := s.open(guest)
			v := viewer.From(ctx)
			v.CartToken = viewer.From(guest).CartToken
			viewer.Become(ctx, v)
			s.fine(id)(s.add(ctx, id, of(s.variant(), 1)))
		})
		t.Run("a cart that has been ordered stays as it is", func(t *testing.T) {
			s := s.in(t)
			v := s.variant()
			id, guest := s.ordered(v)
			line := nodeid.CartLine.ID(s.lines(id)[0].ID)
			s.refused("CART_ORDERED cart")(s.add(guest, id, of(v, 1)))
			s.refused("CART_ORDERED cart")(s.update(guest, id, cart.LineUpdateInput{ID: line, Quantity: 2}))
			s.refused("CART_ORDERED cart")(s.remove(guest, id, line))
			s.holds(id, "1×"+v.Sku)
		})
	})
}

// ordered is a guest's cart that has been ordered, with a line, and the guest.
func (s shop) ordered(v *ent.Variant) (nodeid.ID, context.Context) {
	s.t.Helper()
	ctx := s.visitor()
	id := s.open(ctx, of(v, 1))
	s.db.Client.Cart.UpdateOneID(id.Key).SetStatus("ORDERED").ExecX(databasetest.System(ctx))
	return id, ctx
}
