package stripetest

import (
	"net/http"
	"net/url"
)

// The payment methods that Stripe has for tests, by what they do.
const (
	Visa              = "pm_card_visa"
	Declined          = "pm_card_visa_chargeDeclined"
	InsufficientFunds = "pm_card_visa_chargeDeclinedInsufficientFunds"
	Stolen            = "pm_card_visa_chargeDeclinedStolenCard"
	Expired           = "pm_card_chargeDeclinedExpiredCard"
	WrongCode         = "pm_card_chargeDeclinedIncorrectCvc"
	ProcessingError   = "pm_card_chargeDeclinedProcessingError"
	ThreeDSecure      = "pm_card_authenticationRequired"
	RefundFails       = "pm_card_refundFail"    // a refund is made, and fails later
	RefundPends       = "pm_card_pendingRefund" // a refund takes its time
)

// behaviour is what happens when a card is charged.
type behaviour struct {
	code, decline string // of the refusal
	confirm       bool   // the shopper has to
}

var cards = map[string]behaviour{
	Visa:              {},
	Declined:          {code: "card_declined", decline: "generic_decline"},
	InsufficientFunds: {code: "card_declined", decline: "insufficient_funds"},
	Stolen:            {code: "card_declined", decline: "stolen_card"},
	Expired:           {code: "expired_card"},
	WrongCode:         {code: "incorrect_cvc"},
	ProcessingError:   {code: "processing_error"},
	ThreeDSecure:      {confirm: true},
	RefundFails:       {},
	RefundPends:       {},
}

// attempt charges an intent's card.
func (s *Server) attempt(p *intent) *refusal {
	if p.PaymentMethod == nil {
		return invalid("payment_intent_unexpected_state", "You cannot confirm this PaymentIntent because it's missing a payment method.")
	}
	card := cards[*p.PaymentMethod]
	switch {
	case card.confirm:
		p.Status = "requires_action"
		p.NextAction = &action{Type: "use_stripe_sdk"}
		if p.returnURL != "" {
			p.NextAction = &action{Type: "redirect_to_url", RedirectToURL: &redirect{URL: s.URL + "/authenticate/" + p.ID, ReturnURL: p.returnURL}}
		}
		s.tell("payment_intent.requires_action", p)
		return nil
	case card.code != "":
		s.charge(p)
		return s.fail(p, card.code, card.decline, "Your card was declined.")
	}
	s.hold(p)
	return nil
}

func (s *Server) charge(p *intent) {
	id := s.name("ch")
	p.charges++
	p.LatestCharge = &id
}

func (s *Server) hold(p *intent) {
	s.charge(p)
	p.held++
	p.NextAction, p.LastPaymentError = nil, nil
	if p.CaptureMethod == "manual" {
		p.Status, p.AmountCapturable = "requires_capture", p.Amount
		s.tell("payment_intent.amount_capturable_updated", p)
		return
	}
	p.Status, p.AmountReceived = "succeeded", p.Amount
	s.tell("payment_intent.succeeded", p)
}

// fail ends an attempt. The intent waits for another card.
func (s *Server) fail(p *intent, code, decline, message string) *refusal {
	wrong := refused("card_error", code, message)
	wrong.Error.DeclineCode = decline
	wrong.Error.PaymentMethod = &method{ID: *p.PaymentMethod, Object: "payment_method", Type: "card"}
	if code != "payment_intent_authentication_failure" {
		wrong.Error.Charge = *p.LatestCharge
	}
	why := wrong.Error
	p.Status, p.NextAction, p.PaymentMethod, p.LastPaymentError = "requires_payment_method", nil, nil, &why
	s.tell("payment_intent.payment_failed", p)
	now := *p
	wrong.Error.PaymentIntent = &now
	return wrong
}

// Authenticate does what a shopper does who is asked by 3-D Secure: confirms it is them, or fails to. It tells whether the
// intent was waiting for it.
func (s *Server) Authenticate(id string, succeed bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.intents[id]
	switch {
	case p == nil || p.Status != "requires_action":
		return false
	case succeed:
		s.hold(p)
	default:
		s.fail(p, "payment_intent_authentication_failure", "", "We are unable to authenticate your payment method.")
	}
	return true
}

// Pay does what Stripe's script does in a shopper's browser: gives an intent a card by its client secret.
func (s *Server) Pay(clientSecret, card string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.order {
		if p.ClientSecret == clientSecret && (p.Status == "requires_payment_method" || p.Status == "requires_confirmation") {
			p.PaymentMethod = &card
			s.attempt(p)
			return true
		}
	}
	return false
}

// Lapse ends what was authorised and not captured in time, as Stripe does after a week.
func (s *Server) Lapse(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.intents[id]
	if p == nil || p.Status != "requires_capture" {
		return false
	}
	s.end(p, "automatic")
	return true
}

// authenticate is the page that a shopper is sent to: it confirms at once, or refuses with ?refuse=1.
func (s *Server) authenticate(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	s.mu.Lock()
	p := s.intents[id]
	s.mu.Unlock()
	if p == nil {
		http.NotFound(w, r)
		return
	}
	s.Authenticate(id, r.URL.Query().Get("refuse") == "")
	back, err := url.Parse(p.returnURL)
	if err != nil {
		http.Error(w, "The return_url is no address", http.StatusBadRequest)
		return
	}
	query := back.Query()
	query.Set("payment_intent", id)
	back.RawQuery = query.Encode()
	http.Redirect(w, r, back.String(), http.StatusSeeOther)
}
