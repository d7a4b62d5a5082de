// Package payment is how money is asked for: gateways to those who take it. A gateway knows amounts and references,
// and no orders; who calls it writes down what it answers (package settlement).
package payment

import (
	"context"
	"errors"
	"net/http"
	"time"

	"galley/internal/money"
)

// Gateway is a provider of payments. Each call names a key: asked again under it, a provider does nothing again and
// answers alike, so whoever heard no answer asks again. Calls end when their context does. An error is ErrDeclined,
// which is final, or one that leaves the outcome unknown.
type Gateway interface {
	// Name is what rows call it: "stripe".
	Name() string
	// Authorise asks for money to be held, or begins to: a shopper may have to confirm it first.
	Authorise(ctx context.Context, a Authorisation) (Answer, error)
	// Capture takes money that is held.
	Capture(ctx context.Context, r Request) (Answer, error)
	// Refund gives money back that was taken.
	Refund(ctx context.Context, r Request) (Answer, error)
	// Void lets go of what is held or was begun, if it still is: what was taken meanwhile is told by the answer's facts.
	Void(ctx context.Context, r Request) (Answer, error)
	// Lookup tells all that has happened to a payment.
	Lookup(ctx context.Context, reference string) (Answer, error)
	// Notice reads a webhook. A forged one is an ErrForged; one that tells nothing has no facts.
	Notice(header http.Header, body []byte) ([]Notice, error)
}

// Authorisation is what a payment begins with.
type Authorisation struct {
	Key        string // of this step, for ever the same
	Amount     money.Money
	Number     string // the order's, for people
	Email      string // the shopper's
	Instrument string // the provider's token of a card; empty where the shopper gives it to the provider later
	ReturnURL  string // where a redirect comes back to
}

// Request is a later step of a payment.
type Request struct {
	Key       string
	Reference string // the provider's name for the payment
	Amount    money.Money
}

// Answer is what a provider says of a payment. Facts are told whole, or in part: those that are missing are not undone.
type Answer struct {
	Reference    string // the provider's name for the payment
	Step         string // its name for the step: a refund's
	ClientSecret string // what the provider's script in the browser goes on with; while it is needed
	RedirectURL  string // where the shopper confirms it; while it is needed
	Facts        []Fact
}

// Notice is what a webhook says of a payment.
type Notice struct {
	Reference string
	Facts     []Fact
}

// Kind is what happened: the values of ent's enum of payment events.
type Kind string

// The kinds of facts.
const (
	ActionRequired Kind = "ACTION_REQUIRED" // the shopper has to confirm
	Authorised     Kind = "AUTHORISED"      // so much is held
	Captured       Kind = "CAPTURED"        // so much was taken, by this capture
	Refunded       Kind = "REFUNDED"        // so much was given back, by this refund
	Voided         Kind = "VOIDED"          // nothing is held any more
	Failed         Kind = "FAILED"          // this attempt is over
)

// Fact is something that happened to a payment, once. ID names it alike in every telling, by answer, webhook or lookup,
// and no other fact of the gateway: of a set of facts neither order nor repetition matters.
type Fact struct {
	ID      string
	Kind    Kind
	Amount  money.Minor // of this fact alone, in the payment's currency
	At      time.Time   // by the provider's clock
	Message string      // for the shopper, of Failed
}

// ErrDeclined says that a provider refused for good, such as a card without money. Its message is for the shopper.
type ErrDeclined struct{ Message string }

func (e ErrDeclined) Error() string { return "declined: " + e.Message }

// Declined is the refusal that an error stands for, if it is one.
func Declined(err error) (ErrDeclined, bool) { return errors.AsType[ErrDeclined](err) }

// ErrForged says that a webhook is not the provider's.
var ErrForged = errors.New("payment: a webhook's signature does not fit")

// Gateways are those that a shop has, by name.
type Gateways map[string]Gateway
