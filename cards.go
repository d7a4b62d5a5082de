package main

import (
	"log/slog"
	"net/http"
	"time"

	"galley/graph"
	"galley/internal/config"
	"galley/internal/payment"
	"galley/internal/payment/stripe"
	"galley/internal/payment/testcard"
)

// gateways are who takes the shop's payments by card, or did: what was paid through one is given back through it, whoever
// takes cards now. Test cards are confirmed at the address of this process.
func gateways(settings config.Serve, address string, now func() time.Time, logger *slog.Logger) (payment.Gateways, error) {
	all := payment.Gateways{}
	if settings.StripeKey != "" {
		all[stripe.Name] = stripe.New(stripe.Options{
			Key: settings.StripeKey, Secrets: settings.StripeSecrets(), URL: settings.StripeURL, Logger: logger,
		})
	}
	if config.Mode(settings.Mode) == config.Development {
		secrets, err := settings.Ring()
		if err != nil {
			return nil, err
		}
		all[testcard.Name] = testcard.New(testcard.Options{URL: address, Secret: secrets.Derive("test cards", "notices"), Now: now})
	}
	return all, nil
}

// testPayments is the page where test cards are confirmed, if there are any.
func testPayments(shop *graph.Shop) http.Handler {
	if g, ok := shop.Gateways[testcard.Name].(*testcard.Gateway); ok {
		return testcard.NewPage(g, shop.Payments.Notify)
	}
	return nil
}
