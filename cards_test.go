package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"galley/internal/payment/stripe/stripetest"
)

// hook sends a webhook, and returns the status of its answer.
func hook(t *testing.T, url, signature, body string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Stripe-Signature", signature)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

func TestWebhooksAreHeardFromWhoTakesCards(t *testing.T) {
	t.Parallel()
	byStripe := map[string]string{
		"GALLEY_PAYMENT_CARD": "stripe", "GALLEY_STRIPE_KEY": "sk_test_1", "GALLEY_STRIPE_WEBHOOK_SECRET": "whsec_new,whsec_old",
	}
	development, _, _ := start(t, map[string]string{"GALLEY_DATA": t.TempDir()})
	production, _, _ := start(t, inProduction(map[string]string{"GALLEY_DATA": t.TempDir()}))
	stripes, _, _ := start(t, inProduction(byStripe), "--data", t.TempDir())
	body := `{"object":"event","type":"moon.landed","created":1,"data":{"object":{}}}`
	for _, c := range []struct {
		name, url, signature string
		status               int
	}{
		{"development hears of test cards, by their page only", development + "/webhooks/test", "", http.StatusBadRequest},
		{"development has no Stripe unless told", development + "/webhooks/stripe", "", http.StatusNotFound},
		{"production has no test cards", production + "/webhooks/test", "", http.StatusNotFound},
		{"nor their page", production + "/pay/test", "", http.StatusNotFound},
		{"Stripe is heard", stripes + "/webhooks/stripe", stripetest.Sign("whsec_new", time.Now(), []byte(body)), http.StatusOK},
		{"by its old secret too", stripes + "/webhooks/stripe", stripetest.Sign("whsec_old", time.Now(), []byte(body)), http.StatusOK},
		{"nobody else is", stripes + "/webhooks/stripe", stripetest.Sign("whsec_other", time.Now(), []byte(body)), http.StatusBadRequest},
		{"nor under another name", stripes + "/webhooks/paypal", stripetest.Sign("whsec_new", time.Now(), []byte(body)), http.StatusNotFound},
	} {
		if got := hook(t, c.url, c.signature, body); got != c.status {
			t.Errorf("%s: answered %d, not %d", c.name, got, c.status)
		}
	}
}
