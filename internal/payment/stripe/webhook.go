package stripe

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-go/v85/webhook"

	"galley/internal/payment"
)

// Notice reads a webhook. It is Stripe's if one of the secrets signed it within five minutes. Of the events, those of
// PaymentIntents and refunds tell facts, by the object that they carry.
func (g *Gateway) Notice(header http.Header, body []byte) ([]payment.Notice, error) {
	if !g.signed(header.Get("Stripe-Signature"), body) {
		return nil, payment.ErrForged
	}
	var event stripe.Event
	if err := json.Unmarshal(body, &event); err != nil || event.Data == nil {
		return nil, fmt.Errorf("read stripe's webhook: %w", errUnreadable)
	}
	at := time.Unix(event.Created, 0)
	switch kind := string(event.Type); {
	case strings.HasPrefix(kind, "payment_intent."):
		var intent stripe.PaymentIntent
		if err := json.Unmarshal(event.Data.Raw, &intent); err != nil {
			return nil, fmt.Errorf("read stripe's %s: %w", kind, errUnreadable)
		}
		if intent.Metadata[orderNumber] == "" { // of somebody else who uses the account
			return nil, nil
		}
		return notice(intent.ID, facts(&intent, at)), nil
	case strings.HasPrefix(kind, "refund.") || kind == string(stripe.EventTypeChargeRefundUpdated):
		var refund stripe.Refund
		if err := json.Unmarshal(event.Data.Raw, &refund); err != nil {
			return nil, fmt.Errorf("read stripe's %s: %w", kind, errUnreadable)
		}
		if refund.PaymentIntent == nil {
			return nil, nil
		}
		if refund.Status == stripe.RefundStatusFailed {
			g.logger.Error("a refund failed at the provider: the money is in the shop's balance again, and owed to the shopper",
				"gateway", Name, "payment", refund.PaymentIntent.ID, "refund", refund.ID)
		}
		return notice(refund.PaymentIntent.ID, refundFacts(&refund)), nil
	}
	return nil, nil
}

// errUnreadable stands for errors that would quote the webhook.
var errUnreadable = fmt.Errorf("it is not what Stripe documents")

func notice(reference string, facts []payment.Fact) []payment.Notice {
	if len(facts) == 0 {
		return nil
	}
	return []payment.Notice{{Reference: reference, Facts: facts}}
}

func (g *Gateway) signed(signature string, body []byte) bool {
	for _, secret := range g.secrets {
		if webhook.ValidatePayload(body, signature, secret) == nil {
			return true
		}
	}
	return false
}
