//go:build faults && unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"galley/ent/product"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/nodeid"
	"galley/internal/payment/stripe/stripetest"
)

// sized is how much a test does: little in CI, all of it in make torture.
func sized(little, all int) int {
	if os.Getenv("GALLEY_TORTURE") != "" {
		return all
	}
	return little
}

// seedOf is what a test's chances are made of: GALLEY_SEED, or another each time. It is logged, for whoever wants the same again.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	seed := rand.Uint64()
	if text := os.Getenv("GALLEY_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("GALLEY_SEED: %v", err)
		}
	}
	t.Logf("GALLEY_SEED=%d", seed)
	return seed
}

const pieces = 1_000_000 // of each variant at the start, where they shall not run out

// street is a shop whose processes come and go, who takes its payments, and what its customers remember.
type street struct {
	*testing.T
	db       *database.DB // looks on, past all that is broken
	env      map[string]string
	seed     uint64
	provider *stripetest.Server
	variants []nodeid.ID

	wanted, done atomic.Int64 // orders

	mu        sync.Mutex
	doors     []*program
	purchases []*purchase
}

// purchase is what a customer remembers of an order that they tried to place.
type purchase struct {
	key, cart, token string
	wants            map[nodeid.ID]int
	number, order    string // of the order that was acknowledged
	refused          string // the first code of what there was to mend
}

// newStreet makes a shop of some variants, with a provider that loses a third of its answers, repeats its webhooks and sends
// them in any order.
func newStreet(t *testing.T, engine databasetest.Engine, variants int) *street {
	t.Helper()
	env, url := freshShop(t, engine)
	s := &street{T: t, seed: seedOf(t), env: env}
	s.provider = stripetest.Start(t, stripetest.Options{Seed: s.seed, Faults: stripetest.Faults{
		Lose: 1. / 3, Delay: 20 * time.Millisecond, Repeat: 0.3, Spread: 300 * time.Millisecond,
	}})
	for name, value := range map[string]string{
		"GALLEY_MODE": "development", "GALLEY_SMTP_URL": "", "GALLEY_PAYMENT_CARD": "stripe",
		"GALLEY_STRIPE_URL": s.provider.URL, "GALLEY_STRIPE_KEY": s.provider.Key(), "GALLEY_STRIPE_WEBHOOK_SECRET": s.provider.Secret(),
	} {
		env[name] = value
	}
	db, err := database.Open(t.Context(), database.Options{URL: url, Instance: 1000})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s.db = db
	for i := range variants {
		s.stock(fmt.Sprint("mug-", i), pieces)
	}
	return s
}

// stock puts a variant on sale.
func (s *street) stock(sku string, n int) nodeid.ID {
	s.Helper()
	ctx := databasetest.System(s.Context())
	p := s.db.Client.Product.Create().SetTitle(sku).SetSlug(sku).SetTitleKey([]byte(sku)).SetStatus(product.StatusPUBLISHED).SetCurrency("GBP").SaveX(ctx)
	v := s.db.Client.Variant.Create().SetSku(sku).SetPriceAmount(295).SetCurrency("GBP").SetAvailable(n).SetOpening(n).SetProductID(p.ID).SaveX(ctx)
	s.variants = append(s.variants, v.NodeID())
	return v.NodeID()
}

// open starts a process, with other settings than the shop's where some are told.
func (s *street) open(settings ...string) *program {
	s.Helper()
	env := map[string]string{}
	for name, value := range s.env {
		env[name] = value
	}
	for i := 0; i < len(settings); i += 2 {
		env[settings[i]] = settings[i+1]
	}
	p := launch(s.T, env)
	s.mu.Lock()
	s.doors = append(s.doors, p)
	s.mu.Unlock()
	s.hear()
	return p
}

// kill ends a process in the midst of whatever it does.
func (s *street) kill(p *program) {
	s.mu.Lock()
	s.doors = slices.DeleteFunc(s.doors, func(d *program) bool { return d == p })
	s.mu.Unlock()
	p.stop()
	s.sane(p)
}

// sane checks what a process said.
func (s *street) sane(p *program) {
	s.Helper()
	if text := p.out.String(); strings.Contains(text, "DATA RACE") || strings.Contains(text, "panic") {
		s.Errorf("the process said\n%s", text)
	}
}

// hear has the provider's webhooks go to the processes that run.
func (s *street) hear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	var urls []string
	for _, d := range s.doors {
		urls = append(urls, d.url+"/webhooks/stripe")
	}
	s.provider.Subscribe(urls...)
}

// door is the address of some process.
func (s *street) door(r *rand.Rand) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.doors) == 0 {
		return "http://127.0.0.1:1"
	}
	return s.doors[r.IntN(len(s.doors))].url
}

// passing are the codes of what a customer tries again under the same key.
var passing = []string{"UNAVAILABLE", "OUTCOME_UNKNOWN"}

// insist sends a mutation until somebody answers it.
func (s *street) insist(r *rand.Rand, token, query string, input, data any) bool {
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); time.Sleep(time.Duration(20+r.IntN(60)) * time.Millisecond) {
		ctx, cancel := context.WithTimeout(s.Context(), 30*time.Second)
		a, err := post(ctx, s.door(r), token, query, map[string]any{"in": input})
		cancel()
		if s.Context().Err() != nil {
			return false
		}
		if err != nil || len(a.Errors) > 0 && slices.Contains(passing, a.Errors[0].Extensions.Code) {
			continue
		}
		if err := a.read(data); err != nil {
			s.Errorf("%s\n%v", query, err)
			return false
		}
		return true
	}
	s.Errorf("nobody answers %s", query)
	return false
}

// basket is what a customer wants: some variants, in any order.
func (s *street) basket(r *rand.Rand) (map[nodeid.ID]int, []map[string]any) {
	wants, lines := map[nodeid.ID]int{}, []map[string]any{}
	for _, i := range r.Perm(len(s.variants))[:1+r.IntN(min(4, len(s.variants)))] {
		n := 1 + r.IntN(3)
		wants[s.variants[i]] = n
		lines = append(lines, map[string]any{"variant": s.variants[i].String(), "quantity": n})
	}
	return wants, lines
}

const (
	createCart       = `mutation($in: CartCreateInput!) { cartCreate(input: $in) @idempotent(key: "KEY-cart") { cart { id } token userErrors { code } } }`
	startCheckout    = `mutation($in: CheckoutStartInput!) { checkoutStart(input: $in) @idempotent(key: "KEY-start") { cart { id } userErrors { code message } } }`
	completeCheckout = `mutation($in: CheckoutCompleteInput!) { checkoutComplete(input: $in) @idempotent(key: "KEY-complete") { order { id number } userErrors { code message } } }`
	cancelOrder      = `mutation($in: OrderCancelInput!) { orderCancel(input: $in) @idempotent(key: "KEY-cancel") { order { id } userErrors { code } } }`
)

func under(key, query string) string { return strings.Replace(query, "KEY", key, 1) }

type coded []struct{ Code, Message string }

// buy goes from a new cart to an answer about an order.
func (s *street) buy(r *rand.Rand, wants map[nodeid.ID]int, lines []map[string]any, payment map[string]any) *purchase {
	b := &purchase{key: fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64()), wants: wants}
	var created struct {
		CartCreate struct {
			Cart       struct{ ID string }
			Token      string
			UserErrors coded
		}
	}
	if !s.insist(r, "", under(b.key, createCart), map[string]any{"lines": lines}, &created) {
		return b
	}
	if e := created.CartCreate.UserErrors; len(e) > 0 {
		b.refused = e[0].Code
		return b
	}
	b.cart, b.token = created.CartCreate.Cart.ID, created.CartCreate.Token
	s.mu.Lock()
	s.purchases = append(s.purchases, b)
	s.mu.Unlock()
	input := map[string]any{
		"cart": b.cart, "email": "ann@customers.example",
		"shippingAddress": map[string]any{"name": "Ann Lee", "line1": "Mill Lane 2", "city": "Leeds", "country": "GB"},
	}
	if r.IntN(2) == 0 {
		var started struct{ CheckoutStart struct{ UserErrors coded } }
		if !s.insist(r, b.token, under(b.key, startCheckout), input, &started) {
			return b
		}
		if e := started.CheckoutStart.UserErrors; len(e) > 0 {
			b.refused = e[0].Code
			return b
		}
	}
	for name, value := range payment {
		input[name] = value
	}
	var placed struct {
		CheckoutComplete struct {
			Order      *struct{ ID, Number string }
			UserErrors coded
		}
	}
	if !s.insist(r, b.token, under(b.key, completeCheckout), input, &placed) {
		return b
	}
	if e := placed.CheckoutComplete.UserErrors; len(e) > 0 {
		b.refused = e[0].Code
		return b
	}
	b.number, b.order = placed.CheckoutComplete.Order.Number, placed.CheckoutComplete.Order.ID
	return b
}

// card is how a customer pays: most well, some with a card that is declined, that asks first, or given to the provider later.
func card(r *rand.Rand) map[string]any {
	pay := map[string]any{"payment": "CARD", "returnUrl": "http://127.0.0.1:1/back"}
	switch n := r.IntN(10); {
	case n < 6:
		pay["instrument"] = stripetest.Visa
	case n == 6:
		pay["instrument"] = stripetest.Declined
	case n == 7:
		pay["instrument"] = stripetest.ThreeDSecure
	case n == 8:
		delete(pay, "returnUrl") // and the card is given by the provider's script
	default:
		return nil // by invoice
	}
	return pay
}

// trade has customers buy, and some of them cancel, until so many have been answered. Each has chances of their own.
func (s *street) trade(clients, orders int) {
	s.Helper()
	var wg sync.WaitGroup
	s.wanted.Store(int64(orders))
	turns := make(chan int, orders)
	for i := range orders {
		turns <- i
	}
	close(turns)
	for range clients {
		wg.Go(func() {
			for i := range turns {
				r := rand.New(rand.NewPCG(s.seed, uint64(i)))
				wants, lines := s.basket(r)
				b := s.buy(r, wants, lines, card(r))
				s.done.Add(1)
				if b.refused != "" {
					s.Errorf("an order was refused: %s", b.refused)
				}
				if b.order != "" && r.IntN(10) == 0 {
					var cancelled json.RawMessage
					s.insist(r, b.token, under(b.key, cancelOrder), map[string]any{"id": b.order}, &cancelled)
				}
			}
		})
	}
	wg.Wait()
}
