package checkout_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"galley/ent"
	entcart "galley/ent/cart"
	"galley/ent/cartline"
	"galley/ent/orderline"
	"galley/ent/stockmovement"
	"galley/internal/cart"
	"galley/internal/checkout"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/money"
	"galley/internal/nodeid"
)

// tally is how many checkouts ended how.
type tally struct {
	mu    sync.Mutex
	codes map[string]int
	keys  []int64
}

// note counts a checkout: "" for one that placed an order.
func (c *tally) note(t *testing.T, out *database.Outcome, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err != nil:
		t.Error(err)
	case len(out.UserErrors) > 0:
		c.codes[string(out.UserErrors[0].Code)]++
	default:
		c.codes[""]++
		c.keys = append(c.keys, out.Key)
	}
}

func (c *tally) is(t *testing.T, want map[string]int) {
	t.Helper()
	if fmt.Sprint(c.codes) != fmt.Sprint(want) {
		t.Errorf("got %v instead of %v", c.codes, want)
	}
}

// atOnce runs functions as close together as can be.
func atOnce(n int, fn func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			fn(i)
		})
	}
	close(start)
	wg.Wait()
}

func TestRaces(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		t.Run("the last piece is sold once", func(t *testing.T) {
			s := s.in(t)
			v := s.variant(available(1))
			var who [32]context.Context
			var ids [32]nodeid.ID
			keys := make([]int64, len(ids))
			for i := range who {
				who[i] = s.visitor()
				ids[i] = s.fill(who[i], of(v, 1))
				keys[i] = ids[i].Key
			}
			c := &tally{codes: map[string]int{}}
			atOnce(len(who), func(i int) {
				out, err := s.checkouts.Complete(who[i], by("a@b.example", ids[i]))
				c.note(t, out, err)
			})
			c.is(t, map[string]int{"": 1, "INSUFFICIENT_STOCK": 31})
			if s.left(v) != 0 {
				t.Errorf("%d are left", s.left(v))
			}
			if n := db.Client.Cart.Query().Where(entcart.IDIn(keys...), entcart.StatusEQ(entcart.StatusOPEN)).CountX(s.system); n != 31 {
				t.Errorf("%d carts are open still", n)
			}
		})
		t.Run("a cart that is checked out many times becomes one order", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(available(100))
			id := s.fill(ctx, of(v, 2))
			c := &tally{codes: map[string]int{}}
			atOnce(16, func(int) {
				out, err := s.checkouts.Complete(ctx, plain(id))
				c.note(t, out, err)
			})
			c.is(t, map[string]int{"": 16}) // and all of them name it
			if s.left(v) != 98 || db.Client.Order.Query().CountX(ctx) != 1 {
				t.Errorf("%d are left", s.left(v))
			}
		})
		t.Run("under one idempotency key it is one order, and the same answer each time", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(available(100))
			id := s.fill(ctx, of(v, 2))
			under := database.WithRequest(ctx, database.Request{Scope: "user:" + s.name(), Key: "key-0001", Hash: []byte("x")})
			c := &tally{codes: map[string]int{}}
			atOnce(16, func(int) {
				out, err := s.checkouts.Complete(under, plain(id))
				c.note(t, out, err)
			})
			c.is(t, map[string]int{"": 16})
			slices.Sort(c.keys)
			if len(slices.Compact(c.keys)) != 1 || s.left(v) != 98 || db.Client.Order.Query().CountX(ctx) != 1 {
				t.Errorf("orders %v, %d are left", c.keys, s.left(v))
			}
		})
		t.Run("a purchase limit holds for orders at once", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(limit(3))
			var ids [16]nodeid.ID
			for i := range ids {
				ids[i] = s.fill(ctx, of(v, 1))
			}
			c := &tally{codes: map[string]int{}}
			atOnce(len(ids), func(i int) {
				out, err := s.checkouts.Complete(ctx, plain(ids[i]))
				c.note(t, out, err)
			})
			c.is(t, map[string]int{"": 3, "PURCHASE_LIMIT": 13})
			if s.left(v) != 997 {
				t.Errorf("%d are left", s.left(v))
			}
		})
		t.Run("a purchase limit holds for guests at once", func(t *testing.T) {
			s := s.in(t)
			v := s.variant(limit(3))
			var who [16]context.Context
			var ids [16]nodeid.ID
			for i := range ids {
				who[i] = s.visitor()
				ids[i] = s.fill(who[i], of(v, 2))
			}
			c := &tally{codes: map[string]int{}}
			atOnce(len(ids), func(i int) {
				out, err := s.checkouts.Complete(who[i], by("same@b.example", ids[i]))
				c.note(t, out, err)
			})
			c.is(t, map[string]int{"": 1, "PURCHASE_LIMIT": 15})
		})
		t.Run("carts with the same variants in opposite order wait for each other, never in a circle", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			var lines []cart.LineInput
			for range 8 {
				lines = append(lines, of(s.variant(available(1000)), 1))
			}
			var ids [32]nodeid.ID
			for i := range ids {
				ids[i] = s.fill(ctx, lines...)
				slices.Reverse(lines)
			}
			c := &tally{codes: map[string]int{}}
			var statements [len(ids)]int
			atOnce(len(ids), func(i int) {
				ctx, counter := database.WithCounter(ctx)
				out, err := s.checkouts.Complete(ctx, plain(ids[i]))
				c.note(t, out, err)
				statements[i] = counter.Statements()
			})
			c.is(t, map[string]int{"": len(ids)})
			// A transaction that the engine had undone would have run again, and counted twice.
			if n := slices.Compact(statements[:]); len(n) != 1 {
				t.Errorf("statements: %v", n)
			}
		})
		t.Run("an order has the lines that its cart keeps, whatever changes meanwhile", func(t *testing.T) {
			s := s.in(t)
			a, b := s.variant(available(1_000_000)), s.variant(available(1_000_000))
			for range 12 {
				ctx := s.shopper()
				id := s.fill(ctx, of(a, 1))
				c := &tally{codes: map[string]int{}}
				var added atomic.Int64
				atOnce(9, func(i int) {
					if i == 4 {
						out, err := s.checkouts.Complete(ctx, plain(id))
						c.note(t, out, err)
						return
					}
					out, err := s.carts.LinesAdd(ctx, cart.LinesAddInput{Cart: id, Lines: []cart.LineInput{of(b, 1), of(a, 1)}})
					switch {
					case err != nil:
						t.Error(err)
					case len(out.UserErrors) == 0:
						added.Add(1)
					case out.UserErrors[0].Code != cart.Ordered:
						t.Errorf("got %+v", out)
					}
				})
				c.is(t, map[string]int{"": 1})
				kept, ordered := map[int64]int{}, map[int64]int{}
				for _, l := range db.Client.CartLine.Query().Where(cartline.CartID(id.Key)).AllX(s.system) {
					kept[l.VariantID] = l.Quantity
				}
				for _, l := range db.Client.OrderLine.Query().Where(orderline.OrderID(c.keys[0])).AllX(s.system) {
					ordered[*l.VariantID] = l.Quantity
				}
				want := map[int64]int{a.ID: 1 + int(added.Load()), b.ID: int(added.Load())}
				if added.Load() == 0 {
					delete(want, b.ID)
				}
				if fmt.Sprint(kept) != fmt.Sprint(ordered) || fmt.Sprint(kept) != fmt.Sprint(want) {
					t.Errorf("the cart keeps %v, the order has %v, was told %v", kept, ordered, want)
				}
			}
		})
		t.Run("nobody pays another total than the one agreed to, while prices change", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(available(1000))
			var ids [16]nodeid.ID
			for i := range ids {
				ids[i] = s.fill(ctx, of(v, 2))
			}
			c := &tally{codes: map[string]int{}}
			atOnce(len(ids)+4, func(i int) {
				if i >= len(ids) {
					for n := range 8 {
						v.Update().SetPriceAmount(money.Minor(295 + n%2)).ExecX(s.system)
					}
					return
				}
				in := plain(ids[i])
				in.ExpectedTotal = decimal("5.90")
				out, err := s.checkouts.Complete(ctx, in)
				c.note(t, out, err)
			})
			if c.codes[""]+c.codes[string(checkout.TotalChanged)] != len(ids) {
				t.Errorf("got %v", c.codes)
			}
			for _, key := range c.keys {
				o := db.Client.Order.GetX(ctx, key)
				l := db.Client.OrderLine.Query().Where(orderline.OrderID(key)).OnlyX(ctx)
				if o.TotalAmount != 590 || l.TotalAmount != 590 || l.UnitPriceAmount != 295 {
					t.Errorf("got %+v, %+v", o, l)
				}
			}
		})
	})
}

func TestStockIsConserved(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		const each = 40
		var variants []*ent.Variant
		for range 6 {
			variants = append(variants, s.variant(available(each)))
		}
		// More is asked for than there is: 48 carts of up to three variants, up to eight pieces of each.
		random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // chance, not a secret
		var who [48]context.Context
		var ids [48]nodeid.ID
		for i := range ids {
			var lines []cart.LineInput
			for _, v := range random.Perm(len(variants))[:1+random.IntN(3)] {
				lines = append(lines, of(variants[v], 1+random.IntN(8)))
			}
			who[i] = s.visitor()
			ids[i] = s.fill(who[i], lines...)
		}
		c := &tally{codes: map[string]int{}}
		atOnce(len(ids), func(i int) {
			out, err := s.checkouts.Complete(who[i], by("a@b.example", ids[i]))
			c.note(t, out, err)
		})
		if c.codes[""] == 0 || c.codes["INSUFFICIENT_STOCK"] == 0 || c.codes[""]+c.codes["INSUFFICIENT_STOCK"] != len(ids) {
			t.Errorf("got %v", c.codes)
		}
		for _, v := range variants {
			sold, moved := 0, 0
			for _, l := range db.Client.OrderLine.Query().Where(orderline.VariantID(v.ID)).AllX(s.system) {
				sold += l.Quantity
			}
			for _, m := range db.Client.StockMovement.Query().Where(stockmovement.VariantID(v.ID)).AllX(s.system) {
				moved += m.Quantity
			}
			if left := s.left(v); left+sold != each || left-moved != each || left < 0 {
				t.Errorf("of %s %d are left, %d were sold, and %d moved", v.Sku, left, sold, moved)
			}
		}
		for _, key := range c.keys {
			var sum money.Minor
			for _, l := range db.Client.OrderLine.Query().Where(orderline.OrderID(key)).AllX(s.system) {
				sum += l.TotalAmount
			}
			if o := db.Client.Order.GetX(s.system, key); o.TotalAmount != sum || sum == 0 {
				t.Errorf("an order of %d has lines of %d", o.TotalAmount, sum)
			}
		}
	})
}
