package config

import (
	"errors"
	"fmt"
	"net/url"
)

// Cards are the settings of payments by card.
type Cards struct {
	PaymentCard   string `name:"payment-card" setting:"GALLEY_PAYMENT_CARD" placeholder:"GATEWAY" help:"Who takes payments by card: stripe, test (cards that do not exist, in development, where it is the default), or none."`
	StripeKey     string `name:"stripe-key" setting:"GALLEY_STRIPE_KEY" placeholder:"KEY" help:"Stripe's secret key, or a restricted one that may write PaymentIntents and Refunds."`
	StripeWebhook string `name:"stripe-webhook-secret" setting:"GALLEY_STRIPE_WEBHOOK_SECRET" placeholder:"SECRET,…" help:"Signs Stripe's webhooks to /webhooks/stripe. Several, for a change: any of them."`
	StripeURL     string `name:"stripe-url" setting:"GALLEY_STRIPE_URL" placeholder:"URL" help:"Where Stripe's API is, for tests; without it where Stripe has it."`
}

// Card is who takes payments by card; empty where nobody does.
func (s Serve) Card() string {
	switch s.PaymentCard {
	case "":
		if Mode(s.Mode) == Development {
			return "test"
		}
		return ""
	case "none":
		return ""
	}
	return s.PaymentCard
}

// StripeSecrets sign Stripe's webhooks.
func (c Cards) StripeSecrets() []string { return list(c.StripeWebhook) }

// validateCards checks the settings of payments by card. Without a signed webhook a payment that a shopper confirms would be
// noticed only when it is looked up.
func (s Serve) validateCards() error {
	var errs []error
	production := Mode(s.Mode) == Production
	switch s.PaymentCard {
	case "", "none", "test", "stripe":
	default:
		errs = append(errs, fmt.Errorf("GALLEY_PAYMENT_CARD is stripe, test or none, not %q", s.PaymentCard))
	}
	if s.PaymentCard == "test" && production {
		errs = append(errs, errors.New("GALLEY_PAYMENT_CARD: in production nobody pays with cards that do not exist; set stripe, or none"))
	}
	if s.PaymentCard == "stripe" && s.StripeKey == "" {
		errs = append(errs, errors.New("GALLEY_STRIPE_KEY is the account's secret key, which GALLEY_PAYMENT_CARD=stripe needs"))
	}
	if s.PaymentCard == "stripe" && len(s.StripeSecrets()) == 0 {
		errs = append(errs, errors.New("GALLEY_STRIPE_WEBHOOK_SECRET signs Stripe's webhooks, which GALLEY_PAYMENT_CARD=stripe needs"))
	}
	if u, err := url.Parse(s.StripeURL); s.StripeURL != "" && (err != nil || u.Hostname() == "" ||
		u.Scheme != "https" && (u.Scheme != "http" || production || !isLoopback(u.Hostname()))) {
		errs = append(errs, errors.New("GALLEY_STRIPE_URL is an address with https; http is for development, on this machine"))
	}
	return errors.Join(errs...)
}
