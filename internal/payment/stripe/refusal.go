package stripe

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/stripe/stripe-go/v85"

	"galley/internal/payment"
)

// refused is an error of a call. It tells what operators need to find it at Stripe, and nothing of the payment: Stripe's own
// error would print client secrets.
type refused struct {
	code    string // Stripe's, of its error
	request string // Stripe's name for the call
	intent  *stripe.PaymentIntent
	cause   error
}

func (r *refused) Error() string {
	if r.request == "" && r.code == "" {
		return "stripe: " + r.cause.Error()
	}
	return fmt.Sprintf("stripe: %s (request %s): %v", r.code, r.request, r.cause)
}

func (r *refused) Unwrap() error { return r.cause }

// refusal reads the error of a call: payment.ErrDeclined where Stripe refuses for good, and whatever else leaves the outcome
// open.
func refusal(err error) *refused {
	var e *stripe.Error
	if !errors.As(err, &e) {
		return &refused{cause: err}
	}
	r := &refused{code: string(e.Code), request: e.RequestID, intent: e.PaymentIntent}
	switch {
	case e.Type == stripe.ErrorTypeCard:
		r.cause = decline(e)
	case e.Type == stripe.ErrorTypeInvalidRequest && (e.HTTPStatusCode == http.StatusBadRequest || e.HTTPStatusCode == http.StatusNotFound):
		r.cause = payment.ErrDeclined{Message: "The payment provider refused this"}
	default:
		r.cause = fmt.Errorf("answered %d, %s", e.HTTPStatusCode, e.Type)
	}
	return r
}

// decline is why a card was refused, for the shopper.
func decline(e *stripe.Error) payment.ErrDeclined {
	if e.DeclineCode != "" {
		return payment.Decline(string(e.DeclineCode))
	}
	return payment.Decline(string(e.Code))
}

// tooLate tells whether a call was refused because of what happened to the payment before.
func tooLate(err error) bool {
	r, ok := errors.AsType[*refused](err)
	return ok && r.code == string(stripe.ErrorCodePaymentIntentUnexpectedState)
}
