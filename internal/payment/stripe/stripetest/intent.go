package stripetest

import (
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// intent is a PaymentIntent.
type intent struct {
	ID                 string            `json:"id"`
	Object             string            `json:"object"`
	Amount             int64             `json:"amount"`
	AmountCapturable   int64             `json:"amount_capturable"`
	AmountReceived     int64             `json:"amount_received"`
	CaptureMethod      string            `json:"capture_method"`
	ClientSecret       string            `json:"client_secret"`
	Created            int64             `json:"created"`
	Currency           string            `json:"currency"`
	LastPaymentError   *refusalBody      `json:"last_payment_error"`
	LatestCharge       *string           `json:"latest_charge"`
	Metadata           map[string]string `json:"metadata"`
	NextAction         *action           `json:"next_action"`
	PaymentMethod      *string           `json:"payment_method"`
	PaymentMethodTypes []string          `json:"payment_method_types"`
	Status             string            `json:"status"`
	CanceledAt         *int64            `json:"canceled_at"`
	CancellationReason *string           `json:"cancellation_reason"`

	key       string // the idempotency key that it was made under
	returnURL string
	charges   int // that were attempted
	held      int // how often money was held: never more than once
	refunds   []*refund
}

type action struct {
	Type          string    `json:"type"`
	RedirectToURL *redirect `json:"redirect_to_url,omitempty"`
}

type redirect struct {
	URL       string `json:"url"`
	ReturnURL string `json:"return_url"`
}

func (s *Server) create(r *http.Request) (any, *refusal) {
	form := r.PostForm
	amount, err := strconv.ParseInt(form.Get("amount"), 10, 64)
	currency := form.Get("currency")
	switch {
	case err != nil || amount < 1:
		return nil, invalid("parameter_invalid_integer", "This value must be greater than or equal to 1.")
	case amount < 30:
		return nil, invalid("amount_too_small", "Amount must be at least 30 units.")
	case amount > 99999999:
		return nil, invalid("amount_too_large", "Amount must be no more than 999,999.99.")
	case len(currency) != 3 || strings.ToLower(currency) != currency:
		return nil, invalid("", "Invalid currency: "+currency)
	case form.Get("automatic_payment_methods[enabled]") != "true" && form.Get("payment_method_types[0]") == "":
		return nil, invalid("parameter_missing", "The fake knows automatic_payment_methods and payment_method_types only.")
	case form.Get("confirm") == "true" && form.Get("return_url") == "" && form.Get("automatic_payment_methods[allow_redirects]") != "never":
		return nil, invalid("", "You must provide a return_url, or set automatic_payment_methods[allow_redirects] to never.")
	case form.Get("return_url") != "" && form.Get("confirm") != "true":
		return nil, invalid("", "You cannot provide return_url unless you are also confirming the PaymentIntent.")
	}
	p := &intent{
		ID: s.name("pi"), Object: "payment_intent", Amount: amount, CaptureMethod: "automatic_async", Created: time.Now().Unix(),
		Currency: currency, Metadata: metadata(form), PaymentMethodTypes: []string{"card"}, Status: "requires_payment_method",
		key: r.Header.Get("Idempotency-Key"),
	}
	p.ClientSecret = p.ID + "_secret_" + s.name("s")
	if form.Get("capture_method") == "manual" {
		p.CaptureMethod = "manual"
	}
	s.intents[p.ID] = p
	s.order = append(s.order, p)
	s.tell("payment_intent.created", p)
	return s.advance(p, form)
}

// advance gives an intent its card, and confirms it where that is asked.
func (s *Server) advance(p *intent, form url.Values) (any, *refusal) {
	if card := form.Get("payment_method"); card != "" {
		if _, known := cards[card]; !known {
			return nil, missing("PaymentMethod: '" + card + "'")
		}
		p.PaymentMethod, p.Status = &card, "requires_confirmation"
	}
	if form.Get("confirm") != "true" {
		return *p, nil
	}
	p.returnURL = form.Get("return_url")
	if wrong := s.attempt(p); wrong != nil {
		return nil, wrong
	}
	return *p, nil
}

func metadata(form url.Values) map[string]string {
	found := map[string]string{}
	for name := range form {
		if key, ok := strings.CutPrefix(name, "metadata["); ok {
			found[strings.TrimSuffix(key, "]")] = form.Get(name)
		}
	}
	return found
}

func (s *Server) retrieve(r *http.Request) (any, *refusal) {
	p, wrong := s.find(r)
	if wrong != nil {
		return nil, wrong
	}
	return *p, nil
}

func (s *Server) find(r *http.Request) (*intent, *refusal) {
	id := r.PathValue("id")
	if p := s.intents[id]; p != nil {
		return p, nil
	}
	return nil, missing("payment_intent: '" + id + "'")
}

func (s *Server) confirm(r *http.Request) (any, *refusal) {
	p, wrong := s.find(r)
	switch {
	case wrong != nil:
		return nil, wrong
	case p.Status != "requires_payment_method" && p.Status != "requires_confirmation" && p.Status != "requires_action":
		return nil, unexpected(p, "confirmed")
	}
	r.PostForm.Set("confirm", "true")
	return s.advance(p, r.PostForm)
}

func (s *Server) capture(r *http.Request) (any, *refusal) {
	p, wrong := s.find(r)
	if wrong != nil {
		return nil, wrong
	}
	amount := p.AmountCapturable
	if text := r.PostForm.Get("amount_to_capture"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 1 {
			return nil, invalid("parameter_invalid_integer", "This value must be greater than or equal to 1.")
		}
		amount = n
	}
	switch {
	case p.Status != "requires_capture":
		return nil, unexpected(p, "captured")
	case amount > p.AmountCapturable:
		return nil, invalid("amount_too_large", "The amount is more than what can be captured.")
	}
	maps.Copy(p.Metadata, metadata(r.PostForm))
	p.AmountReceived, p.AmountCapturable, p.Status = amount, 0, "succeeded" // what is left is let go
	s.tell("payment_intent.succeeded", p)
	return *p, nil
}

func (s *Server) cancel(r *http.Request) (any, *refusal) {
	p, wrong := s.find(r)
	switch {
	case wrong != nil:
		return nil, wrong
	case p.Status == "succeeded" || p.Status == "canceled":
		return nil, unexpected(p, "canceled")
	}
	reason := r.PostForm.Get("cancellation_reason")
	s.end(p, reason)
	return *p, nil
}

func (s *Server) end(p *intent, reason string) {
	now := time.Now().Unix()
	p.Status, p.AmountCapturable, p.NextAction, p.CanceledAt = "canceled", 0, nil, &now
	if reason != "" {
		p.CancellationReason = &reason
	}
	s.tell("payment_intent.canceled", p)
}

func unexpected(p *intent, done string) *refusal {
	wrong := invalid("payment_intent_unexpected_state",
		"This PaymentIntent could not be "+done+" because it has a status of "+p.Status+".")
	now := *p
	wrong.Error.PaymentIntent = &now
	return wrong
}
