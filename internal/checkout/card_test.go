package checkout_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"

	"galley/ent"
	"galley/ent/order"
	entpayment "galley/ent/payment"
	"galley/internal/checkout"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/nodeid"
	"galley/internal/payment"
)

// till takes cards, and counts how often it was asked under each key.
type till struct {
	mu    sync.Mutex
	asked map[string]int
}

func (g *till) Name() string { return "till" }

func (g *till) Authorise(_ context.Context, a payment.Authorisation) (payment.Answer, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked[a.Key]++
	switch a.Instrument {
	case "declined":
		return payment.Answer{}, payment.ErrDeclined{Message: "No money"}
	case "lost":
		return payment.Answer{}, errors.New("no answer")
	case "":
		return payment.Answer{Reference: "ref-" + a.Key, RedirectURL: a.ReturnURL, Facts: []payment.Fact{{ID: a.Key + ":asked", Kind: payment.ActionRequired}}}, nil
	}
	return payment.Answer{Reference: "ref-" + a.Key, Facts: []payment.Fact{{ID: a.Key + ":held", Kind: payment.Authorised, Amount: a.Amount.Amount}}}, nil
}

func (g *till) Capture(context.Context, payment.Request) (payment.Answer, error) {
	return payment.Answer{}, errors.New("not now")
}

func (g *till) Refund(context.Context, payment.Request) (payment.Answer, error) {
	return payment.Answer{}, errors.New("not now")
}

func (g *till) Void(context.Context, payment.Request) (payment.Answer, error) {
	return payment.Answer{}, errors.New("not now")
}

func (g *till) Lookup(context.Context, string) (payment.Answer, error) { return payment.Answer{}, nil }

func (g *till) Notice(http.Header, []byte) ([]payment.Notice, error) { return nil, nil }

// byCard is the input of somebody who pays by card.
func byCard(id nodeid.ID, instrument string) checkout.CompleteInput {
	in := plain(id)
	in.Payment, in.Instrument = entpayment.MethodCARD, &instrument
	if instrument == "" {
		in.Instrument = nil
	}
	return in
}

func TestCards(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		g := &till{asked: map[string]int{}}
		o := options(db)
		o.Payments.Gateways, o.Payments.Card = payment.Gateways{"till": g}, "till"
		s.checkouts = checkout.New(o)
		payOf := func(s shop, o *ent.Order) *ent.Payment {
			return db.Client.Payment.Query().Where(entpayment.OrderID(o.ID)).OnlyX(s.system)
		}
		t.Run("a card that is good places the order in the same call", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant()
			o := s.placed(s.checkouts.Complete(ctx, byCard(s.fill(ctx, of(v, 2)), "good")))
			if p := payOf(s, o); o.Status != order.StatusPLACED || p.Status != entpayment.StatusAUTHORISED || p.AuthorisedAmount != 590 || s.left(v) != 8 {
				t.Errorf("the order is %s, paid by %+v", o.Status, p)
			}
		})
		t.Run("one that is refused, or unheard of, leaves the order waiting with its pieces", func(t *testing.T) {
			for instrument, want := range map[string]entpayment.Status{"declined": entpayment.StatusFAILED, "lost": entpayment.StatusPENDING, "": entpayment.StatusREQUIRES_ACTION} {
				s := s.in(t)
				ctx, v := s.shopper(), s.variant()
				in := byCard(s.fill(ctx, of(v, 2)), instrument)
				back := "https://shop.example/paid"
				in.ReturnURL = &back
				o := s.placed(s.checkouts.Complete(ctx, in))
				p := payOf(s, o)
				if o.Status != order.StatusPENDING_PAYMENT || p.Status != want || s.left(v) != 8 || o.ExpiresAt == nil {
					t.Errorf("the order is %s, the payment %s", o.Status, p.Status)
				}
				if want == entpayment.StatusREQUIRES_ACTION && p.RedirectURL != back {
					t.Errorf("the shopper goes to %q", p.RedirectURL)
				}
			}
		})
		t.Run("asked again, it goes on with what nobody has heard of", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			in := byCard(s.fill(ctx, of(s.variant(), 1)), "lost")
			first := s.placed(s.checkouts.Complete(ctx, in))
			if again := s.placed(s.checkouts.Complete(ctx, in)); again.ID != first.ID {
				t.Errorf("it became %s", again.Number)
			}
			asked := 0
			for _, n := range g.asked {
				asked = max(asked, n)
			}
			if asked != 2 {
				t.Errorf("asked %d times under one key", asked)
			}
		})
		t.Run("what costs nothing waits for nothing", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			if o := s.placed(s.checkouts.Complete(ctx, byCard(s.fill(ctx, of(s.variant(price(0)), 1)), "good"))); o.Status != order.StatusPLACED {
				t.Errorf("the order is %s", o.Status)
			}
		})
		t.Run("means that make no sense are refused", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			id := s.fill(ctx, of(s.variant(), 1))
			manual, card := plain(id), "good"
			manual.Instrument = &card
			s.refused(ctx, manual, "INVALID instrument")
			for _, bad := range []string{" ", "a b", "é", "x\n"} {
				s.refused(ctx, byCard(id, bad), "INVALID instrument")
			}
			for _, bad := range []string{"", "shop.example", "https://evil.example/", "http://shop.example/", "https://shop.example.evil.example/", "https://u@shop.example/", "javascript:alert(1)", "https://shop.example:444/"} {
				in := byCard(id, "good")
				in.ReturnURL = &bad
				s.refused(ctx, in, "INVALID returnUrl")
			}
			in := byCard(id, "good")
			local := "http://127.0.0.1:3000/paid"
			in.ReturnURL = &local
			s.placed(s.checkouts.Complete(ctx, in))
		})
		t.Run("a shop without a gateway takes no cards", func(t *testing.T) {
			s := s.in(t)
			s.checkouts = checkout.New(options(db))
			ctx := s.shopper()
			s.refused(ctx, byCard(s.fill(ctx, of(s.variant(), 1)), "good"), "INVALID payment")
		})
	})
}
