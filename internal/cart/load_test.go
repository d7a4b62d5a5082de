package cart_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"galley/internal/cart"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
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
		t.Run("of tabs that read one version one changes it", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.guest(), s.variant(available(1000))
			id := s.open(ctx, of(v, 1))
			s.start(id)
			read := s.version(id)
			var wg sync.WaitGroup
			var done atomic.Int64
			for range 32 {
				wg.Go(func() {
					out, err := s.carts.LinesAdd(ctx, cart.LinesAddInput{Cart: id, ExpectedVersion: &read, Lines: []cart.LineInput{of(v, 1)}})
					switch code, _ := fault.CodeOf(err); {
					case code == fault.Conflict:
					case err != nil || len(out.UserErrors) > 0:
						t.Errorf("got %+v, %v", out, err)
					default:
						done.Add(1)
					}
				})
			}
			wg.Wait()
			s.holds(id, "2×"+v.Sku)
			s.ended(id)
			if done.Load() != 1 || s.left(v) != 1000 {
				t.Errorf("%d tabs changed it, and %d pieces are left", done.Load(), s.left(v))
			}
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
			keyed := database.WithRequest(ctx, database.Request{Scope: "test", Key: fmt.Sprintf("key %d", n), Hash: []byte("hash")})
			measure("add", ctx, func(ctx context.Context) (*database.Outcome, error) { return s.add(ctx, id, lines...) })
			s.start(id)
			measure("add, ending a checkout", ctx, func(ctx context.Context) (*database.Outcome, error) { return s.add(ctx, id, lines...) })
			measure("add under a key", keyed, func(ctx context.Context) (*database.Outcome, error) { return s.add(ctx, id, lines...) })
			var updates []cart.LineUpdateInput
			var removes []nodeid.ID
			for _, l := range s.lines(id) {
				updates = append(updates, cart.LineUpdateInput{ID: l.NodeID(), Quantity: 3})
				removes = append(removes, l.NodeID())
			}
			measure("update", ctx, func(ctx context.Context) (*database.Outcome, error) { return s.update(ctx, id, updates...) })
			other := s.variant(limit(100))
			s.fine(id)(s.add(ctx, id, of(other, 1)))
			last := s.lines(id)[n]
			s.start(id)
			measure("update and remove, ending a checkout", ctx, func(ctx context.Context) (*database.Outcome, error) {
				return s.update(ctx, id, append(updates, cart.LineUpdateInput{ID: last.NodeID(), Quantity: 0})...)
			})
			s.start(id)
			measure("remove, ending a checkout", ctx, func(ctx context.Context) (*database.Outcome, error) { return s.remove(ctx, id) })
			measure("remove", ctx, func(ctx context.Context) (*database.Outcome, error) { return s.remove(ctx, id, removes...) })
		}
		want := map[string]int{
			"create": 5, "add": 5, "update": 5, "remove": 3, "add under a key": 8,
			"add, ending a checkout": 6, "update and remove, ending a checkout": 6, "remove, ending a checkout": 3,
		}
		if !db.Postgres() {
			want["add, ending a checkout"] = 8
			want["update and remove, ending a checkout"] = 9
			want["remove, ending a checkout"] = 5
		}
		for name, got := range counts {
			if fmt.Sprint(got) != fmt.Sprint([]int{want[name], want[name], want[name]}) {
				t.Errorf("%s took %v statements for 1, 3 and 50 lines instead of %d", name, got, want[name])
			}
		}
	})
}
