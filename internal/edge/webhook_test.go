package edge_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"galley/internal/edge"
	"galley/internal/fault"
	"galley/internal/payment"
)

func TestAWebhookIsAnsweredSoThatItsSenderKnowsWhetherToSendItAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err    error
		status int
	}{
		"taken":                  {nil, 200},
		"forged":                 {fmt.Errorf("read notice: %w", payment.ErrForged), 400},
		"of nobody":              {fault.New(fault.NotFound, "There is no such gateway"), 404},
		"not kept":               {errors.New("the database is away, at postgres://secret"), 503},
		"not kept, and it knows": {fault.New(fault.Unavailable, "The shop is busy"), 503},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t, func(config *edge.Config) {
				config.Webhook = func(_ context.Context, gateway string, header http.Header, body []byte) error {
					if gateway != "stripe" || header.Get("Stripe-Signature") != "t=1" || string(body) != "{ raw\n" {
						t.Errorf("got %q, %v, %q", gateway, header, body)
					}
					return c.err
				}
				config.Viewer = func(context.Context, edge.Credentials) (context.Context, error) {
					t.Error("somebody asked who a webhook is from, which its signature says")
					return nil, errors.New("nobody")
				}
			})
			answer := request{target: "/webhooks/stripe", body: "{ raw\n", header: headers(
				"Stripe-Signature", "t=1", "Content-Type", "application/json; charset=utf-8",
				"Origin", "https://elsewhere.example", "Sec-Fetch-Site", "cross-site", "Cookie", "galley_session=stolen", "Authorization", "nonsense",
			)}.to(shop)
			if answer.Code != c.status {
				t.Errorf("answered %d, not %d", answer.Code, c.status)
			}
			if body := answer.Body.String(); strings.Contains(body, "secret") || len(answer.Result().Cookies()) > 0 {
				t.Errorf("the answer tells more than it should: %q, %v", body, answer.Header())
			}
		})
	}
}

func TestAWebhookIsBounded(t *testing.T) {
	t.Parallel()
	heard := 0
	shop := newShop(t, func(config *edge.Config) {
		config.Webhook = func(context.Context, string, http.Header, []byte) error { heard++; return nil }
	})
	if answer := (request{target: "/webhooks/stripe", body: strings.Repeat(" ", 1<<20)}).to(shop); answer.Code != 200 {
		t.Errorf("1 MiB is answered %d", answer.Code)
	}
	if answer := (request{target: "/webhooks/stripe", body: strings.Repeat(" ", 1<<20+1)}).to(shop); answer.Code != 413 || heard != 1 {
		t.Errorf("more is answered %d, and heard %d times", answer.Code, heard)
	}
	if answer := (request{method: "GET", target: "/webhooks/stripe"}).to(shop); answer.Code != 405 {
		t.Errorf("GET is answered %d", answer.Code)
	}
	if answer := (request{target: "/webhooks/stripe"}).to(newShop(t, nil)); answer.Code != 404 {
		t.Errorf("a shop that takes no webhooks answers %d", answer.Code)
	}
}
