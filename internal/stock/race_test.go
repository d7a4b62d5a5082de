package stock_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/lib/pq"
	"pgregory.net/rapid"

	"galley/ent"
	"galley/ent/product"
	"galley/ent/stockmovement"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/live"
	"galley/internal/nodeid"
	"galley/internal/stock"
	"galley/internal/viewer"
)

// circular runs a transaction, and counts how often it waited in a circle: nobody else hears of that, since it is run again.
func circular(t *testing.T, db *database.DB, fn func(ctx context.Context, tx *ent.Tx) error) (circles int64) {
	t.Helper()
	err := db.InTx(t.Context(), func(ctx context.Context, tx *ent.Tx) error {
		err := fn(ctx, tx)
		if e, ok := errors.AsType[*pq.Error](err); ok && e.Code == "40P01" {
			circles++
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return circles
}

func TestRaces(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Run("the last piece, asked for by 32 at once, is sold once", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, 1)
			var sold atomic.Int64
			var wg sync.WaitGroup
			for order := range int64(32) {
				wg.Go(func() {
					short, err := s.take(order+1, stock.Item{VariantID: s.variants[0], Quantity: 1})
					if err != nil {
						t.Error(err)
					}
					if short == nil {
						sold.Add(1)
					}
				})
			}
			wg.Wait()
			if sold.Load() != 1 || s.available(0) != 0 || s.sum(0) != -1 {
				t.Errorf("sold %d, %d left, movements %d", sold.Load(), s.available(0), s.sum(0))
			}
		})
		t.Run("what comes in while orders wait can be had by them", func(t *testing.T) {
			// Half of the orders find too little when they begin; none may be told so once all is there.
			s := newShelf(t, db, product.StatusPUBLISHED, 0)
			item := stock.Item{VariantID: s.variants[0], Quantity: 1}
			began, taken := make(chan struct{}), make(chan []int64, 1)
			err := db.InTx(t.Context(), func(ctx context.Context, tx *ent.Tx) error {
				if err := stock.PutBack(ctx, tx, db, 1, []stock.Item{item}); err != nil {
					return err
				}
				go func() {
					close(began)
					short, err := s.take(2, item)
					if err != nil {
						t.Error(err)
					}
					taken <- short
				}()
				<-began
				if !db.Postgres() {
					return nil // it waits for the writer before it looks
				}
				return waitForLock(ctx, db)
			})
			if err != nil {
				t.Fatal(err)
			}
			if short := <-taken; short != nil {
				t.Errorf("short of %v", short)
			}
		})
		t.Run("orders of the same variants in opposite order do not wait in a circle", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, slices.Repeat([]int{1000}, 12)...)
			var items []stock.Item
			for _, v := range s.variants {
				items = append(items, stock.Item{VariantID: v, Quantity: 1})
			}
			var wg sync.WaitGroup
			var circles atomic.Int64
			for worker := range 8 {
				wg.Go(func() {
					mine := slices.Clone(items)
					if worker%2 == 1 {
						slices.Reverse(mine)
					}
					for range 10 {
						circles.Add(circular(t, db, func(ctx context.Context, tx *ent.Tx) error {
							_, err := stock.Take(ctx, tx, db, 1, mine)
							return err
						}))
					}
				})
			}
			wg.Wait()
			if circles.Load() > 0 {
				t.Errorf("%d deadlocks", circles.Load())
			}
			for i := range s.variants {
				if s.available(i) != 1000-80 || s.sum(i) != -80 {
					t.Errorf("variant %d: %d left, movements %d", i, s.available(i), s.sum(i))
				}
			}
		})
		t.Run("reservations begin and end without waiting in a circle", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, slices.Repeat([]int{1000}, 12)...)
			var items []stock.Item
			for _, v := range s.variants {
				items = append(items, stock.Item{VariantID: v, Quantity: 1})
			}
			var wg sync.WaitGroup
			var circles atomic.Int64
			for range 8 {
				cart := s.cart()
				wg.Go(func() {
					for range 10 {
						circles.Add(circular(t, db, func(ctx context.Context, tx *ent.Tx) error {
							_, err := stock.Reserve(ctx, tx, db, cart, items)
							return err
						}))
						circles.Add(circular(t, db, func(ctx context.Context, tx *ent.Tx) error {
							_, err := stock.Release(ctx, tx, db, cart)
							return err
						}))
					}
				})
			}
			wg.Wait()
			if circles.Load() > 0 {
				t.Errorf("%d deadlocks", circles.Load())
			}
			for i := range s.variants {
				if s.available(i) != 1000 || s.reserved(i) != 0 {
					t.Errorf("variant %d: %d left, %d reserved", i, s.available(i), s.reserved(i))
				}
			}
		})
		t.Run("whatever sells, returns and is counted at once, stock and movements agree", func(t *testing.T) {
			const initial = 20
			s := newShelf(t, db, product.StatusPUBLISHED, slices.Repeat([]int{initial}, 4)...)
			keeper := staff(t.Context(), viewer.StockWrite)
			w := stock.New(db, new(live.Broker))
			var wg sync.WaitGroup
			for worker := range 6 {
				wg.Go(func() {
					dice := rand.New(rand.NewPCG(1, uint64(worker)))
					for range 15 {
						var items []stock.Item
						for _, i := range dice.Perm(4)[:1+dice.IntN(4)] {
							items = append(items, stock.Item{VariantID: s.variants[i], Quantity: 1 + dice.IntN(6)})
						}
						var err error
						switch dice.IntN(3) {
						case 0:
							_, err = s.take(1, items...)
						case 1:
							err = s.putBack(1, items...)
						case 2:
							_, err = w.Adjust(keeper, stock.AdjustInput{
								Variant:  nodeid.Variant.ID(items[0].VariantID),
								Quantity: -items[0].Quantity, Reason: stockmovement.ReasonCORRECTION,
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
				if s.available(i) != initial+s.sum(i) || s.available(i) < 0 {
					t.Errorf("variant %d: %d left, movements %d", i, s.available(i), s.sum(i))
				}
			}
		})
	})
}

// waitForLock returns when some transaction of the database waits for another.
func waitForLock(ctx context.Context, db *database.DB) error {
	for range 2000 {
		rows, err := db.Client.QueryContext(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
		if err != nil {
			return err
		}
		var n int
		for rows.Next() {
			err = rows.Scan(&n)
		}
		if err := errors.Join(err, rows.Close(), rows.Err()); err != nil {
			return err
		}
		if n > 0 {
			return nil
		}
	}
	return errors.New("nobody waits")
}

func TestStockBehavesAsAnyListOfNumbers(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		rapid.Check(t, func(r *rapid.T) {
			pieces := rapid.SliceOfN(rapid.IntRange(0, 9), 1, 4).Draw(r, "pieces")
			s := newShelf(t, db, product.StatusPUBLISHED, pieces...)
			model := slices.Clone(pieces)
			for range rapid.IntRange(1, 6).Draw(r, "steps") {
				lines := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) [2]int {
					return [2]int{rapid.IntRange(0, len(pieces)-1).Draw(r, "variant"), rapid.IntRange(1, 5).Draw(r, "quantity")}
				}), 1, 5).Draw(r, "lines")
				var items []stock.Item
				next := slices.Clone(model)
				back := rapid.Bool().Draw(r, "back")
				for _, l := range lines {
					items = append(items, stock.Item{VariantID: s.variants[l[0]], Quantity: l[1]})
					if back {
						next[l[0]] += l[1]
					} else {
						next[l[0]] -= l[1]
					}
				}
				var short []int64
				var err error
				if back {
					err = s.putBack(1, items...)
				} else {
					short, err = s.take(1, items...)
				}
				if err != nil {
					r.Fatal(err)
				}
				var want []int64
				for i, n := range next {
					if n < 0 {
						want = append(want, s.variants[i])
					}
				}
				if !slices.Equal(short, want) {
					r.Fatalf("short of %v, want %v", short, want)
				}
				if want == nil {
					model = next
				}
				for i := range model {
					if s.available(i) != model[i] || s.sum(i) != model[i]-pieces[i] {
						r.Fatalf("variant %d: %d left, movements %d, want %d", i, s.available(i), s.sum(i), model[i])
					}
				}
			}
		})
	})
}
