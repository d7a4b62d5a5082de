package cart_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"galley/ent"
	entcart "galley/ent/cart"
	"galley/internal/cart"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/live"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// signIn has a guest go on as an account, and returns the context of both.
func (s shop) signIn(guest, shopper context.Context) context.Context {
	s.t.Helper()
	account := viewer.From(shopper).UserID
	err := s.db.InTx(guest, func(ctx context.Context, tx *ent.Tx) error {
		if _, err := tx.User.UpdateOneID(account).AddVersion(1).Save(viewer.AsSystem(ctx)); err != nil { // as a sign-in holds it
			return err
		}
		return s.carts.Adopt(viewer.AsSystem(ctx), tx, account)
	})
	if err != nil {
		s.t.Error(err)
	}
	v := viewer.From(shopper)
	v.CartToken = viewer.From(guest).CartToken
	return viewer.With(s.t.Context(), v)
}

func TestAdopt(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		t.Run("without a cart of its own the account takes the guest's as it is", func(t *testing.T) {
			s := s.in(t)
			guest, shopper, v := s.visitor(), s.shopper(), s.variant()
			s.db.Client.Cart.UpdateOneID(s.open(shopper, of(v, 1)).Key).SetStatus(entcart.StatusORDERED).ExecX(s.system)
			id := s.open(guest, of(v, 2))
			s.start(id)
			ctx := s.signIn(guest, shopper)
			if c := s.row(id); *c.UserID != viewer.From(shopper).UserID || c.Status != entcart.StatusOPEN || c.Version != 2 || c.ReservedUntil == nil {
				t.Errorf("got %+v", c)
			}
			s.holds(id, "2×"+v.Sku)
			s.fine(id)(s.add(shopper, id, of(v, 1)))
			s.failed(fault.NotFound)(s.add(guest, id, of(v, 1))) // who has the token alone
			s.signIn(guest, shopper)
			s.signIn(ctx, s.shopper())
			s.holds(id, "3×"+v.Sku)
		})
		t.Run("otherwise what is in it goes into the account's, and of both the larger quantity counts", func(t *testing.T) {
			s := s.in(t)
			guest, shopper := s.visitor(), s.shopper()
			more, less, same, mine, theirs := s.variant(), s.variant(), s.variant(), s.variant(), s.variant()
			old := s.open(shopper, of(mine, 9))
			own := s.open(shopper, of(more, 5), of(less, 2), of(same, 3), of(mine, 1))
			id := s.open(guest, of(theirs, 4), of(more, 1), of(less, 7), of(same, 3))
			s.db.Client.Variant.UpdateOne(theirs).SetPriceAmount(999).ExecX(s.system)
			told := s.broker.Subscribe(t.Context(), live.Cart(own.Key))
			s.signIn(guest, shopper)
			want := fmt.Sprintf("5×%s 7×%s 3×%s 1×%s 4×%s", more.Sku, less.Sku, same.Sku, mine.Sku, theirs.Sku)
			s.holds(own, want)
			if l := s.lines(own)[4]; l.SeenPrice == nil || *l.SeenPrice != 295 {
				t.Errorf("seen at %v", l.SeenPrice)
			}
			s.holds(id, "")
			s.holds(old, "9×"+mine.Sku)
			if c := s.row(id); c.Status != entcart.StatusMERGED || *c.MergedInto != own.Key || c.UserID != nil {
				t.Errorf("got %+v", c)
			}
			<-told
			s.refused("CART_MERGED cart")(s.add(guest, id, of(mine, 1)))
			s.signIn(guest, shopper)
			s.signIn(guest, s.shopper())
			s.holds(own, want)
		})
		t.Run("codes are united, contacts fill in what is missing, and nobody's data stays behind", func(t *testing.T) {
			s := s.in(t)
			guest, shopper := s.visitor(), s.shopper()
			own, id := s.open(shopper), s.open(guest)
			leeds := york()
			leeds.City = "Leeds"
			codes := []string{"A", "B", "C", "D", "E", "F", "G", "H", "I"}
			s.db.Client.Cart.UpdateOneID(own.Key).SetPromoCodes(codes).SetShippingAddress(york()).ExecX(s.system)
			s.db.Client.Cart.UpdateOneID(id.Key).SetPromoCodes([]string{"B", "J", "K"}).SetEmail("guest@customers.example").
				SetShippingAddress(leeds).SetBillingAddress(leeds).ExecX(s.system)
			s.signIn(guest, shopper)
			c := s.row(own)
			if !slices.Equal(c.PromoCodes, append(codes, "J")) || c.Email != "guest@customers.example" || c.ShippingAddress.City != "York" || c.BillingAddress.City != "Leeds" {
				t.Errorf("got %+v", c)
			}
			if c := s.row(id); len(c.PromoCodes) > 0 || c.Email != "" || c.ShippingAddress != nil || c.BillingAddress != nil {
				t.Errorf("left %+v", c)
			}
		})
		t.Run("the checkouts of both end", func(t *testing.T) {
			s := s.in(t)
			guest, shopper, a, b := s.visitor(), s.shopper(), s.variant(), s.variant()
			own, id := s.open(shopper, of(a, 1), of(b, 2)), s.open(guest, of(b, 4))
			s.start(own)
			s.start(id)
			s.signIn(guest, shopper)
			s.ended(own)
			s.ended(id)
			s.holds(own, fmt.Sprintf("1×%s 4×%s", a.Sku, b.Sku))
			if s.left(a) != 10 || s.left(b) != 10 {
				t.Errorf("%d and %d pieces are left", s.left(a), s.left(b))
			}
		})
		t.Run("what one cart cannot hold stays in two", func(t *testing.T) {
			s := s.in(t)
			guest, shopper := s.visitor(), s.shopper()
			var lines []cart.LineInput
			for range cart.MaxLines + 1 {
				lines = append(lines, of(s.variant(), 1))
			}
			own, id := s.open(shopper, lines[:100]...), s.open(guest, lines[200])
			s.fine(own)(s.add(shopper, own, lines[100:200]...))
			s.signIn(guest, shopper)
			if c := s.row(id); c.UserID == nil || c.Status != entcart.StatusOPEN || len(s.lines(id)) != 1 || len(s.lines(own)) != cart.MaxLines {
				t.Errorf("got %+v", c)
			}
		})
		t.Run("only of the cart whose token is brought, while it is open", func(t *testing.T) {
			s := s.in(t)
			shopper, v, ordered := s.shopper(), s.variant(), s.visitor()
			own, others, done := s.open(shopper, of(v, 1)), s.open(s.visitor(), of(v, 5)), s.open(ordered, of(v, 6))
			s.db.Client.Cart.UpdateOneID(done.Key).SetStatus(entcart.StatusORDERED).ExecX(s.system)
			s.signIn(s.visitor(), shopper)
			s.signIn(ordered, shopper)
			s.holds(own, "1×"+v.Sku)
			s.holds(others, "5×"+v.Sku)
			s.holds(done, "6×"+v.Sku)
		})
	})
}

// TestSignInsAtOnce has many sign-ins, of one account and of several, bring one cart while its guest fills it.
func TestSignInsAtOnce(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		var variants []*ent.Variant
		for range 4 {
			variants = append(variants, s.variant(available(1000)))
		}
		for round := range 6 {
			guest, shoppers := s.visitor(), []context.Context{s.shopper(), s.shopper()}
			var own []nodeid.ID
			for _, ctx := range shoppers {
				if round%2 == 0 {
					own = append(own, s.open(ctx, of(variants[0], 1)))
				}
			}
			id := s.open(guest, of(variants[0], 3))
			s.start(id)
			var all sync.WaitGroup
			var mu sync.Mutex
			added := 0
			for i := range 8 {
				all.Go(func() { s.signIn(guest, shoppers[i%2]) })
				if i < 3 {
					all.Go(func() {
						out, err := s.add(guest, id, of(variants[i+1], 2))
						code, _ := fault.CodeOf(err)
						if err != nil && code != fault.NotFound {
							t.Errorf("got %+v, %v", out, err)
						}
						if err == nil && len(out.UserErrors) == 0 {
							mu.Lock()
							added++
							mu.Unlock()
						}
					})
				}
			}
			all.Wait()
			c := s.row(id)
			into := id
			switch {
			case round%2 == 0 && c.Status == entcart.StatusMERGED:
				into = nodeid.Cart.ID(*c.MergedInto)
				if !slices.Contains(own, into) || len(s.lines(id)) > 0 {
					t.Errorf("merged into %s", into)
				}
			case round%2 == 1 && c.Status == entcart.StatusOPEN && c.UserID != nil:
			default:
				t.Errorf("got %+v", c)
			}
			if c.Version != 2+added {
				t.Errorf("it was taken over %d times", c.Version-1-added)
			}
			if lines := s.lines(into); len(lines) != 1+added || lines[0].Quantity != 3 {
				t.Errorf("%d lines, where %d were added", len(lines), added)
			}
			if round%2 == 0 || added > 0 {
				s.ended(id)
			}
		}
	})
}

func TestForget(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		s.method(s.zone("GB"), 395, 295)
		ctx, another, v := s.shopper(), s.shopper(), s.variant()
		id, others := s.open(ctx, of(v, 3)), s.open(another, of(v, 4))
		s.fine(id)(s.choose(ctx, id, s.ship(ctx, id, "GB")[0]))
		s.start(id)
		s.start(others)
		err := db.InTx(s.system, func(sys context.Context, tx *ent.Tx) error { return s.carts.Forget(sys, tx, viewer.From(ctx).UserID) })
		if err != nil {
			t.Fatal(err)
		}
		if db.Client.Cart.Query().Where(entcart.ID(id.Key)).ExistX(s.system) || len(s.lines(id)) > 0 || s.left(v) != 6 {
			t.Errorf("%d pieces are left", s.left(v))
		}
		if len(s.lines(others)) != 1 || s.row(others).ReservedUntil == nil {
			t.Error("another's cart went too")
		}
	})
}
