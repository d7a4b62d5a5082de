package stock_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"galley/ent"
	"galley/ent/product"
	"galley/ent/stockmovement"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/stock"
)

func TestTake(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Run("an order's items leave the stock, and the order is noted", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, 5, 6, 7)
			before := db.Client.Variant.GetX(s.system, s.variants[0])
			short, err := s.take(42, stock.Item{VariantID: s.variants[2], Quantity: 7}, stock.Item{VariantID: s.variants[0], Quantity: 2})
			if err != nil || short != nil {
				t.Fatalf("got %v, %v", short, err)
			}
			if s.available(0) != 3 || s.available(1) != 6 || s.available(2) != 0 {
				t.Errorf("left: %d, %d, %d", s.available(0), s.available(1), s.available(2))
			}
			m := s.movements(0)
			if len(m) != 1 || m[0].Quantity != -2 || m[0].Reason != stockmovement.ReasonSOLD || m[0].OrderID == nil ||
				*m[0].OrderID != 42 || m[0].ActorID != nil || m[0].Note != "" {
				t.Errorf("movements %+v", m)
			}
			after := db.Client.Variant.GetX(s.system, s.variants[0])
			if after.Version != before.Version || !after.UpdatedAt.After(before.UpdatedAt) || m[0].CreatedAt.Before(before.UpdatedAt) {
				t.Errorf("before %+v, after %+v", before, after)
			}
			if len(s.movements(1)) > 0 || len(s.movements(2)) != 1 {
				t.Error("other movements than those asked for")
			}
		})
		t.Run("lines of one variant count together", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, 5)
			item := stock.Item{VariantID: s.variants[0], Quantity: 3}
			short, err := s.take(1, item, item)
			if err != nil || !slices.Equal(short, s.variants) {
				t.Fatalf("got %v, %v", short, err)
			}
			item.Quantity = 2
			if short, err = s.take(1, item, item); err != nil || short != nil {
				t.Fatalf("got %v, %v", short, err)
			}
			if m := s.movements(0); s.available(0) != 1 || len(m) != 1 || m[0].Quantity != -4 {
				t.Errorf("left %d, movements %+v", s.available(0), m)
			}
		})
		t.Run("every variant that is short is named, and nothing stays", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, 5, 6, 7)
			short, err := s.take(1,
				stock.Item{VariantID: s.variants[0], Quantity: 6}, stock.Item{VariantID: s.variants[1], Quantity: 6},
				stock.Item{VariantID: s.variants[2], Quantity: math.MaxInt})
			if err != nil || !slices.Equal(short, []int64{s.variants[0], s.variants[2]}) {
				t.Fatalf("got %v, %v", short, err)
			}
			for i, n := range []int{5, 6, 7} {
				if s.available(i) != n || len(s.movements(i)) > 0 {
					t.Errorf("variant %d: %d left", i, s.available(i))
				}
			}
		})
		t.Run("what is off sale or was never there is short", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, 5, 5)
			db.Client.Variant.UpdateOneID(s.variants[1]).SetArchived(true).ExecX(s.system)
			short, err := s.take(1, stock.Item{VariantID: s.variants[1], Quantity: 1}, stock.Item{VariantID: 12345, Quantity: 1})
			if err != nil || !slices.Equal(short, []int64{12345, s.variants[1]}) {
				t.Fatalf("got %v, %v", short, err)
			}
		})
		t.Run("no item and no statement", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED)
			if short, err := s.take(1); err != nil || short != nil {
				t.Fatalf("got %v, %v", short, err)
			}
		})
		for _, n := range []int{0, -1, math.MinInt} {
			t.Run("a quantity below one is a mistake of the caller", func(t *testing.T) {
				s := newShelf(t, db, product.StatusPUBLISHED, 5)
				item := stock.Item{VariantID: s.variants[0], Quantity: n}
				if _, err := s.take(1, item); err == nil {
					t.Error("taken")
				}
				if err := s.putBack(1, item); err == nil {
					t.Error("put back")
				}
				if s.available(0) != 5 {
					t.Errorf("%d left", s.available(0))
				}
			})
		}
		t.Run("its statements are as many for one item and for fifty", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, slices.Repeat([]int{10}, 50)...)
			var items []stock.Item
			for _, v := range s.variants {
				items = append(items, stock.Item{VariantID: v, Quantity: 1})
			}
			for _, c := range []struct {
				items []stock.Item
				want  int
			}{{items[:1], steps(db)}, {items, steps(db)}, {[]stock.Item{{VariantID: 1, Quantity: 1}}, 1}, {nil, 0}} {
				ctx, count := database.WithCounter(t.Context())
				err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
					_, err := stock.Take(ctx, tx, db, 1, c.items)
					return err
				})
				if err != nil || count.Statements() != c.want {
					t.Errorf("%d items: %d statements, want %d; %v", len(c.items), count.Statements(), c.want, err)
				}
			}
		})
	})
}

func TestPutBack(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Run("a cancelled order's items can be sold again", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, 5, 6)
			items := []stock.Item{{VariantID: s.variants[0], Quantity: 5}, {VariantID: s.variants[1], Quantity: 1}}
			if short, err := s.take(9, items...); err != nil || short != nil {
				t.Fatalf("got %v, %v", short, err)
			}
			if err := s.putBack(9, items...); err != nil {
				t.Fatal(err)
			}
			if s.available(0) != 5 || s.available(1) != 6 || s.sum(0) != 0 || s.sum(1) != 0 {
				t.Errorf("%d and %d left", s.available(0), s.available(1))
			}
			m := s.movements(0)
			if len(m) != 2 || m[1].Quantity != 5 || m[1].Reason != stockmovement.ReasonCANCELLED || m[1].OrderID == nil || *m[1].OrderID != 9 {
				t.Errorf("movements %+v", m)
			}
		})
		t.Run("what was archived or removed since does not stand in the way", func(t *testing.T) {
			s := newShelf(t, db, product.StatusARCHIVED, 0)
			db.Client.Variant.UpdateOneID(s.variants[0]).SetArchived(true).ExecX(s.system)
			if err := s.putBack(9, stock.Item{VariantID: s.variants[0], Quantity: 3}, stock.Item{VariantID: 4711, Quantity: 1}); err != nil {
				t.Fatal(err)
			}
			if err := s.putBack(9, stock.Item{VariantID: 4711, Quantity: 1}); err != nil {
				t.Fatal(err)
			}
			if s.available(0) != 3 || len(s.movements(0)) != 1 {
				t.Errorf("%d left, movements %+v", s.available(0), s.movements(0))
			}
		})
		t.Run("its statements are as many, however many items", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, slices.Repeat([]int{0}, 30)...)
			var items []stock.Item
			for _, v := range s.variants {
				items = append(items, stock.Item{VariantID: v, Quantity: 2})
			}
			ctx, count := database.WithCounter(t.Context())
			err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error { return stock.PutBack(ctx, tx, db, 1, items) })
			if err != nil || count.Statements() != steps(db) {
				t.Errorf("%d statements; %v", count.Statements(), err)
			}
		})
	})
}
