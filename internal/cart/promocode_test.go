package cart_test

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/promotion"
	"galley/internal/cart"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/origin"
)

func (s shop) promotion(code string, change ...func(*ent.PromotionCreate)) {
	s.t.Helper()
	create := s.db.Client.Promotion.Create().SetName(code).SetCode(code).SetKind(promotion.KindPERCENTAGE).SetBasisPoints(1000).SetCurrency(gbp)
	for _, c := range change {
		c(create)
	}
	create.SaveX(s.system)
}

func (s shop) codes(ctx context.Context, id nodeid.ID, codes ...string) (*database.Outcome, error) {
	return s.carts.PromoCodesAdd(ctx, cart.PromoCodesInput{Cart: id, Codes: codes})
}

func (s shop) takes(id nodeid.ID, want ...string) {
	s.t.Helper()
	if got := s.row(id).PromoCodes; !slices.Equal(got, want) {
		s.t.Errorf("the cart takes %q, not %q", got, want)
	}
}

func TestPromoCodes(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		now := db.Now()
		s.promotion("WELCOME10")
		s.promotion("ETE_1")
		s.promotion("OVER", func(c *ent.PromotionCreate) { c.SetEndsAt(now) })
		s.promotion("SOON", func(c *ent.PromotionCreate) { c.SetStartsAt(now.Add(time.Hour)) })
		s.promotion("STOPPED", func(c *ent.PromotionCreate) { c.SetActive(false) })
		s.promotion("GONE", func(c *ent.PromotionCreate) { c.SetUsageLimit(2).SetUsed(2) })
		s.promotion("LEFT", func(c *ent.PromotionCreate) {
			c.SetUsageLimit(2).SetUsed(1).SetStartsAt(now).SetEndsAt(now.Add(time.Hour))
		})
		s.promotion("EURO", func(c *ent.PromotionCreate) { c.SetCurrency("EUR") })
		t.Run("are taken once, in capitals, in the order in which they come", func(t *testing.T) {
			s := s.in(t)
			ctx := s.guest()
			id := s.open(ctx)
			s.fine(id)(s.codes(ctx, id, " left\n", "welcome10", "LEFT"))
			s.fine(id)(s.codes(ctx, id, "Welcome10", "ete_1"))
			s.takes(id, "LEFT", "WELCOME10", "ETE_1")
			s.fine(id)(s.carts.PromoCodesRemove(ctx, cart.PromoCodesInput{Cart: id, Codes: []string{" left"}}))
			s.takes(id, "WELCOME10", "ETE_1")
			s.refused("PROMO_CODE_UNKNOWN codes/1")(s.carts.PromoCodesRemove(ctx, cart.PromoCodesInput{Cart: id, Codes: []string{"WELCOME10", "LEFT"}}))
			s.takes(id, "WELCOME10", "ETE_1")
			s.fine(id)(s.carts.PromoCodesRemove(ctx, cart.PromoCodesInput{Cart: id, Codes: []string{"WELCOME10", "ETE_1", "ETE_1"}}))
			s.takes(id)
		})
		t.Run("that take nothing off are told, and nothing changes", func(t *testing.T) {
			s := s.in(t)
			ctx := s.guest()
			id := s.open(ctx)
			s.refused("PROMO_CODE_UNKNOWN codes/1", "PROMO_CODE_EXPIRED codes/2", "PROMO_CODE_UNKNOWN codes/3", "PROMO_CODE_UNKNOWN codes/4",
				"PROMO_CODE_USED_UP codes/5", "PROMO_CODE_UNKNOWN codes/6")(s.codes(ctx, id, "WELCOME10", "NONE", "OVER", "SOON", "STOPPED", "GONE", "EURO"))
			hostile := []string{"", " ", "WELCOME%", "' OR '1'='1", "\x00", "WELCOME10\x00", strings.Repeat("X", 1<<16), "WELCOME10\xff"}
			var want []string
			for i := range hostile {
				want = append(want, fmt.Sprintf("PROMO_CODE_UNKNOWN codes/%d", i))
			}
			s.refused(want...)(s.codes(ctx, id, hostile...))
			s.takes(id)
		})
		t.Run("are ten at the most", func(t *testing.T) {
			s := s.in(t)
			ctx := s.guest()
			id := s.open(ctx)
			var codes []string
			for range cart.MaxPromoCodes + 1 {
				codes = append(codes, "MANY"+s.name())
				s.promotion(codes[len(codes)-1])
			}
			s.refused("TOO_MANY_PROMO_CODES codes")(s.codes(ctx, id, codes...))
			s.fine(id)(s.codes(ctx, id, codes[1:]...))
			s.refused("TOO_MANY_PROMO_CODES codes")(s.codes(ctx, id, codes[0]))
			s.fine(id)(s.codes(ctx, id, codes[1:]...))
			s.takes(id, codes[1:]...)
		})
		t.Run("of several tabs at once are all there", func(t *testing.T) {
			s := s.in(t)
			ctx := s.guest()
			id := s.open(ctx)
			var all sync.WaitGroup
			for range 8 {
				code := "TAB" + s.name()
				s.promotion(code)
				all.Go(func() {
					if out, err := s.codes(ctx, id, code); err != nil || len(out.UserErrors) > 0 {
						t.Errorf("got %+v, %v", out, err)
					}
				})
			}
			all.Wait()
			if got := s.row(id).PromoCodes; len(got) != 8 {
				t.Errorf("got %q", got)
			}
		})
	})
}

// TestGuessingCodes counts what is wrong by cart and by address; what is right costs nothing.
func TestGuessingCodes(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
			s := open(t, databasetest.Open(t, engine, func() time.Time { return at }))
			s.promotion("RIGHT")
			from := func(address string, ctx context.Context) context.Context {
				return origin.With(ctx, origin.Origin{Address: netip.MustParseAddr(address)})
			}
			ctx := from("192.0.2.1", s.guest())
			id := s.open(ctx)
			keeper := s.guest()
			other := s.open(keeper)
			for range 50 {
				s.fine(id)(s.codes(ctx, id, "RIGHT"))
			}
			for range 10 {
				s.refused("PROMO_CODE_UNKNOWN codes/0")(s.codes(ctx, id, "WRONG"))
			}
			s.failed(fault.RateLimited)(s.codes(ctx, id, "RIGHT"))
			stranger := from("192.0.2.7", s.guest())
			for range 12 { // whoever knows no more of a cart than its id uses up no tries of it
				if _, err := s.codes(stranger, other, "WRONG"); err == nil {
					t.Error("a stranger tries codes on a cart")
				}
			}
			s.fine(other)(s.codes(from("192.0.2.8", keeper), other, "RIGHT"))
			for range 20 { // the next carts of the same address
				ctx := from("192.0.2.1", s.guest())
				s.refused("PROMO_CODE_UNKNOWN codes/0")(s.codes(ctx, s.open(ctx), "WRONG"))
			}
			ctx = from("192.0.2.1", s.guest())
			s.failed(fault.RateLimited)(s.codes(ctx, s.open(ctx), "RIGHT"))
			ctx = from("192.0.2.2", s.guest())
			id = s.open(ctx)
			s.fine(id)(s.codes(ctx, id, "RIGHT"))
		})
	}
}
