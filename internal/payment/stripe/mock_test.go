package stripe_test

import (
	"bufio"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	stripego "github.com/stripe/stripe-go/v85"

	"galley/internal/money"
	"galley/internal/payment"
	"galley/internal/payment/stripe"
	"galley/internal/payment/stripe/stripetest"
)

// mock starts stripe-mock, which holds every call to Stripe's OpenAPI description and answers from fixtures.
func mock(t *testing.T) string {
	t.Helper()
	program := os.Getenv("GALLEY_TEST_STRIPE_MOCK")
	if program == "" {
		t.Fatal("GALLEY_TEST_STRIPE_MOCK names no stripe-mock: run `make test`, which brings one")
	}
	cmd := exec.CommandContext(t.Context(), program, "-http-addr", "127.0.0.1:0", "-https-addr", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, address, ok := strings.Cut(lines.Text(), "Listening for HTTP at address: "); ok {
			return "http://" + address
		}
	}
	t.Fatal("stripe-mock does not listen")
	return ""
}

func TestStripesOwnDescriptionTakesEveryCall(t *testing.T) {
	t.Parallel()
	url := mock(t)
	g := stripe.New(stripe.Options{Key: "sk_test_123", URL: url})
	amount := payment.Request{Key: "k", Reference: "pi_123", Amount: money.Money{Amount: 500, Currency: "GBP"}}
	authorise := func(instrument, back string) error {
		_, err := g.Authorise(t.Context(), payment.Authorisation{
			Key: "k", Amount: amount.Amount, Number: "G-1", Email: "ada@shop.example", Instrument: instrument, ReturnURL: back,
		})
		return err
	}
	for what, do := range map[string]func() error{
		"authorise, the card to come":          func() error { return authorise("", "https://shop.example/thanks") },
		"authorise a card":                     func() error { return authorise("pm_card_visa", "") },
		"authorise a card with a way back":     func() error { return authorise("pm_card_visa", "https://shop.example/thanks") },
		"authorise what Stripe's script knows": func() error { return authorise("ctoken_123", "https://shop.example/thanks") },
		"capture":                              func() error { _, err := g.Capture(t.Context(), amount); return err },
		"refund":                               func() error { _, err := g.Refund(t.Context(), amount); return err },
		"void":                                 func() error { _, err := g.Void(t.Context(), amount); return err },
		"look up":                              func() error { _, err := g.Lookup(t.Context(), "pi_123"); return err },
	} {
		if err := do(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/v1/payment_intents", strings.NewReader("amount=500&currency=gbp&colour=red"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer sk_test_123")
	request.Header.Set("Stripe-Version", stripego.APIVersion)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("a parameter that nobody knows is answered %d: this test would notice nothing", response.StatusCode)
	}
}

func TestTheFakeSpeaksTheVersionThatIsPinned(t *testing.T) {
	t.Parallel()
	if stripetest.APIVersion != stripego.APIVersion {
		t.Errorf("stripe-go speaks %s, the fake %s", stripego.APIVersion, stripetest.APIVersion)
	}
}
