// Package stripe takes cards, and whatever else a Stripe account takes, by Stripe's PaymentIntents: money is held first,
// and taken later.
package stripe

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v85"

	"galley/internal/payment"
)

// Name is what rows call the gateway.
const Name = "stripe"

// Options are what a gateway is made with.
type Options struct {
	Key     string       // the secret key of the account
	Secrets []string     // sign webhooks: any of them, so that one can be changed for another
	URL     string       // of the API; Stripe's own unless told
	Logger  *slog.Logger // nil discards
}

// Gateway is a Stripe account.
type Gateway struct {
	client  *stripe.Client
	secrets []string
	logger  *slog.Logger
}

var _ payment.Gateway = (*Gateway)(nil)

// slowest bounds a call whose context does not.
const slowest = 80 * time.Second

// New makes a gateway. It calls nobody.
func New(o Options) *Gateway {
	config := &stripe.BackendConfig{
		HTTPClient:        &http.Client{Timeout: slowest},
		LeveledLogger:     &stripe.LeveledLogger{Level: stripe.LevelNull}, // it would log what is asked, and by whom
		MaxNetworkRetries: stripe.Int64(0),                                // jobs try again
		EnableTelemetry:   stripe.Bool(false),
	}
	if o.URL != "" {
		config.URL = stripe.String(strings.TrimRight(o.URL, "/"))
	}
	logger := o.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &Gateway{client: stripe.NewClient(o.Key, stripe.WithBackends(stripe.NewBackendsWithConfig(config))), secrets: o.Secrets, logger: logger}
}

// Name is "stripe".
func (g *Gateway) Name() string { return Name }

// Authorise makes a PaymentIntent. With an instrument, a PaymentMethod or a ConfirmationToken of Stripe's script, it is
// confirmed at once; without, the script does so by the client secret. The e-mail address is not told: Stripe would send
// receipts to it besides the shop's letters.
func (g *Gateway) Authorise(ctx context.Context, a payment.Authorisation) (payment.Answer, error) {
	amount, err := units(a.Amount)
	if err != nil {
		return payment.Answer{}, err
	}
	params := &stripe.PaymentIntentCreateParams{
		Amount: &amount, Currency: stripe.String(strings.ToLower(string(a.Amount.Currency))),
		CaptureMethod:           stripe.String(stripe.PaymentIntentCaptureMethodManual),
		AutomaticPaymentMethods: &stripe.PaymentIntentCreateAutomaticPaymentMethodsParams{Enabled: stripe.Bool(true)},
		Description:             stripe.String("Order " + a.Number),
		Metadata:                map[string]string{orderNumber: a.Number},
	}
	if a.Instrument != "" {
		params.Confirm = stripe.Bool(true)
		params.Metadata[attempts] = once
		if strings.HasPrefix(a.Instrument, "ctoken_") {
			params.ConfirmationToken = &a.Instrument
		} else {
			params.PaymentMethod = &a.Instrument
		}
		if a.ReturnURL != "" {
			params.ReturnURL = &a.ReturnURL
		} else {
			params.AutomaticPaymentMethods.AllowRedirects = stripe.String("never")
		}
	}
	params.SetIdempotencyKey(a.Key)
	return g.answer(g.client.V1PaymentIntents.Create(ctx, params))
}

// Capture takes money that is held, once: Stripe lets go of the rest.
func (g *Gateway) Capture(ctx context.Context, r payment.Request) (payment.Answer, error) {
	amount, err := units(r.Amount)
	if err != nil {
		return payment.Answer{}, err
	}
	params := &stripe.PaymentIntentCaptureParams{AmountToCapture: &amount, Metadata: map[string]string{asked: r.Key}}
	params.SetIdempotencyKey(r.Key)
	answer, err := g.answer(g.client.V1PaymentIntents.Capture(ctx, r.Reference, params))
	if !tooLate(err) {
		return answer, err
	}
	intent, found := g.client.V1PaymentIntents.Retrieve(ctx, r.Reference, nil)
	if found == nil && intent.Metadata[asked] == r.Key { // it was this capture that came before: Stripe forgets keys after a day
		return g.answer(intent, nil)
	}
	return answer, err
}

// Void cancels a PaymentIntent, whatever became of it.
func (g *Gateway) Void(ctx context.Context, r payment.Request) (payment.Answer, error) {
	params := &stripe.PaymentIntentCancelParams{}
	params.SetIdempotencyKey(r.Key)
	answer, err := g.answer(g.client.V1PaymentIntents.Cancel(ctx, r.Reference, params))
	if !tooLate(err) {
		return answer, err
	}
	return g.Lookup(ctx, r.Reference)
}

// Refund gives money back. A refund that takes its time tells no fact yet: a webhook does, or being asked again. It looks
// first for a refund that was made for the key: Stripe forgets keys after a day, and would make another.
func (g *Gateway) Refund(ctx context.Context, r payment.Request) (payment.Answer, error) {
	amount, err := units(r.Amount)
	if err != nil {
		return payment.Answer{}, err
	}
	refund, err := g.refundFor(ctx, r)
	if err == nil && refund == nil {
		params := &stripe.RefundCreateParams{PaymentIntent: &r.Reference, Amount: &amount, Metadata: map[string]string{asked: r.Key}}
		params.SetIdempotencyKey(r.Key)
		refund, err = g.client.V1Refunds.Create(ctx, params)
	}
	if err != nil {
		return payment.Answer{Reference: r.Reference}, refusal(err)
	}
	answer := payment.Answer{Reference: r.Reference, Step: refund.ID, Facts: refundFacts(refund)}
	if refund.Status == stripe.RefundStatusFailed || refund.Status == stripe.RefundStatusCanceled {
		return answer, fmt.Errorf("stripe: refund %s: %w", refund.Status, payment.ErrDeclined{Message: "The bank did not take the money back"})
	}
	return answer, nil
}

// refundFor is the refund that was made for a request before; nil if none was.
func (g *Gateway) refundFor(ctx context.Context, r payment.Request) (*stripe.Refund, error) {
	for refund, err := range g.refunds(ctx, r.Reference) {
		if err != nil || refund.Metadata[asked] == r.Key {
			return refund, err
		}
	}
	return nil, nil //nolint:nilnil // there is none
}

func (g *Gateway) refunds(ctx context.Context, reference string) stripe.Seq2[*stripe.Refund, error] {
	params := &stripe.RefundListParams{PaymentIntent: &reference}
	params.Limit = stripe.Int64(100)
	return g.client.V1Refunds.List(ctx, params).All(ctx)
}

// Lookup reads a PaymentIntent and its refunds.
func (g *Gateway) Lookup(ctx context.Context, reference string) (payment.Answer, error) {
	answer, err := g.answer(g.client.V1PaymentIntents.Retrieve(ctx, reference, nil))
	if err != nil {
		return payment.Answer{}, fmt.Errorf("look up payment: %w", err)
	}
	for refund, err := range g.refunds(ctx, reference) {
		if err != nil {
			return payment.Answer{}, fmt.Errorf("look up refunds: %w", refusal(err))
		}
		answer.Facts = append(answer.Facts, refundFacts(refund)...)
	}
	return answer, nil
}

// answer is what an answer with a PaymentIntent says. A refusal may bring one too.
func (g *Gateway) answer(intent *stripe.PaymentIntent, err error) (payment.Answer, error) {
	if err != nil {
		wrong := refusal(err)
		if wrong.intent == nil {
			return payment.Answer{}, wrong
		}
		return payment.Answer{Reference: wrong.intent.ID, Facts: facts(wrong.intent, time.Unix(wrong.intent.Created, 0))}, wrong
	}
	answer := payment.Answer{Reference: intent.ID, Facts: facts(intent, answered(intent))}
	if waits(intent) {
		answer.ClientSecret = intent.ClientSecret
		if intent.NextAction != nil && intent.NextAction.RedirectToURL != nil {
			answer.RedirectURL = intent.NextAction.RedirectToURL.URL
		}
	}
	return answer, nil
}

// answered is when Stripe gave an answer, by its own clock.
func answered(intent *stripe.PaymentIntent) time.Time {
	if intent.LastResponse != nil {
		if at, err := http.ParseTime(intent.LastResponse.Header.Get("Date")); err == nil {
			return at
		}
	}
	return time.Unix(intent.Created, 0)
}
