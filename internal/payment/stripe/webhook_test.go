package stripe_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"galley/internal/money"
	"galley/internal/payment"
	"galley/internal/payment/stripe"
	"galley/internal/payment/stripe/stripetest"
)

// ear hears webhooks, and keeps what they tell of each payment.
type ear struct {
	mu    sync.Mutex
	facts map[string]map[string]payment.Fact // by reference and id
	wrong []error
}

func listen(t *testing.T, s *stripetest.Server, g *stripe.Gateway) *ear {
	t.Helper()
	e := &ear{facts: map[string]map[string]payment.Fact{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		notices, err := g.Notice(r.Header, body)
		e.mu.Lock()
		defer e.mu.Unlock()
		if err != nil {
			e.wrong = append(e.wrong, err)
		}
		for _, n := range notices {
			e.hear(n)
		}
		w.WriteHeader(http.StatusOK)
	}))
	t.Cleanup(server.Close)
	s.Subscribe(server.URL)
	return e
}

func (e *ear) hear(n payment.Notice) {
	if e.facts[n.Reference] == nil {
		e.facts[n.Reference] = map[string]payment.Fact{}
	}
	for _, f := range n.Facts {
		if before, ok := e.facts[n.Reference][f.ID]; ok && (before.Kind != f.Kind || before.Amount != f.Amount) {
			e.wrong = append(e.wrong, errors.New("a fact was told in two ways: "+f.ID))
		}
		e.facts[n.Reference][f.ID] = f
	}
}

func (e *ear) heard(t *testing.T, s *stripetest.Server, reference string) []payment.Fact {
	t.Helper()
	s.Settled(t)
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, err := range e.wrong {
		t.Error(err)
	}
	var all []payment.Fact
	for _, f := range e.facts[reference] {
		all = append(all, f)
	}
	return all
}

func TestAnswersWebhooksAndLookupsAgreeInAnyOrder(t *testing.T) {
	t.Parallel()
	s, g := account(t, stripetest.Options{Seed: 3, Faults: stripetest.Faults{Repeat: 0.5, Spread: 20 * time.Millisecond}})
	e := listen(t, s, g)
	reference := taken(t, g, stripetest.Visa)
	if _, err := g.Refund(t.Context(), payment.Request{Key: "r", Reference: reference, Amount: pounds(300)}); err != nil {
		t.Fatal(err)
	}
	ids := func(facts []payment.Fact) map[string]money.Minor {
		named := map[string]money.Minor{}
		for _, f := range facts {
			named[string(f.Kind)+" "+f.ID] = f.Amount
		}
		return named
	}
	all, err := g.Lookup(t.Context(), reference)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "the lookup", all.Facts, map[payment.Kind]money.Minor{payment.Authorised: 1000, payment.Captured: 1000, payment.Refunded: 300})
	if diff := cmp.Diff(ids(all.Facts), ids(e.heard(t, s, reference))); diff != "" {
		t.Errorf("webhooks tell other facts than the lookup (-lookup +webhooks):\n%s", diff)
	}
}

func TestThreeDSecureIsConfirmedOrRefusedByTheShopper(t *testing.T) {
	t.Parallel()
	s, g := account(t, stripetest.Options{})
	e := listen(t, s, g)
	for _, confirmed := range []bool{true, false} {
		a := authorisation(map[bool]string{true: "yes", false: "no"}[confirmed], stripetest.ThreeDSecure)
		a.ReturnURL = "https://shop.example/thanks"
		answer, err := g.Authorise(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, "the authorisation", answer.Facts, map[payment.Kind]money.Minor{payment.ActionRequired: 1000})
		if answer.ClientSecret == "" || answer.RedirectURL == "" {
			t.Errorf("the shopper cannot go on: %+v", answer)
		}
		if !s.Authenticate(answer.Reference, confirmed) {
			t.Fatal("nothing waits for the shopper")
		}
		want := map[payment.Kind]money.Minor{payment.ActionRequired: 1000, payment.Authorised: 1000}
		if !confirmed {
			want = map[payment.Kind]money.Minor{payment.ActionRequired: 1000, payment.Failed: 1000}
		}
		expect(t, "what was heard", e.heard(t, s, answer.Reference), want)
		all, err := g.Lookup(t.Context(), answer.Reference)
		if err != nil {
			t.Fatal(err)
		}
		delete(want, payment.ActionRequired)
		expect(t, "the lookup", all.Facts, want)
	}
	a := authorisation("without a way back", stripetest.ThreeDSecure)
	answer, err := g.Authorise(t.Context(), a)
	if err != nil || answer.RedirectURL != "" || answer.ClientSecret == "" {
		t.Errorf("Stripe's script goes on by the client secret alone, got %+v, %v", answer, err)
	}
}

func TestAShopperWhoGivesTheCardToStripeMayTryAnother(t *testing.T) {
	t.Parallel()
	s, g := account(t, stripetest.Options{})
	e := listen(t, s, g)
	answer := held(t, g, "a", "")
	expect(t, "the authorisation", answer.Facts, map[payment.Kind]money.Minor{payment.ActionRequired: 1000})
	if answer.ClientSecret == "" {
		t.Fatal("no client secret")
	}
	if !s.Pay(answer.ClientSecret, stripetest.Declined) {
		t.Fatal("nothing waits for a card")
	}
	expect(t, "a declined card", e.heard(t, s, answer.Reference), map[payment.Kind]money.Minor{payment.ActionRequired: 1000})
	if !s.Pay(answer.ClientSecret, stripetest.Visa) {
		t.Fatal("nothing waits for another card")
	}
	expect(t, "another card", e.heard(t, s, answer.Reference), map[payment.Kind]money.Minor{payment.ActionRequired: 1000, payment.Authorised: 1000})
}

// event is a webhook as Stripe writes it.
func event(kind string, object map[string]any) []byte {
	body, err := json.Marshal(map[string]any{
		"id": "evt_1", "object": "event", "api_version": "2024-01-01", "created": 1764000000, "type": kind, "data": map[string]any{"object": object},
	})
	if err != nil {
		panic(err)
	}
	return body
}

func TestAWebhookIsTakenFromStripeOnly(t *testing.T) {
	t.Parallel()
	g := stripe.New(stripe.Options{Key: "sk_test", Secrets: []string{"whsec_new", "whsec_old"}})
	body := event("payment_intent.succeeded", map[string]any{
		"id": "pi_1", "object": "payment_intent", "amount": 500, "amount_received": 500, "currency": "gbp", "status": "succeeded", "metadata": map[string]string{"order": "G-1"},
	})
	now := time.Now()
	signed := func(secret string, at time.Time) http.Header {
		return http.Header{"Stripe-Signature": {stripetest.Sign(secret, at, body)}}
	}
	for what, header := range map[string]http.Header{"the new secret": signed("whsec_new", now), "the old secret": signed("whsec_old", now.Add(-4*time.Minute))} {
		notices, err := g.Notice(header, body)
		if err != nil || len(notices) != 1 || notices[0].Reference != "pi_1" {
			t.Errorf("%s: %+v, %v", what, notices, err)
		}
	}
	for what, header := range map[string]http.Header{
		"another secret":  signed("whsec_other", now),
		"an old one":      signed("whsec_new", now.Add(-6*time.Minute)),
		"none":            {},
		"nonsense":        {"Stripe-Signature": {"t=1,v1=zz"}},
		"an empty secret": signed("", now),
	} {
		if notices, err := g.Notice(header, body); !errors.Is(err, payment.ErrForged) || notices != nil {
			t.Errorf("%s: %+v, %v", what, notices, err)
		}
	}
	header := signed("whsec_new", now)
	body[len(body)-3]++
	if _, err := g.Notice(header, body); !errors.Is(err, payment.ErrForged) {
		t.Errorf("another body: %v", err)
	}
	if _, err := stripe.New(stripe.Options{Key: "sk_test"}).Notice(signed("", now), body); !errors.Is(err, payment.ErrForged) {
		t.Errorf("a shop without a secret takes webhooks: %v", err)
	}
}

func TestWhatAWebhookTellsOfOthersIsLeftAlone(t *testing.T) {
	t.Parallel()
	g := stripe.New(stripe.Options{Key: "sk_test", Secrets: []string{"whsec"}})
	intent := map[string]any{"id": "pi_1", "object": "payment_intent", "amount": 500, "amount_received": 500, "currency": "gbp", "status": "succeeded"}
	refund := map[string]any{"id": "re_1", "object": "refund", "amount": 500, "currency": "gbp", "status": "succeeded", "payment_intent": "pi_1", "reason": "partial_capture"}
	for what, body := range map[string][]byte{
		"an event that nobody knows":          event("moon.landed", map[string]any{"id": "moon_1"}),
		"a payment that is no order's":        event("payment_intent.succeeded", intent),
		"a refund of what was never taken":    event("refund.created", refund),
		"a refund of a charge of former days": event("refund.created", map[string]any{"id": "re_2", "amount": 1, "status": "succeeded", "charge": "ch_1"}),
	} {
		notices, err := g.Notice(http.Header{"Stripe-Signature": {stripetest.Sign("whsec", time.Now(), body)}}, body)
		if err != nil || len(notices) != 0 {
			t.Errorf("%s: %+v, %v", what, notices, err)
		}
	}
}

func FuzzNotice(f *testing.F) {
	g := stripe.New(stripe.Options{Key: "sk_test", Secrets: []string{"whsec"}})
	f.Add(event("payment_intent.succeeded", map[string]any{"id": "pi_1", "amount": 5, "currency": "gbp", "status": "succeeded", "metadata": map[string]string{"order": "G-1"}}))
	f.Add(event("refund.updated", map[string]any{"id": "re_1", "amount": 5, "currency": "isk", "status": "succeeded", "payment_intent": map[string]any{"id": "pi_1"}}))
	f.Add([]byte(`{"type":"payment_intent.payment_failed","data":{"object":{"last_payment_error":null}}}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, err := g.Notice(http.Header{"Stripe-Signature": {"t=1,v1=00"}}, body); !errors.Is(err, payment.ErrForged) {
			t.Errorf("forged: %v", err)
		}
		notices, err := g.Notice(http.Header{"Stripe-Signature": {stripetest.Sign("whsec", time.Now(), body)}}, body)
		if err != nil && len(notices) > 0 {
			t.Errorf("an error tells facts: %+v, %v", notices, err)
		}
		for _, n := range notices {
			for _, fact := range n.Facts {
				if fact.ID == "" || fact.Kind == "" {
					t.Errorf("a fact without a name: %+v", fact)
				}
			}
		}
	})
}
