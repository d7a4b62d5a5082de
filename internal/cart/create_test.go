package cart_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"galley/internal/cart"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/token"
	"galley/internal/viewer"
)

func TestCreate(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		carts := func() int { return db.Client.Cart.Query().CountX(s.system) }

		t.Run("a shopper's cart belongs to the account, without a token", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			out, err := s.carts.Create(ctx, cart.CreateInput{})
			if err != nil || out.Token != nil || len(out.UserErrors) > 0 {
				t.Fatalf("got %+v, %v", out, err)
			}
			c := db.Client.Cart.GetX(ctx, out.Key)
			if c.UserID == nil || *c.UserID != viewer.From(ctx).UserID || c.TokenHash != nil || c.Currency != gbp || c.Status != "OPEN" {
				t.Errorf("got %+v", c)
			}
		})
		t.Run("a visitor's cart has a token, of which a hash is stored", func(t *testing.T) {
			s := s.in(t)
			out, err := s.carts.Create(s.visitor(), cart.CreateInput{})
			if err != nil || out.Token == nil {
				t.Fatalf("got %+v, %v", out, err)
			}
			if !token.Valid(cart.TokenPrefix, *out.Token, cart.TokenBytes) {
				t.Errorf("%q is no cart's token", *out.Token)
			}
			c := db.Client.Cart.GetX(s.system, out.Key)
			if c.UserID != nil || !bytes.Equal(c.TokenHash, token.Hash(*out.Token)) {
				t.Errorf("got %+v", c)
			}
		})
		t.Run("a visitor holds the cart for the rest of the operation", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.visitor(), s.variant()
			id := s.open(ctx)
			if kind := viewer.From(ctx).Kind; kind != viewer.Guest {
				t.Errorf("the viewer is of kind %d", kind)
			}
			s.fine(id)(s.add(ctx, id, of(v, 2)))
		})
		t.Run("a guest who opens another cart gets another token", func(t *testing.T) {
			s := s.in(t)
			ctx := s.visitor()
			first := s.open(ctx)
			before := viewer.From(ctx).CartToken
			second := s.open(ctx)
			if first == second || bytes.Equal(before, viewer.From(ctx).CartToken) {
				t.Error("it is the same")
			}
		})
		t.Run("an API key keeps its permissions beside the token", func(t *testing.T) {
			s := s.in(t)
			ctx := viewer.With(t.Context(), viewer.Viewer{Kind: viewer.APIKey, Permissions: []viewer.Permission{viewer.OrderRead}})
			id := s.open(ctx)
			if v := viewer.From(ctx); v.Kind != viewer.APIKey || !v.Has(viewer.OrderRead) {
				t.Errorf("became %+v", v)
			}
			s.fine(id)(s.add(ctx, id))
		})
		t.Run("a cart is opened with lines", func(t *testing.T) {
			s := s.in(t)
			a, b := s.variant(), s.variant()
			id := s.open(s.visitor(), of(b, 2), of(a, 1), of(b, 3))
			s.holds(id, "5×"+b.Sku+" 1×"+a.Sku)
		})
		t.Run("with a bad line there is no cart, and no token", func(t *testing.T) {
			s := s.in(t)
			ctx, before := s.visitor(), carts()
			out, err := s.carts.Create(ctx, cart.CreateInput{Lines: []cart.LineInput{of(s.variant(), 2), of(s.variant(), 11)}})
			s.refused("INSUFFICIENT_STOCK lines/1/quantity")(&out.Outcome, err)
			if out.Token != nil || carts() != before || viewer.From(ctx).Kind != viewer.Anonymous {
				t.Errorf("got %+v, %d carts", out, carts()-before)
			}
		})
	})
}

func TestCreateUnderAnIdempotencyKey(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		under := func(ctx context.Context, scope, key string) context.Context {
			return database.WithRequest(ctx, database.Request{Scope: scope, Key: key, Hash: []byte("x")})
		}
		const key = "0f3a9c52-5f0e-4c19-9d0e-6a5f6f5f3b11"

		t.Run("a replay gives the same cart and the same token, and holds it", func(t *testing.T) {
			s := s.in(t)
			v := s.variant()
			first, err := s.carts.Create(under(s.visitor(), "field:cartCreate", key), cart.CreateInput{Lines: []cart.LineInput{of(v, 1)}})
			if err != nil || first.Token == nil {
				t.Fatalf("got %+v, %v", first, err)
			}
			ctx := s.visitor()
			again, err := s.carts.Create(under(ctx, "field:cartCreate", key), cart.CreateInput{Lines: []cart.LineInput{of(v, 1)}})
			if err != nil || again.Token == nil || again.Key != first.Key || *again.Token != *first.Token {
				t.Fatalf("got %+v, %v; first %+v", again, err, first)
			}
			id := nodeid.Cart.ID(again.Key)
			s.fine(id)(s.add(ctx, id, of(v, 1)))
			s.holds(id, "2×"+v.Sku)
			if stored := db.Client.IdempotencyKey.Query().FirstX(s.system).Outcome; strings.Contains(string(stored), *first.Token) {
				t.Error("the token is stored")
			}
		})
		t.Run("another key, or the same of another caller, gives another token", func(t *testing.T) {
			s := s.in(t)
			seen := map[string]bool{}
			for _, c := range []struct{ scope, key string }{
				{"field:cartCreate", key + "1"}, {"field:cartCreate", key + "2"}, {"cart:aa", key + "1"}, {"cart:bb", key + "1"},
			} {
				out, err := s.carts.Create(under(s.guest(), c.scope, c.key), cart.CreateInput{})
				if err != nil || out.Token == nil || seen[*out.Token] {
					t.Fatalf("got %+v, %v", out, err)
				}
				seen[*out.Token] = true
			}
		})
		t.Run("a key that can be guessed is refused without an account", func(t *testing.T) {
			s := s.in(t)
			_, err := s.carts.Create(under(s.guest(), "cart:aa", "123456789012345678901"), cart.CreateInput{})
			s.failed(fault.BadUserInput)(nil, err)
			out, err := s.carts.Create(under(s.shopper(), "user:1", "12345678"), cart.CreateInput{})
			if err != nil || out.Key == 0 || out.Token != nil {
				t.Errorf("with an account: %+v, %v", out, err)
			}
		})
		t.Run("a replay of what was refused gives no token", func(t *testing.T) {
			s := s.in(t)
			lines := []cart.LineInput{of(s.variant(), 0)}
			for range 2 {
				ctx := s.visitor()
				out, err := s.carts.Create(under(ctx, "field:cartCreate", key+"3"), cart.CreateInput{Lines: lines})
				s.refused("INVALID_QUANTITY lines/0/quantity")(&out.Outcome, err)
				if out.Token != nil || viewer.From(ctx).Kind != viewer.Anonymous {
					t.Errorf("got %+v", out)
				}
			}
		})
	})
}
