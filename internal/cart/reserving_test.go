package cart_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"galley/ent"
	entcart "galley/ent/cart"
	"galley/ent/reservation"
	"galley/internal/cart"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/live"
	"galley/internal/money"
	"galley/internal/nodeid"
	"galley/internal/stock"
)

// start has a checkout of a cart hold what is in it.
func (s shop) start(id nodeid.ID) {
	s.t.Helper()
	err := s.db.InTx(s.system, func(ctx context.Context, tx *ent.Tx) error {
		var items []stock.Item
		for _, l := range s.lines(id) {
			items = append(items, stock.Item{VariantID: l.VariantID, Quantity: l.Quantity})
		}
		short, err := stock.Reserve(ctx, tx, s.db, id.Key, items)
		if len(short) > 0 {
			s.t.Errorf("too few of %v", short)
		}
		if err != nil {
			return err
		}
		return tx.Cart.UpdateOneID(id.Key).SetQuote(json.RawMessage(`{}`)).SetReservedUntil(s.db.Now().Add(time.Hour)).SetExtended(true).Exec(ctx)
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// ended asserts that no checkout of a cart is under way, and none of its pieces is held.
func (s shop) ended(id nodeid.ID) {
	s.t.Helper()
	c := s.db.Client.Cart.GetX(s.system, id.Key)
	if len(c.Quote) > 0 || c.ReservedUntil != nil || c.Extended || s.db.Client.Reservation.Query().Where(reservation.CartID(id.Key)).ExistX(s.system) {
		s.t.Errorf("the checkout goes on: %+v", c)
	}
}

func (s shop) left(v *ent.Variant) int { return s.db.Client.Variant.GetX(s.system, v.ID).Available }

func (s shop) version(id nodeid.ID) int { return s.db.Client.Cart.GetX(s.system, id.Key).Version }

// change is a mutation of a cart.
type change struct {
	name string
	do   func() (*database.Outcome, error)
}

// changes are all of them but the choice of a delivery; they change nothing but the cart's version.
func (s shop) changes(ctx context.Context, id nodeid.ID, expected *int) []change {
	return []change{
		{"add", func() (*database.Outcome, error) {
			return s.carts.LinesAdd(ctx, cart.LinesAddInput{Cart: id, ExpectedVersion: expected})
		}},
		{"update", func() (*database.Outcome, error) {
			return s.carts.LinesUpdate(ctx, cart.LinesUpdateInput{Cart: id, ExpectedVersion: expected})
		}},
		{"remove", func() (*database.Outcome, error) {
			return s.carts.LinesRemove(ctx, cart.LinesRemoveInput{Cart: id, ExpectedVersion: expected})
		}},
		{"buyer", func() (*database.Outcome, error) {
			return s.carts.BuyerUpdate(ctx, cart.BuyerUpdateInput{Cart: id, ExpectedVersion: expected})
		}},
		{"addresses", func() (*database.Outcome, error) {
			return s.carts.AddressesUpdate(ctx, cart.AddressesUpdateInput{Cart: id, ExpectedVersion: expected})
		}},
		{"codes added", func() (*database.Outcome, error) {
			return s.carts.PromoCodesAdd(ctx, cart.PromoCodesInput{Cart: id, ExpectedVersion: expected})
		}},
		{"codes removed", func() (*database.Outcome, error) {
			return s.carts.PromoCodesRemove(ctx, cart.PromoCodesInput{Cart: id, ExpectedVersion: expected})
		}},
	}
}

func TestAChangeEndsTheCheckout(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		ctx, v := s.guest(), s.variant()
		id := s.open(ctx, of(v, 4))
		for _, c := range s.changes(ctx, id, nil) {
			s.start(id)
			if s.left(v) != 6 {
				t.Fatalf("%d pieces are left", s.left(v))
			}
			told := s.broker.Subscribe(t.Context(), live.Cart(id.Key))
			s.fine(id)(c.do())
			s.ended(id)
			if s.left(v) != 10 {
				t.Errorf("%s: %d pieces are left", c.name, s.left(v))
			}
			select {
			case <-told:
			case <-time.After(30 * time.Second):
				t.Errorf("%s: nobody was told", c.name)
			}
		}
		t.Run("whose pieces the shopper may have all the same", func(t *testing.T) {
			s := s.in(t)
			s.start(id)
			s.fine(id)(s.add(ctx, id, of(v, 6)))
			s.holds(id, "10×"+v.Sku)
			s.ended(id)
		})
		t.Run("and what is refused does not", func(t *testing.T) {
			s := s.in(t)
			s.start(id)
			s.refused("INSUFFICIENT_STOCK lines/0/quantity")(s.add(ctx, id, of(v, 1)))
			if c := db.Client.Cart.GetX(s.system, id.Key); c.ReservedUntil == nil || s.left(v) != 0 {
				t.Errorf("got %+v, and %d pieces are left", c, s.left(v))
			}
		})
	})
}

func TestVersions(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		ctx, v := s.guest(), s.variant(available(1000))
		id := s.open(ctx, of(v, 1))
		read := s.version(id)
		for i := range s.changes(ctx, id, nil) { // each by what the last one left
			now := read
			c := s.changes(ctx, id, &now)[i]
			s.fine(id)(c.do())
			if read++; s.version(id) != read {
				t.Errorf("%s: version %d, not %d", c.name, s.version(id), read)
			}
		}
		old := read - 1
		for _, c := range s.changes(ctx, id, &old) {
			t.Run(c.name, func(t *testing.T) { s.in(t).failed(fault.Conflict)(c.do()) })
		}
		if s.version(id) != read {
			t.Errorf("version %d, not %d", s.version(id), read)
		}
	})
}

// TestSeenPrices keeps the price at which a quantity was set, until it is set again.
func TestSeenPrices(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		ctx, a, b := s.guest(), s.variant(), s.variant()
		id := s.open(ctx, of(a, 1), of(b, 1))
		seen := func() (prices [2]money.Minor) {
			for i, l := range s.lines(id) {
				prices[i] = *l.SeenPrice
			}
			return prices
		}
		for _, step := range []struct {
			do   func()
			want [2]money.Minor
		}{
			{func() {}, [2]money.Minor{295, 295}},
			{func() {
				db.Client.Variant.Update().SetPriceAmount(300).ExecX(s.system)
				s.fine(id)(s.update(ctx, id, cart.LineUpdateInput{ID: s.lines(id)[1].NodeID(), Quantity: 1}))
			}, [2]money.Minor{295, 300}},
			{func() { s.fine(id)(s.add(ctx, id, of(a, 1))) }, [2]money.Minor{300, 300}},
		} {
			if step.do(); seen() != step.want {
				t.Errorf("seen at %v, not %v", seen(), step.want)
			}
		}
	})
}

func TestMergedCartsStayAsTheyAre(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		ctx := s.guest()
		id := s.open(ctx)
		for status, want := range map[entcart.Status]string{entcart.StatusMERGED: "CART_MERGED cart", entcart.StatusORDERED: "CART_ORDERED cart"} {
			db.Client.Cart.UpdateOneID(id.Key).SetStatus(status).ExecX(s.system)
			for _, c := range s.changes(ctx, id, nil) {
				t.Run(c.name, func(t *testing.T) { s.in(t).refused(want)(c.do()) })
			}
			for _, c := range s.changes(s.guest(), id, nil) {
				t.Run(c.name+" of a stranger", func(t *testing.T) { s.in(t).failed(fault.NotFound)(c.do()) })
			}
		}
	})
}
