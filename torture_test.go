//go:build faults && unix

package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"galley/ent/variant"
	"galley/internal/database/databasetest"
)

// TestFaultNothingIsOversold has a thousand customers want one of five hundred pieces, sixty-four at once over two
// processes, each with other things in any order. No deadlock reaches them.
func TestFaultNothingIsOversold(t *testing.T) {
	t.Parallel()
	const units, customers, atOnce = 500, 1000, 64
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			s := newStreet(t, engine, 8)
			scarce := s.stock("the last ones", units)
			processes := s.openAll(engine)
			var wg sync.WaitGroup
			turns := make(chan int, customers)
			for i := range customers {
				turns <- i
			}
			close(turns)
			var mu sync.Mutex
			sold, refused := 0, map[string]int{}
			for range atOnce {
				wg.Go(func() {
					for i := range turns {
						r := rand.New(rand.NewPCG(s.seed, uint64(i)))
						wants, lines := s.basket(r)
						if wants[scarce] == 0 {
							lines = append(lines, map[string]any{"variant": scarce.String(), "quantity": 1})
						}
						for _, l := range lines {
							if l["variant"] == scarce.String() {
								l["quantity"], wants[scarce] = 1, 1
							}
						}
						r.Shuffle(len(lines), func(a, b int) { lines[a], lines[b] = lines[b], lines[a] })
						b := s.buy(r, wants, lines, nil)
						mu.Lock()
						if b.number != "" {
							sold++
						} else {
							refused[b.refused]++
						}
						mu.Unlock()
					}
				})
			}
			wg.Wait()
			s.settle()
			for _, p := range processes {
				s.kill(p)
			}
			s.audit()
			left := s.db.Client.Variant.Query().Where(variant.ID(scarce.Key)).OnlyX(databasetest.System(t.Context())).Available
			t.Logf("%d sold, %d left, refused %v", sold, left, refused)
			if sold != units || left != 0 || refused["INSUFFICIENT_STOCK"] != customers-units {
				t.Errorf("of %d pieces %d are sold and %d left; refused were %v", units, sold, left, refused)
			}
		})
	}
}

// openAll starts two processes of one shop; SQLite's file has one.
func (s *street) openAll(engine databasetest.Engine) []*program {
	s.Helper()
	if engine == databasetest.SQLite {
		return []*program{s.open()}
	}
	return []*program{s.open(), s.open()}
}

// TestFaultEveryKeyCountsOnce sends each step of each checkout ten times at once, over all processes: the answers are equal,
// byte for byte, and there is one order.
func TestFaultEveryKeyCountsOnce(t *testing.T) {
	t.Parallel()
	const times = 10
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			s := newStreet(t, engine, 5)
			processes := s.openAll(engine)
			orders := sized(20, 1000)
			for i := range orders {
				r := rand.New(rand.NewPCG(s.seed, uint64(i)))
				key := fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64())
				wants, lines := s.basket(r)
				var created struct {
					CartCreate struct {
						Cart  struct{ ID string }
						Token string
					}
				}
				s.together(times, r, "", under(key, createCart), map[string]any{"lines": lines[:1]}, &created)
				b := &purchase{cart: created.CartCreate.Cart.ID, token: created.CartCreate.Token, wants: wants}
				if len(lines) > 1 {
					s.together(times, r, b.token, under(key, `mutation($in: CartLinesAddInput!) { cartLinesAdd(input: $in) @idempotent(key: "KEY-add") { cart { totalQuantity } userErrors { code } } }`),
						map[string]any{"cart": b.cart, "lines": lines[1:]}, &struct{}{})
				}
				input := map[string]any{
					"cart": b.cart, "email": "ann@customers.example",
					"shippingAddress": map[string]any{"name": "Ann Lee", "line1": "Mill Lane 2", "city": "Leeds", "country": "GB"},
				}
				s.together(times, r, b.token, under(key, startCheckout), input, &struct{}{})
				var placed struct {
					CheckoutComplete struct{ Order struct{ ID, Number string } }
				}
				for name, value := range card(r) {
					input[name] = value
				}
				s.together(times, r, b.token, under(key, completeCheckout), input, &placed)
				b.number = placed.CheckoutComplete.Order.Number
				if r.IntN(5) == 0 {
					s.together(times, r, b.token, under(key, cancelOrder), map[string]any{"id": placed.CheckoutComplete.Order.ID}, &struct{}{})
				}
				s.purchases = append(s.purchases, b)
			}
			s.settle()
			for _, p := range processes {
				s.kill(p)
			}
			s.audit()
			if n := s.db.Client.Order.Query().CountX(databasetest.System(t.Context())); n != orders {
				t.Errorf("%d orders came of %d keys", n, orders)
			}
		})
	}
}

// together sends a mutation many times at once, and reads the one answer.
func (s *street) together(times int, r *rand.Rand, token, query string, input, data any) {
	s.Helper()
	answers := make([]map[string]any, times)
	var wg sync.WaitGroup
	for i := range times {
		chance := rand.New(rand.NewPCG(r.Uint64(), uint64(i)))
		wg.Go(func() { s.insist(chance, token, query, input, &answers[i]) })
	}
	wg.Wait()
	for _, a := range answers[1:] {
		if fmt.Sprint(a) != fmt.Sprint(answers[0]) {
			s.Errorf("%s is answered by %v and by %v", query, answers[0], a)
		}
	}
	s.insist(r, token, query, input, data)
}

// TestFaultCutsLoseNoOrder cuts the connections to the database at random, and has others fall silent, while the provider
// loses a third of its answers and repeats and reorders its webhooks. SQLite has no connections: there the process is killed.
func TestFaultCutsLoseNoOrder(t *testing.T) {
	t.Parallel()
	const clients = 16
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			s := newStreet(t, engine, 20)
			orders, cuts, kills := sized(2000, 100_000), sized(200, 10_000), sized(20, 200)
			if engine == databasetest.SQLite {
				p := s.open()
				var trade sync.WaitGroup
				trade.Go(func() { s.trade(clients, orders) })
				s.fall(rand.New(rand.NewPCG(s.seed, 1<<61)), p, kills, orders/(2*kills))
				trade.Wait()
				t.Logf("%d kills", kills)
			} else {
				var proxies []*databasetest.Proxy
				for range 2 {
					proxy := databasetest.NewProxy(t, s.env["DATABASE_URL"])
					s.open("DATABASE_URL", proxy.Address(t, s.env["DATABASE_URL"]))
					proxies = append(proxies, proxy)
				}
				var trade sync.WaitGroup
				trade.Go(func() { s.trade(clients, orders) })
				hits := s.cut(proxies, cuts, orders)
				trade.Wait()
				for _, p := range proxies {
					p.Heal()
				}
				t.Logf("%d cuts: %v", cuts, hits)
			}
			s.settle()
			for _, p := range slices.Clone(s.doors) {
				s.kill(p)
			}
			s.audit()
		})
	}
}

// cut cuts so many connections while the orders come in, spread over them, at points and proxies by chance. It returns how
// often each point was hit.
func (s *street) cut(proxies []*databasetest.Proxy, cuts, orders int) map[string]int {
	s.Helper()
	r := rand.New(rand.NewPCG(s.seed, 1<<62))
	hits := map[string]int{}
	for i := range cuts {
		for s.done.Load() < int64(i)*int64(orders)/int64(cuts) {
			time.Sleep(time.Millisecond)
		}
		point, proxy := databasetest.Point(r.IntN(int(databasetest.Stalled)+1)), proxies[r.IntN(len(proxies))]
		fault := databasetest.Fault{Point: point, Skip: r.IntN(40)}
		if r.IntN(4) == 0 {
			fault.Text, fault.Skip = "COMMIT", r.IntN(3)
		}
		select {
		case <-proxy.Break(fault):
			hits[point.String()]++
			if point >= databasetest.Unheard {
				time.Sleep(time.Duration(50+r.IntN(250)) * time.Millisecond)
				proxy.Heal()
			}
		case <-time.After(time.Minute):
			s.Errorf("nothing passed that could be cut %s", point)
			return hits
		}
	}
	return hits
}
