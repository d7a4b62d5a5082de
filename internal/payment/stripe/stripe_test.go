package stripe_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"galley/internal/money"
	"galley/internal/payment"
	"galley/internal/payment/stripe"
	"galley/internal/payment/stripe/stripetest"
)

// account is a Stripe account, and the gateway to it.
func account(t *testing.T, o stripetest.Options) (*stripetest.Server, *stripe.Gateway) {
	t.Helper()
	s := stripetest.Start(t, o)
	return s, stripe.New(stripe.Options{Key: s.Key(), Secrets: []string{s.Secret()}, URL: s.URL})
}

func pounds(n money.Minor) money.Money { return money.Money{Amount: n, Currency: "GBP"} }

func authorisation(key, instrument string) payment.Authorisation {
	return payment.Authorisation{Key: key, Amount: pounds(1000), Number: "G-1001", Email: "ada@shop.example", Instrument: instrument}
}

// held is a payment of which 10 pounds are held.
func held(t *testing.T, g *stripe.Gateway, key, instrument string) payment.Answer {
	t.Helper()
	answer, err := g.Authorise(t.Context(), authorisation(key, instrument))
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// taken is a payment of which 10 pounds are taken.
func taken(t *testing.T, g *stripe.Gateway, instrument string) string {
	t.Helper()
	reference := held(t, g, "authorise-"+instrument, instrument).Reference
	if _, err := g.Capture(t.Context(), payment.Request{Key: "capture-" + reference, Reference: reference, Amount: pounds(1000)}); err != nil {
		t.Fatal(err)
	}
	return reference
}

// said is what facts say, without when.
func said(facts []payment.Fact) map[payment.Kind]money.Minor {
	sums := map[payment.Kind]money.Minor{}
	for _, f := range facts {
		sums[f.Kind] += f.Amount
	}
	return sums
}

func expect(t *testing.T, what string, facts []payment.Fact, want map[payment.Kind]money.Minor) {
	t.Helper()
	if diff := cmp.Diff(want, said(facts)); diff != "" {
		t.Errorf("%s tells other facts (-want +got):\n%s", what, diff)
	}
}

func TestMoneyIsHeldTakenAndGivenBack(t *testing.T) {
	t.Parallel()
	s, g := account(t, stripetest.Options{})
	answer := held(t, g, "a", stripetest.Visa)
	expect(t, "the authorisation", answer.Facts, map[payment.Kind]money.Minor{payment.Authorised: 1000})
	if answer.ClientSecret != "" || answer.RedirectURL != "" {
		t.Error("nothing is left to do for the shopper, and yet there is a client secret or a redirect")
	}
	if age := time.Since(answer.Facts[0].At); age < -time.Minute || age > time.Minute {
		t.Errorf("it happened %s ago", age)
	}
	reference := answer.Reference
	answer, err := g.Capture(t.Context(), payment.Request{Key: "c", Reference: reference, Amount: pounds(1000)})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "the capture", answer.Facts, map[payment.Kind]money.Minor{payment.Authorised: 1000, payment.Captured: 1000})
	for key, amount := range map[string]money.Minor{"r1": 300, "r2": 200} {
		answer, err = g.Refund(t.Context(), payment.Request{Key: key, Reference: reference, Amount: pounds(amount)})
		if err != nil {
			t.Fatal(err)
		}
		expect(t, "a refund", answer.Facts, map[payment.Kind]money.Minor{payment.Refunded: amount})
		if !strings.HasPrefix(answer.Step, "re_") {
			t.Errorf("the refund is called %q", answer.Step)
		}
	}
	all, err := g.Lookup(t.Context(), reference)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "the lookup", all.Facts, map[payment.Kind]money.Minor{payment.Authorised: 1000, payment.Captured: 1000, payment.Refunded: 500})
	book, _ := s.Book(reference)
	if book.Captured != 1000 || book.Refunded != 500 || book.Holds != 1 || book.Number != "G-1001" || book.Key != "a" {
		t.Errorf("Stripe's books say %+v", book)
	}
}

func TestOfWhatIsHeldAPartIsTakenAndTheRestLetGo(t *testing.T) {
	t.Parallel()
	_, g := account(t, stripetest.Options{})
	reference := held(t, g, "a", stripetest.Visa).Reference
	answer, err := g.Capture(t.Context(), payment.Request{Key: "c1", Reference: reference, Amount: pounds(600)})
	if err != nil {
		t.Fatal(err)
	}
	want := map[payment.Kind]money.Minor{payment.Authorised: 1000, payment.Captured: 600, payment.Voided: 400}
	expect(t, "the capture", answer.Facts, want)
	answer, err = g.Capture(t.Context(), payment.Request{Key: "c2", Reference: reference, Amount: pounds(400)})
	if _, declined := payment.Declined(err); !declined {
		t.Errorf("what was let go was taken: %v", err)
	}
	if len(answer.Facts) > 0 {
		expect(t, "the refusal", answer.Facts, want)
	}
}

func TestADeclineIsFinalAndTellsTheShopperWhatHelps(t *testing.T) {
	t.Parallel()
	_, g := account(t, stripetest.Options{})
	for card, want := range map[string]string{
		stripetest.Declined:          "The card was declined",
		stripetest.InsufficientFunds: "The card has not enough money left for this",
		stripetest.Stolen:            "The card was declined", // a thief need not know why
		stripetest.Expired:           "The card has expired",
		stripetest.WrongCode:         "The card's security code is wrong",
		stripetest.ProcessingError:   "The card could not be charged just now; try again later, or another card",
		"pm_unheard_of":              "The payment provider refused this",
	} {
		for range 2 { // asked again it is declined again
			answer, err := g.Authorise(t.Context(), authorisation(card, card))
			declined, ok := payment.Declined(err)
			if !ok || declined.Message != want {
				t.Errorf("%s is declined with %v, not with %q", card, err, want)
			}
			if card == "pm_unheard_of" {
				continue
			}
			if answer.Reference == "" || len(answer.Facts) != 1 || answer.Facts[0].Kind != payment.Failed || answer.Facts[0].Message != want {
				t.Errorf("%s: the refusal comes with %+v", card, answer)
			}
			if strings.Contains(err.Error(), "_secret_") {
				t.Errorf("an error holds the client secret: %v", err)
			}
		}
	}
}

func TestAKeyAsksOnceWhateverIsLost(t *testing.T) {
	t.Parallel()
	s, g := account(t, stripetest.Options{Seed: 7, Faults: stripetest.Faults{Lose: 0.5, Delay: time.Millisecond}})
	again := func(do func() (payment.Answer, error)) payment.Answer {
		t.Helper()
		for range 200 {
			answer, err := do()
			if err == nil {
				return answer
			}
			if _, declined := payment.Declined(err); declined {
				t.Fatalf("a lost answer is no refusal: %v", err)
			}
		}
		t.Fatal("no answer in 200 attempts, of which half are lost")
		return payment.Answer{}
	}
	for _, key := range []string{"one", "two", "three"} {
		reference := again(func() (payment.Answer, error) { return g.Authorise(t.Context(), authorisation(key, stripetest.Visa)) }).Reference
		again(func() (payment.Answer, error) {
			return g.Capture(t.Context(), payment.Request{Key: key + "-c", Reference: reference, Amount: pounds(1000)})
		})
		again(func() (payment.Answer, error) {
			return g.Refund(t.Context(), payment.Request{Key: key + "-r", Reference: reference, Amount: pounds(250)})
		})
	}
	if s.Lost() == 0 {
		t.Error("no answer was lost")
	}
	if books := s.Books(); len(books) != 3 {
		t.Errorf("three keys made %d payments", len(books))
	}
	for _, book := range s.Books() {
		if book.Holds != 1 || book.Captured != 1000 || book.Refunded != 250 {
			t.Errorf("done more than once: %+v", book)
		}
	}
}

func TestAStepAskedForAgainAfterStripeForgotItsKeyIsNotDoneAgain(t *testing.T) {
	t.Parallel()
	s, g := account(t, stripetest.Options{})
	reference := held(t, g, "a", stripetest.Visa).Reference
	for range 2 {
		for _, do := range []func() (payment.Answer, error){
			func() (payment.Answer, error) {
				return g.Capture(t.Context(), payment.Request{Key: "c", Reference: reference, Amount: pounds(1000)})
			},
			func() (payment.Answer, error) {
				return g.Refund(t.Context(), payment.Request{Key: "r", Reference: reference, Amount: pounds(100)})
			},
		} {
			if _, err := do(); err != nil {
				t.Fatal(err)
			}
		}
		s.Forget()
	}
	if book, _ := s.Book(reference); book.Captured != 1000 || book.Refunded != 100 {
		t.Errorf("done again: %+v", book)
	}
}

func TestNoMoreIsGivenBackThanWasTaken(t *testing.T) {
	t.Parallel()
	s, g := account(t, stripetest.Options{})
	reference := held(t, g, "a", stripetest.Visa).Reference
	refund := func(key string, amount money.Minor) error {
		_, err := g.Refund(t.Context(), payment.Request{Key: key, Reference: reference, Amount: pounds(amount)})
		return err
	}
	if _, declined := payment.Declined(refund("early", 1)); !declined {
		t.Error("money that is only held was given back")
	}
	if _, err := g.Capture(t.Context(), payment.Request{Key: "c", Reference: reference, Amount: pounds(1000)}); err != nil {
		t.Fatal(err)
	}
	if _, declined := payment.Declined(refund("all and more", 1001)); !declined {
		t.Error("more was given back than was taken")
	}
	if err := refund("all", 1000); err != nil {
		t.Fatal(err)
	}
	if _, declined := payment.Declined(refund("more", 1)); !declined {
		t.Error("more was given back than was taken")
	}
	if book, _ := s.Book(reference); book.Refunded != 1000 {
		t.Errorf("%d was given back", book.Refunded)
	}
}

func TestWhatIsVoidedTellsWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	s, g := account(t, stripetest.Options{})
	void := func(key, reference string) []payment.Fact {
		t.Helper()
		answer, err := g.Void(t.Context(), payment.Request{Key: key, Reference: reference})
		if err != nil {
			t.Fatal(err)
		}
		return answer.Facts
	}
	whole := held(t, g, "held", stripetest.Visa).Reference
	expect(t, "what was held", void("v1", whole), map[payment.Kind]money.Minor{payment.Voided: 1000})
	expect(t, "what was let go already", void("v2", whole), map[payment.Kind]money.Minor{payment.Voided: 1000})
	expect(t, "what was begun", void("v3", held(t, g, "begun", "").Reference), map[payment.Kind]money.Minor{payment.Voided: 1000})
	expect(t, "what was taken meanwhile", void("v4", taken(t, g, stripetest.Visa)),
		map[payment.Kind]money.Minor{payment.Authorised: 1000, payment.Captured: 1000})
	lapsed := held(t, g, "lapsed", stripetest.Visa).Reference
	if !s.Lapse(lapsed) {
		t.Fatal("it does not lapse")
	}
	if _, declined := payment.Declined(capture(t, g, lapsed)); !declined {
		t.Error("what has lapsed was taken")
	}
}

func capture(t *testing.T, g *stripe.Gateway, reference string) error {
	t.Helper()
	_, err := g.Capture(t.Context(), payment.Request{Key: "late", Reference: reference, Amount: pounds(1000)})
	return err
}

func TestARefundMayTakeItsTimeOrFail(t *testing.T) {
	t.Parallel()
	s, g := account(t, stripetest.Options{})
	reference := taken(t, g, stripetest.RefundPends)
	request := payment.Request{Key: "r", Reference: reference, Amount: pounds(100)}
	answer, err := g.Refund(t.Context(), request)
	if err != nil || len(answer.Facts) > 0 {
		t.Fatalf("a refund that pends says %+v, %v", answer, err)
	}
	if !s.Refund(answer.Step, true) {
		t.Fatal("nothing pends")
	}
	answer, err = g.Refund(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "the refund, asked again", answer.Facts, map[payment.Kind]money.Minor{payment.Refunded: 100})
	request.Key = "r2"
	answer, err = g.Refund(t.Context(), request)
	if err != nil || !s.Refund(answer.Step, false) {
		t.Fatalf("nothing pends: %v", err)
	}
	if _, err = g.Refund(t.Context(), request); err == nil {
		t.Error("a refund that failed went well")
	} else if _, declined := payment.Declined(err); !declined {
		t.Errorf("a refund that failed is not final: %v", err)
	}
}

func TestWithoutAnAnswerTheOutcomeIsOpenAndNoErrorTellsASecret(t *testing.T) {
	t.Parallel()
	s, g := account(t, stripetest.Options{Key: "sk_test_right"})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	s.Misbehave(stripetest.Faults{Delay: time.Hour})
	_, slow := g.Authorise(ctx, authorisation("slow", stripetest.Visa))
	s.Misbehave(stripetest.Faults{})
	_, wrongKey := stripe.New(stripe.Options{Key: "sk_test_wrong", URL: s.URL}).Authorise(t.Context(), authorisation("wrong", stripetest.Visa))
	_, nobody := stripe.New(stripe.Options{Key: "sk_test_wrong", URL: "http://127.0.0.1:1"}).Authorise(t.Context(), authorisation("nobody", stripetest.Visa))
	for what, err := range map[string]error{"a slow answer": slow, "a wrong key": wrongKey, "nobody there": nobody} {
		if err == nil {
			t.Errorf("%s: no error", what)
			continue
		}
		if _, declined := payment.Declined(err); declined {
			t.Errorf("%s is taken for a refusal: %v", what, err)
		}
		if strings.Contains(err.Error(), "sk_test") || strings.Contains(err.Error(), "ada@") {
			t.Errorf("%s: the error tells a secret: %v", what, err)
		}
	}
	held(t, g, "a", stripetest.Visa)
	if _, err := g.Authorise(t.Context(), payment.Authorisation{Key: "a", Amount: pounds(1), Instrument: stripetest.Visa}); err == nil {
		t.Error("a key was used for another payment")
	} else if _, declined := payment.Declined(err); declined {
		t.Errorf("a key used twice is taken for a refusal: %v", err)
	}
}

func TestAmountsAreCountedAsStripeCountsThem(t *testing.T) {
	t.Parallel()
	s, g := account(t, stripetest.Options{})
	for currency, c := range map[money.Currency]struct {
		amount money.Minor
		asked  int64
	}{"GBP": {1234, 1234}, "JPY": {1234, 1234}, "ISK": {1234, 123400}, "KWD": {12340, 12340}} {
		answer, err := g.Authorise(t.Context(), payment.Authorisation{
			Key: string(currency), Amount: money.Money{Amount: c.amount, Currency: currency}, Number: "G-1", Instrument: stripetest.Visa,
		})
		if err != nil {
			t.Fatal(err)
		}
		if book, _ := s.Book(answer.Reference); book.Asked != c.asked || book.Currency != strings.ToLower(string(currency)) {
			t.Errorf("%d %s are asked for as %d %s, not as %d", c.amount, currency, book.Asked, book.Currency, c.asked)
		}
		expect(t, string(currency), answer.Facts, map[payment.Kind]money.Minor{payment.Authorised: c.amount})
	}
	_, err := g.Authorise(t.Context(), payment.Authorisation{Key: "odd", Amount: money.Money{Amount: 12345, Currency: "KWD"}, Instrument: stripetest.Visa})
	if _, declined := payment.Declined(err); !declined {
		t.Errorf("an amount was rounded: %v", err)
	}
}
