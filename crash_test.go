//go:build faults && unix

package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"galley/ent"
	entcart "galley/ent/cart"
	entorder "galley/ent/order"
	"galley/ent/orderline"
	"galley/ent/payment"
	"galley/ent/product"
	"galley/ent/stockmovement"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/nodeid"
)

const (
	kills   = 8
	clients = 8
	pieces  = 1_000_000 // of each variant at the start
)

// purchase is what a client remembers of an order that it tried to place.
type purchase struct {
	cart, token, key string
	wants            map[nodeid.ID]int
	number           string // of the order that was acknowledged
}

// till is the shop and its clients' memory.
type till struct {
	t        *testing.T
	url      string // of the process that runs now
	variants []nodeid.ID

	mu           sync.Mutex
	purchases    []*purchase // whose checkout was sent
	acknowledged atomic.Int64
	resent       int
}

// A process that is killed while it takes orders has kept each order that it confirmed, and no half
// of any other.
func TestFaultKillLosesNoOrder(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			env, url := freshShop(t, engine)
			shop := &till{t: t, variants: stocked(t, url)}
			for range kills {
				p := launch(t, env)
				shop.url = p.url
				shop.resendSome()
				shop.shopUntilKilled(p)
			}
			p := launch(t, env)
			shop.url = p.url
			shop.resendSome()
			p.stop()
			shop.audit(url)
		})
	}
}

// stocked puts ten variants on sale.
func stocked(t *testing.T, url string) (variants []nodeid.ID) {
	t.Helper()
	ctx := databasetest.System(t.Context())
	db, err := database.Open(ctx, database.Options{URL: url, Instance: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		name := fmt.Sprint("mug-", i)
		p := db.Client.Product.Create().SetTitle(name).SetSlug(name).SetTitleKey([]byte(name)).
			SetStatus(product.StatusPUBLISHED).SetCurrency("GBP").SaveX(ctx)
		v := db.Client.Variant.Create().SetSku(name).SetPriceAmount(295).SetCurrency("GBP").SetAvailable(pieces).
			SetProductID(p.ID).SaveX(ctx)
		variants = append(variants, v.NodeID())
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return variants
}

// shopUntilKilled lets clients order, and kills the process at some moment.
func (s *till) shopUntilKilled(p *program) {
	s.t.Helper()
	var wg sync.WaitGroup
	defer wg.Wait()
	defer p.stop()
	enough := s.acknowledged.Load() + 15 + rand.Int64N(40)
	for range clients {
		wg.Go(func() {
			for s.buy() {
			}
		})
	}
	for deadline := time.Now().Add(5 * time.Minute); s.acknowledged.Load() < enough; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("orders do not come in\n%s", p.out.String())
		}
	}
	time.Sleep(time.Duration(rand.IntN(30)) * time.Millisecond) // nothing depends on it
}

// buy goes from a new cart to an order, and tells whether the process answered.
func (s *till) buy() bool {
	wants, lines := map[nodeid.ID]int{}, []map[string]any{}
	for _, i := range rand.Perm(len(s.variants))[:1+rand.IntN(4)] {
		n := 1 + rand.IntN(3)
		wants[s.variants[i]] = n
		lines = append(lines, map[string]any{"variant": s.variants[i].String(), "quantity": n})
	}
	var created struct {
		CartCreate struct {
			Cart  struct{ ID string }
			Token string
		}
	}
	if !s.ask("", `mutation($in: CartCreateInput!) { cartCreate(input: $in) { cart { id } token } }`,
		map[string]any{"lines": lines[:1]}, &created) {
		return false
	}
	b := &purchase{cart: created.CartCreate.Cart.ID, token: created.CartCreate.Token, wants: wants, key: fmt.Sprintf("key-%016x", rand.Uint64())}
	if len(lines) > 1 {
		var added struct {
			CartLinesAdd struct{ Cart struct{ ID string } }
		}
		if !s.ask(b.token, `mutation($in: CartLinesAddInput!) { cartLinesAdd(input: $in) @idempotent(key: "the other lines") { cart { id } } }`,
			map[string]any{"cart": b.cart, "lines": lines[1:]}, &added) {
			return false
		}
	}
	s.mu.Lock()
	s.purchases = append(s.purchases, b)
	s.mu.Unlock()
	return s.checkout(b)
}

// checkout sends the order, and remembers whether it was acknowledged.
func (s *till) checkout(b *purchase) bool {
	var placed struct {
		CheckoutComplete struct {
			Order      struct{ Number string }
			UserErrors []struct{ Message string }
		}
	}
	address := map[string]any{"name": "Ann Lee", "line1": "Mill Lane 2", "city": "Leeds", "country": "GB"}
	if !s.ask(b.token, `mutation($in: CheckoutCompleteInput!) { checkoutComplete(input: $in) @idempotent(key: "`+b.key+`") { order { number } userErrors { message } } }`,
		map[string]any{"cart": b.cart, "email": "ann@customers.example", "shippingAddress": address}, &placed) {
		return false
	}
	b.number = placed.CheckoutComplete.Order.Number
	if b.number == "" {
		s.t.Errorf("the order was refused: %+v", placed)
	}
	s.acknowledged.Add(1)
	return true
}

// ask sends a mutation. A process that was killed does not answer; one that answers has no error.
func (s *till) ask(token, query string, input, data any) bool {
	ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Minute)
	defer cancel()
	a, err := post(ctx, s.url, token, query, map[string]any{"in": input})
	if err != nil {
		return false
	}
	if err := a.read(data); err != nil {
		s.t.Errorf("%s\n%v", query, err)
		return false
	}
	return true
}

// resendSome sends every other order that nobody answered again, as a client does that wants to know.
func (s *till) resendSome() {
	for i, b := range s.purchases {
		if b.number == "" && i%2 == 0 {
			s.resent++
			if !s.checkout(b) {
				s.t.Error("no answer to an order that was sent again")
			}
		}
	}
}

// audit compares what the clients were told with what is there.
func (s *till) audit(url string) {
	s.t.Helper()
	ctx := databasetest.System(s.t.Context())
	db, err := database.Open(ctx, database.Options{URL: url, Instance: 1})
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	orders, lost, doubled, whole := 0, 0, 0, 0
	for _, b := range s.purchases {
		found := s.ordersOf(ctx, db.Client, b)
		orders += len(found)
		switch {
		case b.number != "" && (len(found) == 0 || found[0].Number != b.number):
			lost++
		case len(found) > 1:
			doubled++
		case len(found) == 1 && b.number == "":
			whole++
		}
		for _, o := range found {
			s.complete(ctx, db.Client, o, b)
		}
	}
	s.t.Logf("%d kills: %d orders sent, %d acknowledged, %d of them sent again; %d lost, %d doubled; %d there that nobody was told of",
		kills, len(s.purchases), s.acknowledged.Load(), s.resent, lost, doubled, whole)
	if all := db.Client.Order.Query().CountX(ctx); lost > 0 || doubled > 0 || all != orders {
		s.t.Errorf("%d orders are lost and %d doubled, of %d", lost, doubled, all)
	}
	if s.acknowledged.Load() < kills*15 {
		s.t.Errorf("%d orders prove nothing", s.acknowledged.Load())
	}
	s.stock(ctx, db.Client)
}

// ordersOf is what was placed from a purchase's cart.
func (s *till) ordersOf(ctx context.Context, c *ent.Client, b *purchase) []*ent.Order {
	s.t.Helper()
	id, err := nodeid.Parse(b.cart)
	if err != nil {
		s.t.Fatal(err)
	}
	from := c.Cart.GetX(ctx, id.Key)
	found := c.Order.Query().Where(entorder.TokenHash(from.TokenHash)).AllX(ctx)
	if (len(found) > 0) != (from.Status == entcart.StatusORDERED) {
		s.t.Errorf("%d orders came of a cart that is %s", len(found), from.Status)
	}
	return found
}

// complete checks that nothing of an order is missing.
func (s *till) complete(ctx context.Context, c *ent.Client, o *ent.Order, b *purchase) {
	s.t.Helper()
	lines, moved := map[nodeid.ID]int{}, map[nodeid.ID]int{}
	for _, l := range c.OrderLine.Query().Where(orderline.OrderID(o.ID)).AllX(ctx) {
		lines[nodeid.Variant.ID(*l.VariantID)] += l.Quantity
	}
	for _, m := range c.StockMovement.Query().Where(stockmovement.OrderID(o.ID)).AllX(ctx) {
		moved[nodeid.Variant.ID(m.VariantID)] -= m.Quantity
	}
	payments := c.Payment.Query().Where(payment.OrderID(o.ID)).CountX(ctx)
	if !maps.Equal(lines, b.wants) || !maps.Equal(moved, b.wants) || payments != 1 {
		s.t.Errorf("order %s has lines %v, movements %v and %d payments; wanted was %v", o.Number, lines, moved, payments, b.wants)
	}
}

// stock checks that the pieces that are gone are the pieces that were ordered.
func (s *till) stock(ctx context.Context, c *ent.Client) {
	s.t.Helper()
	sold := map[int64]int{}
	for _, l := range c.OrderLine.Query().AllX(ctx) {
		sold[*l.VariantID] += l.Quantity
	}
	for _, v := range c.Variant.Query().AllX(ctx) {
		if v.Available != pieces-sold[v.ID] || !slices.Contains(s.variants, v.NodeID()) {
			s.t.Errorf("of %s %d pieces are sold, and %d there", v.Sku, sold[v.ID], v.Available)
		}
	}
}
