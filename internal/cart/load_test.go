package cart_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"galley/internal/cart"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/nodeid"
)

func TestCartsUnderLoad(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		t.Run("what many add at once adds up", func(t *testing.T) {
			s := s.in(t)
			ctx, a, b := s.guest(), s.variant(available(1000)), s.variant(available(1000))
			id := s.open(ctx)
			var wg sync.WaitGroup
			for i := range 16 {
				wg.Go(func() {
					lines := []cart.LineInput{of(a, 1), of(b, 2)}
					if i%2 == 1 {
						lines[0], lines[1] = lines[1], lines[0]
					}
					out, err := s.add(ctx, id, lines...)
					if err != nil || len(out.UserErrors) > 0 {
						t.Errorf("got %+v, %v", out, err)
					}
				})
			}
			wg.Wait()
			got := map[int64]int{}
			for _, l := range s.lines(id) {
				got[l.VariantID] = l.Quantity
			}
			if got[a.ID] != 16 || got[b.ID] != 32 || len(got) != 2 {
				t.Errorf("got %v", got)
			}
		})
		t.Run("what many add at once stays within a limit", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.guest(), s.variant(limit(5))
			id := s.open(ctx)
			var wg sync.WaitGroup
			for range 16 {
				wg.Go(func() {
					if _, err := s.add(ctx, id, of(v, 1)); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			s.holds(id, "5×"+v.Sku)
		})
	})
}

func TestStatements(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		counts := map[string][]int{}
		for _, n := range []int{1, 3, 50} {
			var lines []cart.LineInput
			for range n {
				lines = append(lines, of(s.variant(limit(100)), 1))
			}
			measure := func(name string, ctx context.Context, fn func(context.Context) (*database.Outcome, error)) {
				ctx, counter := database.WithCounter(ctx)
				out, err := fn(ctx)
				if err != nil || len(out.UserErrors) > 0 {
					t.Fatalf("%s: %+v, %v", name, out, err)
				}
				counts[name] = append(counts[name], counter.Statements())
			}
			ctx := s.shopper()
			var id nodeid.ID
			measure("create", ctx, func(ctx context.Context) (*database.Outcome, error) {
				out, err := s.carts.Create(ctx, cart.CreateInput{Lines: lines})
				if err != nil {
					return nil, err
				}
				id = nodeid.Cart.ID(out.Key)
				return &out.Outcome, nil
			})
			measure("add", ctx, func(ctx context.Context) (*database.Outcome, error) { return s.add(ctx, id, lines...) })
			var updates []cart.LineUpdateInput
			var removes []nodeid.ID
			for _, l := range s.lines(id) {
				updates = append(updates, cart.LineUpdateInput{ID: l.NodeID(), Quantity: 3})
				removes = append(removes, l.NodeID())
			}
			measure("update", ctx, func(ctx context.Context) (*database.Outcome, error) { return s.update(ctx, id, updates...) })
			measure("remove", ctx, func(ctx context.Context) (*database.Outcome, error) { return s.remove(ctx, id, removes...) })
		}
		want := map[string]int{"create": 5, "add": 5, "update": 5, "remove": 3}
		for name, got := range counts {
			if fmt.Sprint(got) != fmt.Sprint([]int{want[name], want[name], want[name]}) {
				t.Errorf("%s took %v statements for 1, 3 and 50 lines instead of %d", name, got, want[name])
			}
		}
	})
}
