package stock_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"galley/ent"
	"galley/ent/product"
	"galley/ent/reservation"
	"galley/ent/stockmovement"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/stock"
)

// cart is an open cart, whose reservations are to be made.
func (s *shelf) cart() int64 {
	s.t.Helper()
	return s.db.Client.Cart.Create().SetTokenHash([]byte(fmt.Sprint(s.product))).SetCurrency("GBP").SaveX(s.system).ID
}

func (s *shelf) item(i, quantity int) stock.Item {
	return stock.Item{VariantID: s.variants[i], Quantity: quantity}
}

// reserve runs Reserve in a transaction that is undone when something is short, as checkouts do.
func (s *shelf) reserve(cart int64, items ...stock.Item) ([]int64, error) {
	var short []int64
	err := s.db.InTx(s.t.Context(), func(ctx context.Context, tx *ent.Tx) (err error) {
		if short, err = stock.Reserve(ctx, tx, s.db, cart, items); err == nil && len(short) > 0 {
			err = errShort
		}
		return err
	})
	if errors.Is(err, errShort) {
		return short, nil
	}
	return nil, err
}

func (s *shelf) release(carts ...int64) {
	s.t.Helper()
	err := s.db.InTx(s.t.Context(), func(ctx context.Context, tx *ent.Tx) error {
		_, err := stock.Release(ctx, tx, s.db, carts...)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// reserved is how many pieces checkouts under way hold.
func (s *shelf) reserved(i int) int {
	s.t.Helper()
	total := 0
	for _, r := range s.db.Client.Reservation.Query().Where(reservation.VariantID(s.variants[i])).AllX(s.system) {
		total += r.Quantity
	}
	return total
}

func TestReserve(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Run("what a cart holds may not be promised, and has not moved", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, 5, 6)
			cart := s.cart()
			if short, err := s.reserve(cart, s.item(1, 6), s.item(0, 2)); err != nil || short != nil {
				t.Fatalf("got %v, %v", short, err)
			}
			if s.available(0) != 3 || s.available(1) != 0 || s.reserved(0) != 2 || s.reserved(1) != 6 || len(s.movements(0)) > 0 {
				t.Errorf("%d and %d left, %d and %d reserved", s.available(0), s.available(1), s.reserved(0), s.reserved(1))
			}
			if short, err := s.take(1, s.item(1, 1)); err != nil || !slices.Equal(short, s.variants[1:]) {
				t.Errorf("got %v, %v", short, err)
			}
			s.release(cart)
			if s.available(0) != 5 || s.available(1) != 6 || s.reserved(0) != 0 || s.reserved(1) != 0 {
				t.Errorf("%d and %d left", s.available(0), s.available(1))
			}
			s.release(cart)
			if s.available(0) != 5 || s.available(1) != 6 {
				t.Error("it was released twice")
			}
		})
		t.Run("nothing is held when something is short or off sale", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, 5, 6, 7)
			db.Client.Variant.UpdateOneID(s.variants[2]).SetArchived(true).ExecX(s.system)
			short, err := s.reserve(s.cart(), s.item(0, 1), s.item(1, 7), s.item(2, 1))
			if err != nil || !slices.Equal(short, s.variants[1:]) {
				t.Fatalf("got %v, %v", short, err)
			}
			if s.available(0) != 5 || s.reserved(0) != 0 {
				t.Errorf("%d left, %d reserved", s.available(0), s.reserved(0))
			}
		})
		t.Run("the reservations of several carts end together, and those of others stay", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, 10, 10)
			a, b, c := s.cart(), s.cart(), s.cart()
			for i, cart := range []int64{a, b, c} {
				if short, err := s.reserve(cart, s.item(0, i+1), s.item(1, 1)); err != nil || short != nil {
					t.Fatalf("got %v, %v", short, err)
				}
			}
			s.release(a, b)
			if s.available(0) != 7 || s.available(1) != 9 || s.reserved(0) != 3 || s.reserved(1) != 1 {
				t.Errorf("%d and %d left", s.available(0), s.available(1))
			}
		})
		t.Run("what is sold leaves the stock, and is no longer reserved", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, 5)
			cart := s.cart()
			if short, err := s.reserve(cart, s.item(0, 2)); err != nil || short != nil {
				t.Fatalf("got %v, %v", short, err)
			}
			err := db.InTx(t.Context(), func(ctx context.Context, tx *ent.Tx) error {
				return db.Together(ctx, tx, func(ctx context.Context) error {
					return stock.Sell(ctx, tx, db, cart, 42, []stock.Item{s.item(0, 2)})
				})
			})
			m := s.movements(0)
			if err != nil || s.available(0) != 3 || s.reserved(0) != 0 || len(m) != 1 || m[0].Quantity != -2 ||
				m[0].Reason != stockmovement.ReasonSOLD || *m[0].OrderID != 42 {
				t.Errorf("%d left, %d reserved, movements %v; %v", s.available(0), s.reserved(0), m, err)
			}
		})
		t.Run("its statements are as many, however many items", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, slices.Repeat([]int{10}, 50)...)
			var items []stock.Item
			for i := range s.variants {
				items = append(items, s.item(i, 1))
			}
			want := 2
			if !db.Postgres() {
				want = 5
			}
			for _, items := range [][]stock.Item{items[:1], items} {
				cart := s.cart()
				ctx, count := database.WithCounter(t.Context())
				err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
					_, err := stock.Reserve(ctx, tx, db, cart, items)
					released, again := stock.Release(ctx, tx, db, cart)
					if len(released) != len(items) {
						t.Errorf("%d variants were released of %d", len(released), len(items))
					}
					return errors.Join(err, again)
				})
				if err != nil || count.Statements() != want {
					t.Errorf("%d items: %d statements; %v", len(items), count.Statements(), err)
				}
			}
		})
		t.Run("many who reserve, release and sell at once lose nothing and promise nothing twice", func(t *testing.T) {
			const pieces = 12
			s := newShelf(t, db, product.StatusPUBLISHED, pieces, pieces, pieces)
			var sold atomic.Int64
			var wg sync.WaitGroup
			for buyer := range 16 {
				cart := s.cart()
				items := []stock.Item{s.item(0, 1), s.item(1, 1), s.item(2, 1)}
				if buyer%2 == 0 {
					slices.Reverse(items)
				}
				wg.Go(func() {
					for round := range 4 {
						short, err := s.reserve(cart, items...)
						switch {
						case err != nil:
							t.Error(err)
						case short != nil:
						case (buyer+round)%3 == 0:
							sold.Add(1)
							err = db.InTx(t.Context(), func(ctx context.Context, tx *ent.Tx) error { return stock.Sell(ctx, tx, db, cart, 1, items) })
						default:
							err = db.InTx(t.Context(), func(ctx context.Context, tx *ent.Tx) error {
								_, err := stock.Release(ctx, tx, db, cart)
								return err
							})
						}
						if err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			for i := range s.variants {
				if s.available(i) != pieces-int(sold.Load()) || s.sum(i) != -int(sold.Load()) || s.reserved(i) != 0 {
					t.Errorf("sold %d: %d left, movements %d, %d reserved", sold.Load(), s.available(i), s.sum(i), s.reserved(i))
				}
			}
		})
	})
}
