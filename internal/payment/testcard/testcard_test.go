package testcard_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"galley/internal/money"
	"galley/internal/payment"
	"galley/internal/payment/testcard"
)

func gateway() *testcard.Gateway {
	return testcard.New(testcard.Options{URL: "http://127.0.0.1:8080", Secret: []byte("of this test"), Now: time.Now})
}

func authorise(ctx context.Context, g *testcard.Gateway, number string) (payment.Answer, error) {
	return g.Authorise(ctx, payment.Authorisation{
		Key: "step_1", Amount: money.Money{Amount: 1250, Currency: "GBP"}, Number: "G-1", Instrument: number, ReturnURL: "https://shop.example/thanks",
	})
}

func TestTheNumberSaysWhatHappens(t *testing.T) {
	t.Parallel()
	for number, c := range map[string]struct {
		kind    payment.Kind
		message string
	}{
		testcard.Succeeds:          {payment.Authorised, ""},
		"4242 4242-4242 4242":      {payment.Authorised, ""},
		testcard.Declined:          {payment.Failed, "The card was declined"},
		testcard.InsufficientFunds: {payment.Failed, "The card has not enough money left for this"},
		testcard.Expired:           {payment.Failed, "The card has expired"},
		testcard.WrongCode:         {payment.Failed, "The card's security code is wrong"},
		testcard.ProcessingError:   {payment.Failed, "The card could not be charged just now; try again later, or another card"},
		"4111":                     {payment.Failed, "The card's number is wrong"},
		testcard.ThreeDSecure:      {payment.ActionRequired, ""},
		"":                         {payment.ActionRequired, ""},
	} {
		for range 2 { // another process, after a kill
			answer, err := authorise(t.Context(), gateway(), number)
			declined, ok := payment.Declined(err)
			if ok != (c.message != "") || declined.Message != c.message || err != nil && !ok {
				t.Errorf("%q: %v", number, err)
			}
			if len(answer.Facts) != 1 || answer.Facts[0].Kind != c.kind || answer.Facts[0].Amount != 1250 || answer.Facts[0].Message != c.message {
				t.Errorf("%q tells %+v", number, answer.Facts)
			}
			if (answer.RedirectURL != "") != (c.kind == payment.ActionRequired) {
				t.Errorf("%q sends the shopper to %q", number, answer.RedirectURL)
			}
		}
	}
}

func TestSomeAnswersNeverCome(t *testing.T) {
	t.Parallel()
	g := gateway()
	for number, attempts := range map[string][]bool{testcard.AnswerLost: {false, true, true}, testcard.NeverAnswers: {false, false}} {
		for i, answered := range attempts {
			ctx, cancel := context.WithCancel(t.Context())
			if !answered {
				time.AfterFunc(10*time.Millisecond, cancel)
			}
			answer, err := authorise(ctx, g, number)
			cancel()
			if answered != (err == nil) || !answered && !errors.Is(err, context.Canceled) {
				t.Errorf("%s, attempt %d: %v", number, i+1, err)
			}
			if answered && answer.Facts[0].Kind != payment.Authorised {
				t.Errorf("%s, attempt %d: %+v", number, i+1, answer)
			}
		}
	}
}

func TestStepsAreNamedForTheirKeys(t *testing.T) {
	t.Parallel()
	answer, err := authorise(t.Context(), gateway(), testcard.Succeeds)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]int{}
	step := func(do func(context.Context, payment.Request) (payment.Answer, error), key string, amount money.Minor) {
		t.Helper()
		answer, err := do(t.Context(), payment.Request{Key: key, Reference: answer.Reference, Amount: money.Money{Amount: amount, Currency: "GBP"}})
		if err != nil || len(answer.Facts) != 1 {
			t.Fatalf("%+v, %v", answer, err)
		}
		ids[answer.Facts[0].ID]++
	}
	for range 2 {
		step(gateway().Capture, "c1", 1000)
		step(gateway().Capture, "c2", 250)
		step(gateway().Refund, "r1", 100)
		step(gateway().Void, "v1", 0)
	}
	if len(ids) != 4 {
		t.Errorf("four steps, each asked for twice, are the facts %v", ids)
	}
	for what, request := range map[string]payment.Request{
		"more than the payment": {Key: "c", Reference: answer.Reference, Amount: money.Money{Amount: 1251, Currency: "GBP"}},
		"another currency":      {Key: "c", Reference: answer.Reference, Amount: money.Money{Amount: 1, Currency: "EUR"}},
		"nothing":               {Key: "c", Reference: answer.Reference, Amount: money.Money{Currency: "GBP"}},
		"no payment":            {Key: "c", Reference: "pi_1", Amount: money.Money{Amount: 1, Currency: "GBP"}},
	} {
		if _, err := gateway().Capture(t.Context(), request); err == nil {
			t.Errorf("%s was taken", what)
		} else if _, declined := payment.Declined(err); !declined {
			t.Errorf("%s: %v", what, err)
		}
	}
	looked, err := gateway().Lookup(t.Context(), answer.Reference)
	if err != nil || looked.Reference != answer.Reference || len(looked.Facts) > 0 {
		t.Errorf("the lookup tells %+v, %v", looked, err)
	}
}

func TestTheShopperConfirmsOrRefusesOnAPage(t *testing.T) {
	t.Parallel()
	g := gateway()
	answer, err := authorise(t.Context(), g, testcard.ThreeDSecure)
	if err != nil {
		t.Fatal(err)
	}
	var heard []payment.Notice
	var away error
	page := testcard.NewPage(g, func(_ context.Context, name string, header http.Header, body []byte) error {
		notices, err := gateway().Notice(header, body) // of any process
		if err != nil || name != testcard.Name {
			t.Errorf("%s: %v", name, err)
		}
		if away == nil {
			heard = append(heard, notices...)
		}
		return away
	})
	ask := func(method, address, decision string) *http.Response {
		t.Helper()
		r := httptest.NewRequest(method, address, strings.NewReader(url.Values{"decision": {decision}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		page.ServeHTTP(w, r)
		return w.Result()
	}
	shown := ask("GET", answer.RedirectURL, "")
	body, _ := io.ReadAll(shown.Body)
	if shown.StatusCode != 200 || !strings.Contains(string(body), "12.50 GBP") || len(heard) > 0 {
		t.Errorf("the page: %d, %s; heard %+v", shown.StatusCode, body, heard)
	}
	if policy := shown.Header.Get("Content-Security-Policy"); !strings.HasSuffix(policy, "form-action 'self' https://shop.example") {
		t.Errorf("browsers would not follow the way back: %s", policy)
	}
	for decision, want := range map[string]payment.Kind{"confirm": payment.Authorised, "refuse": payment.Failed, "nonsense": payment.Failed} {
		heard = nil
		back := ask("POST", answer.RedirectURL, decision)
		if back.StatusCode != 303 || back.Header.Get("Location") != "https://shop.example/thanks" {
			t.Errorf("%s sends the shopper to %q with %d", decision, back.Header.Get("Location"), back.StatusCode)
		}
		if len(heard) != 1 || heard[0].Reference != answer.Reference || heard[0].Facts[0].Kind != want || heard[0].Facts[0].Amount != 1250 {
			t.Errorf("%s tells %+v", decision, heard)
		}
	}
	away = errors.New("the database is away")
	if answer := ask("POST", answer.RedirectURL, "confirm"); answer.StatusCode != 503 {
		t.Errorf("what nobody heard is answered %d", answer.StatusCode)
	}
	for what, address := range map[string]string{
		"another way back": strings.Replace(answer.RedirectURL, "shop.example", "evil.example", 1),
		"another payment":  strings.Replace(answer.RedirectURL, "1250", "1", 1),
		"no payment":       "http://127.0.0.1:8080/pay/test",
	} {
		if got := ask("POST", address, "confirm"); got.StatusCode != 404 {
			t.Errorf("%s is answered %d", what, got.StatusCode)
		}
	}
}

func TestANoticeIsTakenFromThePageOnly(t *testing.T) {
	t.Parallel()
	body := []byte(`{"reference":"test_ask_GBP_1250_00","confirmed":true}`)
	for what, header := range map[string]http.Header{
		"none": {}, "nonsense": {"Test-Signature": {"zz"}}, "another": {"Test-Signature": {strings.Repeat("00", 32)}},
	} {
		if notices, err := gateway().Notice(header, body); !errors.Is(err, payment.ErrForged) || notices != nil {
			t.Errorf("signature %s: %+v, %v", what, notices, err)
		}
	}
}
