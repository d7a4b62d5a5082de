package checkout_test

import (
	"context"
	"testing"

	"galley/ent/order"
	"galley/internal/cart"
	"galley/internal/checkout"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/nodeid"
	"galley/internal/payment"
)

func TestReplay(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		under := func(ctx context.Context, key string) context.Context {
			return database.WithRequest(ctx, database.Request{Scope: "x", Key: key, Hash: []byte("x")})
		}
		t.Run("a replay gives the order again, as it is by then", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant()
			id := s.fill(ctx, of(v, 2))
			first := s.placed(s.checkouts.Complete(under(ctx, "a"), plain(id)))
			s.cancelled(first)
			again := s.placed(s.checkouts.Complete(under(ctx, "a"), plain(id)))
			if again.ID != first.ID || again.Number != first.Number || again.Status != order.StatusCANCELLED || s.left(v) != 8 {
				t.Errorf("got %+v", again)
			}
		})
		t.Run("a replay of what was refused refuses again, and a new key may succeed", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant()
			id := s.fill(ctx, of(v, 2))
			v.Update().SetAvailable(1).ExecX(s.system)
			first := s.refused(under(ctx, "b"), plain(id), "INSUFFICIENT_STOCK cart")
			v.Update().SetAvailable(2).ExecX(s.system)
			if again := s.refused(under(ctx, "b"), plain(id), "INSUFFICIENT_STOCK cart"); again.UserErrors[0].Message != first.UserErrors[0].Message {
				t.Errorf("it says %q", again.UserErrors[0].Message)
			}
			s.placed(s.checkouts.Complete(under(ctx, "c"), plain(id)))
		})
	})
}

func TestStatements(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		o := options(db)
		o.Payments.Gateways, o.Payments.Card = payment.Gateways{"till": &till{asked: map[string]int{}}}, "till"
		s.checkouts = checkout.New(o)
		measure := func(lines []cart.LineInput, ctx context.Context, in checkout.CompleteInput, key string, codes ...string) int {
			in.Cart = s.with(s.fill(ctx, lines...), codes...)
			if key != "" {
				ctx = database.WithRequest(ctx, database.Request{Scope: "x", Key: key, Hash: []byte("x")})
			}
			ctx, counter := database.WithCounter(ctx)
			s.placed(s.checkouts.Complete(ctx, in))
			return counter.Statements()
		}
		account, guest, cardGuest := plain(nodeid.ID{}), by("a@b.example", nodeid.ID{}), byCard(nodeid.ID{}, "good")
		cardAccount := cardGuest
		cardAccount.Email, cardAccount.ShippingAddress = nil, nil
		cardGuest.Email, cardGuest.ShippingAddress = guest.Email, guest.ShippingAddress
		s.code("TEN", nil)
		s.method("Post", "GB", 300)
		for _, n := range []int{1, 3, 50} {
			var lines, limited []cart.LineInput
			started := func(lines []cart.LineInput, ctx context.Context, in checkout.CompleteInput, codes ...string) (start, complete int) {
				in.Cart = s.with(s.fill(ctx, lines...), codes...)
				counted, counter := database.WithCounter(ctx)
				out, err := s.checkouts.Start(counted, checkout.StartInput{Cart: in.Cart, Email: in.Email, ShippingAddress: in.ShippingAddress})
				if err != nil || len(out.UserErrors) > 0 {
					t.Fatalf("got %+v, %v", out, err)
				}
				counted, completing := database.WithCounter(ctx)
				s.placed(s.checkouts.Complete(counted, in))
				return counter.Statements(), completing.Statements()
			}
			for range n {
				lines, limited = append(lines, of(s.variant(), 1)), append(limited, of(s.variant(limit(5)), 1))
			}
			start, complete := started(lines, s.visitor(), guest, "TEN")
			_, card := started(lines, s.visitor(), cardGuest)
			all, end := started(limited, s.shopper(), cardAccount, "TEN")
			for _, c := range []struct {
				name             string
				got              int
				postgres, sqlite int
			}{
				{"a guest", measure(lines, s.visitor(), guest, ""), 8, 13},
				{"a shopper with e-mail and address from the account", measure(lines, s.shopper(), account, ""), 8, 13},
				{"and with purchase limits", measure(limited, s.shopper(), account, ""), 9, 14},
				{"and an idempotency key", measure(limited, s.shopper(), account, s.name()), 12, 17},
				{"and a code, all of it in one call", measure(limited, s.shopper(), account, "", "TEN"), 10, 16},
				{"and settled by card in the same call, in a transaction of its own", measure(limited, s.shopper(), cardAccount, "", "TEN"), 13, 28},
				{"a guest begins, with a code", start, 8, 10},
				{"and completes", complete, 5, 12},
				{"a shopper begins, with limits, a code and an address from the account", all, 9, 11},
				{"and completes by card", end, 10, 26},
				{"a guest completes by card, which is good", card, 7, 22},
			} {
				want := c.sqlite
				if db.Postgres() {
					want = c.postgres
				}
				if c.got != want {
					t.Errorf("%s, %d lines: %d statements instead of %d", c.name, n, c.got, want)
				}
			}
		}
	})
}
