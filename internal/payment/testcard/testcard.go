// Package testcard takes cards that do not exist, for development and tests: their numbers say what happens. It keeps
// nothing. What it answers follows from what it is asked, so that any process answers alike, however often it was killed.
package testcard

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"galley/internal/money"
	"galley/internal/payment"
)

// Name is what rows call the gateway.
const Name = "test"

// The numbers, and what happens to them. Where Stripe has a number for it, it is Stripe's.
const (
	Succeeds          = "4242424242424242"
	Declined          = "4000000000000002"
	InsufficientFunds = "4000000000009995"
	Expired           = "4000000000000069"
	WrongCode         = "4000000000000127"
	ProcessingError   = "4000000000000119"
	ThreeDSecure      = "4000000000003220" // the shopper confirms on a page
	AnswerLost        = "4000000000000408" // the money is held, but the first answer never comes
	NeverAnswers      = "4000000000000504" // nothing is held, and no answer comes
)

var declines = map[string]string{
	Declined: "card_declined", InsufficientFunds: "insufficient_funds", Expired: "expired_card", WrongCode: "incorrect_cvc",
	ProcessingError: "processing_error",
}

// Options are what a gateway is made with.
type Options struct {
	URL    string // of this process, where a shopper confirms
	Secret []byte // signs notices and the addresses of pages
	Now    func() time.Time
}

// Gateway takes test cards.
type Gateway struct {
	Options
	lost sync.Map // keys whose first answer was lost
}

var _ payment.Gateway = (*Gateway)(nil)

// New makes a gateway.
func New(o Options) *Gateway { return &Gateway{Options: o} }

// Name is "test".
func (g *Gateway) Name() string { return Name }

// Authorise does what the card's number says. Without a number the shopper is asked on a page.
func (g *Gateway) Authorise(ctx context.Context, a payment.Authorisation) (payment.Answer, error) {
	number := strings.NewReplacer(" ", "", "-", "").Replace(a.Instrument)
	begun := intent{amount: a.Amount, ask: number == ThreeDSecure || number == "", name: named(a.Key)}
	answer := payment.Answer{Reference: begun.reference()}
	switch number {
	case "", ThreeDSecure:
		answer.RedirectURL = g.page(answer.Reference, a.ReturnURL)
		answer.Facts = []payment.Fact{g.fact(begun, "action", payment.ActionRequired, a.Amount.Amount)}
		return answer, nil
	case NeverAnswers:
		return payment.Answer{}, silence(ctx)
	case AnswerLost:
		if _, lost := g.lost.LoadOrStore(a.Key, true); !lost {
			return payment.Answer{}, silence(ctx)
		}
	case Succeeds:
	default:
		code, known := declines[number]
		if !known {
			code = "incorrect_number"
		}
		refusal := payment.Decline(code)
		failed := g.fact(begun, "failed", payment.Failed, a.Amount.Amount)
		failed.Message = refusal.Message
		answer.Facts = []payment.Fact{failed}
		return answer, fmt.Errorf("test card: %w", refusal)
	}
	answer.Facts = []payment.Fact{g.fact(begun, "authorised", payment.Authorised, a.Amount.Amount)}
	return answer, nil
}

// silence is a provider that does not answer.
func silence(ctx context.Context) error {
	<-ctx.Done()
	return fmt.Errorf("test card: %w", ctx.Err())
}

// Capture takes money that is held, in one part or in several.
func (g *Gateway) Capture(_ context.Context, r payment.Request) (payment.Answer, error) {
	return g.move(r, "captured:"+r.Key, payment.Captured)
}

// Refund gives money back.
func (g *Gateway) Refund(_ context.Context, r payment.Request) (payment.Answer, error) {
	answer, err := g.move(r, "refunded:"+r.Key, payment.Refunded)
	answer.Step = "test_refund_" + named(r.Key)
	return answer, err
}

// Void lets go of what is held.
func (g *Gateway) Void(_ context.Context, r payment.Request) (payment.Answer, error) {
	begun, err := parse(r.Reference)
	if err != nil {
		return payment.Answer{}, err
	}
	return payment.Answer{Reference: r.Reference, Facts: []payment.Fact{g.fact(begun, "voided", payment.Voided, begun.amount.Amount)}}, nil
}

// move is a capture or a refund. Without a memory, the gateway knows no bound but the whole payment.
func (g *Gateway) move(r payment.Request, what string, kind payment.Kind) (payment.Answer, error) {
	begun, err := parse(r.Reference)
	if err != nil {
		return payment.Answer{}, err
	}
	if r.Amount.Currency != begun.amount.Currency || r.Amount.Amount < 1 || r.Amount.Amount > begun.amount.Amount {
		return payment.Answer{Reference: r.Reference}, payment.ErrDeclined{Message: "This is more than the payment"}
	}
	return payment.Answer{Reference: r.Reference, Facts: []payment.Fact{g.fact(begun, what, kind, r.Amount.Amount)}}, nil
}

// Lookup tells how a payment began: the rest is not remembered.
func (g *Gateway) Lookup(_ context.Context, reference string) (payment.Answer, error) {
	begun, err := parse(reference)
	if err != nil {
		return payment.Answer{}, err
	}
	answer := payment.Answer{Reference: reference}
	if begun.ask {
		answer.Facts = []payment.Fact{g.fact(begun, "action", payment.ActionRequired, begun.amount.Amount)}
	}
	return answer, nil
}

func (g *Gateway) fact(begun intent, what string, kind payment.Kind, amount money.Minor) payment.Fact {
	return payment.Fact{ID: begun.reference() + ":" + what, Kind: kind, Amount: amount, At: g.Now().UTC()}
}

// told is the body of a notice: what the shopper has decided.
type told struct {
	Reference string `json:"reference"`
	Confirmed bool   `json:"confirmed"`
}

const signatureHeader = "Test-Signature"

// Notice reads what the page tells.
func (g *Gateway) Notice(header http.Header, body []byte) ([]payment.Notice, error) {
	signature, err := hex.DecodeString(header.Get(signatureHeader))
	if err != nil || !hmac.Equal(signature, g.sign(string(body))) {
		return nil, payment.ErrForged
	}
	var t told
	if err := json.Unmarshal(body, &t); err != nil {
		return nil, fmt.Errorf("read notice: %w", err)
	}
	begun, err := parse(t.Reference)
	if err != nil {
		return nil, err
	}
	fact := g.fact(begun, "authorised", payment.Authorised, begun.amount.Amount)
	if !t.Confirmed {
		fact = g.fact(begun, "failed", payment.Failed, begun.amount.Amount)
		fact.Message = payment.Decline("authentication_required").Message
	}
	return []payment.Notice{{Reference: t.Reference, Facts: []payment.Fact{fact}}}, nil
}

func (g *Gateway) sign(text string) []byte {
	mac := hmac.New(sha256.New, g.Secret)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// page is where a shopper confirms a payment.
func (g *Gateway) page(reference, returnURL string) string {
	query := url.Values{"payment": {reference}, "return": {returnURL}}
	query.Set("signature", hex.EncodeToString(g.sign(reference+"\n"+returnURL)))
	return g.URL + Path + "?" + query.Encode()
}
