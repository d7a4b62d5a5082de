package main

import (
	"fmt"
	"net/http"
	"regexp"
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
	production, _, _ := start(t, inProduction(map[string]string{"GALLEY_DATA": t.TempDir()}))
	stripes, _, _ := start(t, inProduction(byStripe), "--data", t.TempDir())
	body := `{"object":"event","type":"moon.landed","created":1,"data":{"object":{}}}`
	for _, c := range []struct {
		name, url, signature string
		status               int
	}{
		{"production has no Stripe unless told", production + "/webhooks/stripe", "", http.StatusNotFound},
		{"nor test cards", production + "/webhooks/test", "", http.StatusNotFound},
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

func TestAnOrderIsPaidThroughStripe(t *testing.T) {
	t.Parallel()
	provider := stripetest.Start(t, stripetest.Options{Seed: 5, Faults: stripetest.Faults{Repeat: 0.5, Spread: 50 * time.Millisecond}})
	url, _, out := start(t, map[string]string{
		"GALLEY_DATA": t.TempDir(), "GALLEY_PAYMENT_CARD": "stripe", "GALLEY_STRIPE_KEY": provider.Key(),
		"GALLEY_STRIPE_WEBHOOK_SECRET": provider.Secret(), "GALLEY_STRIPE_URL": provider.URL,
	})
	provider.Subscribe(url + "/webhooks/stripe")
	account := regexp.MustCompile(`shopper\s+(\S+@\S+)\s+(\S+)`).FindStringSubmatch(out.String())
	if account == nil {
		t.Fatalf("no demo shopper in\n%s", out)
	}
	var signedIn struct{ SignIn struct{ Token string } }
	ask(t, url, "", fmt.Sprintf(`mutation { signIn(input: {email: %q, password: %q}) { token } }`, account[1], account[2]), &signedIn)
	token := signedIn.SignIn.Token
	var shop struct {
		Products struct {
			Nodes []struct{ Variants []struct{ ID string } }
		}
	}
	ask(t, url, "", `{ products(first: 1, filter: {inStock: true}) { nodes { variants { id } } } }`, &shop)
	var cart struct {
		CartCreate struct{ Cart struct{ ID string } }
	}
	ask(t, url, token, fmt.Sprintf(`mutation { cartCreate(input: {lines: [{variant: %q, quantity: 10}]}) { cart { id } } }`, shop.Products.Nodes[0].Variants[0].ID), &cart)
	var placed struct {
		CheckoutComplete struct {
			Order      struct{ Number, Status string }
			UserErrors []struct{ Message string }
		}
	}
	ask(t, url, token, fmt.Sprintf(`mutation { checkoutComplete(input: {cart: %q, payment: CARD, instrument: %q, returnUrl: "http://localhost:3000/thanks"}) { order { number status } userErrors { message } } }`,
		cart.CartCreate.Cart.ID, stripetest.ThreeDSecure), &placed)
	number := placed.CheckoutComplete.Order.Number
	if number == "" || placed.CheckoutComplete.Order.Status != "PENDING_PAYMENT" {
		t.Fatalf("got %+v", placed)
	}
	// settled waits until the order and Stripe's books are as they should be.
	settled := func(what, status string, as func(stripetest.Book) bool) (last stripetest.Book) {
		t.Helper()
		var read struct{ Order struct{ Status string } }
		for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
			ask(t, url, token, fmt.Sprintf(`{ order(number: %q) { status } }`, number), &read)
			if books := provider.Books(); len(books) == 1 && as(books[0]) && read.Order.Status == status {
				return books[0]
			}
		}
		t.Fatalf("%s: the order is %s, the books say %+v", what, read.Order.Status, provider.Books())
		return stripetest.Book{}
	}
	book := settled("begun", "PENDING_PAYMENT", func(b stripetest.Book) bool { return b.Status == "requires_action" && b.Number == number })
	if !provider.Authenticate(book.ID, true) {
		t.Fatal("nothing waits for the shopper")
	}
	book = settled("confirmed", "PLACED", func(b stripetest.Book) bool { return b.Captured > 0 })
	if book.Captured != book.Asked || book.Holds != 1 {
		t.Errorf("of %d, %d was taken, in %d charges", book.Asked, book.Captured, book.Holds)
	}
	provider.Settled(t)
}
