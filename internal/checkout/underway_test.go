package checkout_test

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"galley/ent"
	entcart "galley/ent/cart"
	"galley/ent/order"
	"galley/ent/reservation"
	"galley/ent/stockmovement"
	"galley/internal/cart"
	"galley/internal/checkout"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// agrees asserts that all pieces of a variant are somewhere: on sale, reserved, or gone for a reason.
func (s shop) agrees(v *ent.Variant) {
	s.t.Helper()
	moved := 0
	for _, m := range s.db.Client.StockMovement.Query().Where(stockmovement.VariantID(v.ID)).AllX(s.system) {
		moved += m.Quantity
	}
	if s.left(v)+s.reserved(v) != v.Available+moved {
		s.t.Errorf("of %d pieces %d are left and %d reserved, and %d moved", v.Available, s.left(v), s.reserved(v), moved)
	}
}

func TestCheckoutsAtOnce(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		t.Run("the last piece is held once", func(t *testing.T) {
			s := s.in(t)
			v := s.variant(available(1))
			var who [32]context.Context
			var ids [32]nodeid.ID
			for i := range ids {
				who[i] = s.shopper()
				ids[i] = s.fill(who[i], of(v, 1))
			}
			c := &tally{codes: map[string]int{}}
			atOnce(len(ids), func(i int) {
				out, err := s.checkouts.Start(who[i], checkout.StartInput{Cart: ids[i]})
				c.note(t, out, err)
			})
			c.is(t, map[string]int{"": 1, "INSUFFICIENT_STOCK": 31})
			if s.left(v) != 0 || s.reserved(v) != 1 {
				t.Errorf("%d are left, %d reserved", s.left(v), s.reserved(v))
			}
		})
		t.Run("whatever tabs, and the sweep, do to one cart at once, no piece is lost and one order comes of it", func(t *testing.T) {
			s := s.in(t)
			v := s.variant(available(100_000))
			for range 6 {
				ctx := s.shopper()
				id := s.fill(ctx, of(v, 2))
				var placed atomic.Int64
				atOnce(12, func(i int) {
					dice := rand.New(rand.NewPCG(1, uint64(i)))
					for range 3 {
						var err error
						switch dice.IntN(5) {
						case 0, 1:
							_, err = s.checkouts.Start(ctx, checkout.StartInput{Cart: id})
						case 2:
							_, err = s.carts.LinesAdd(ctx, cart.LinesAddInput{Cart: id, Lines: []cart.LineInput{of(v, 1)}})
						case 3:
							_ = db.InTx(s.system, func(ctx context.Context, tx *ent.Tx) error { // its time is over
								return tx.Cart.Update().Where(entcart.ID(id.Key), entcart.ReservedUntilNotNil()).SetReservedUntil(db.Now().Add(-time.Second)).Exec(ctx)
							})
							err = s.checkouts.ReleaseExpired(s.system)
						case 4:
							var out *database.Outcome
							if out, err = s.checkouts.Complete(ctx, plain(id)); err == nil && out.Key != 0 {
								placed.Store(out.Key)
							}
						}
						if err != nil {
							t.Error(err)
						}
					}
				})
				if n := db.Client.Order.Query().Where(order.CartID(id.Key)).CountX(s.system); n > 1 || n == 1 != (placed.Load() != 0) {
					t.Errorf("%d orders", n)
				}
				s.agrees(v)
			}
		})
		t.Run("completed while the sweep releases it, it is sold once", func(t *testing.T) {
			s := s.in(t)
			for range 10 {
				ctx, v := s.shopper(), s.variant()
				id := s.fill(ctx, of(v, 3))
				s.started(ctx, id)
				s.later(id, -time.Second)
				atOnce(4, func(i int) {
					if i == 0 {
						s.placed(s.checkouts.Complete(ctx, plain(id)))
						return
					}
					if err := s.checkouts.ReleaseExpired(s.system); err != nil {
						t.Error(err)
					}
				})
				s.agrees(v)
				if s.left(v) != 7 || s.reserved(v) != 0 {
					t.Errorf("%d are left, %d reserved", s.left(v), s.reserved(v))
				}
			}
		})
	})
}

// TestWhatIsHeldInPartIsLetGo has a checkout lose a part of what it holds: then it holds all again, or its order takes all,
// and nothing stays behind that nobody would let go of.
func TestWhatIsHeldInPartIsLetGo(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		for name, orders := range map[string]bool{"begun again": false, "completed": true} {
			t.Run(name, func(t *testing.T) {
				s := s.in(t)
				ctx, v, w := s.shopper(), s.variant(), s.variant()
				id := s.fill(ctx, of(v, 2), of(w, 1))
				s.started(ctx, id)
				err := db.InTx(s.system, func(ctx context.Context, tx *ent.Tx) error {
					if _, err := tx.Reservation.Delete().Where(reservation.CartID(id.Key), reservation.VariantID(w.ID)).Exec(ctx); err != nil {
						return err
					}
					return tx.Variant.UpdateOneID(w.ID).SetAvailable(w.Available).Exec(ctx)
				})
				if err != nil {
					t.Fatal(err)
				}
				held := []int{2, 1}
				if orders {
					s.placed(s.checkouts.Complete(ctx, plain(id)))
					held = []int{0, 0}
				} else {
					s.started(ctx, id)
				}
				for i, v := range []*ent.Variant{v, w} {
					s.agrees(v)
					if want := v.Available - []int{2, 1}[i]; s.left(v) != want || s.reserved(v) != held[i] {
						t.Errorf("of the variant %d %d are left and %d reserved", i, s.left(v), s.reserved(v))
					}
				}
			})
		}
	})
}

// TestKeysAcrossProcesses sends each step ten times at once under one key, through two processes' handles on one database.
func TestKeysAcrossProcesses(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			url := databasetest.URL(t, engine)
			var shops []shop
			for instance := range 2 {
				db, err := database.Open(t.Context(), database.Options{URL: url, Instance: instance + 1})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = db.Close() })
				shops = append(shops, open(t, db))
			}
			s := shops[0]
			ctx, v := s.shopper(), s.variant(available(10))
			id := s.fill(ctx, of(v, 2))
			steps := map[string]func(shop, context.Context) (*database.Outcome, error){
				"1 start": func(s shop, ctx context.Context) (*database.Outcome, error) {
					return s.checkouts.Start(ctx, checkout.StartInput{Cart: id})
				},
				"2 complete": func(s shop, ctx context.Context) (*database.Outcome, error) {
					return s.checkouts.Complete(ctx, plain(id))
				},
			}
			for _, name := range []string{"1 start", "2 complete"} {
				request := database.Request{Scope: "user", Key: name, Hash: []byte(name)}
				c := &tally{codes: map[string]int{}}
				var one atomic.Int64
				atOnce(20, func(i int) {
					out, err := steps[name](shops[i%2], database.WithRequest(viewer.With(t.Context(), viewer.From(ctx)), request))
					c.note(t, out, err)
					if err == nil && !one.CompareAndSwap(0, out.Key) && one.Load() != out.Key {
						t.Errorf("%s answers %d and %d", name, one.Load(), out.Key)
					}
				})
				c.is(t, map[string]int{"": 20})
				request.Hash = []byte("another")
				s.failed(fault.IdempotencyKeyReused)(steps[name](shops[1], database.WithRequest(ctx, request)))
			}
			if n := s.db.Client.Order.Query().CountX(s.system); n != 1 || s.left(v) != 8 || s.reserved(v) != 0 {
				t.Errorf("%d orders, %d are left", n, s.left(v))
			}
			if c := s.db.Client.Cart.GetX(s.system, id.Key); c.Extended {
				t.Error("its reservation was put off")
			}
		})
	}
}
