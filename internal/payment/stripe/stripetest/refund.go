package stripetest

import (
	"net/http"
	"strconv"
	"time"
)

// refund is a Refund.
type refund struct {
	ID            string            `json:"id"`
	Object        string            `json:"object"`
	Amount        int64             `json:"amount"`
	Charge        *string           `json:"charge"`
	Created       int64             `json:"created"`
	Currency      string            `json:"currency"`
	Metadata      map[string]string `json:"metadata"`
	PaymentIntent string            `json:"payment_intent"`
	Reason        *string           `json:"reason"`
	Status        string            `json:"status"`
}

func (s *Server) refund(r *http.Request) (any, *refusal) {
	p := s.intents[r.PostForm.Get("payment_intent")]
	if p == nil {
		return nil, missing("payment_intent: '" + r.PostForm.Get("payment_intent") + "'")
	}
	if p.Status != "succeeded" {
		return nil, invalid("", "This PaymentIntent does not have a successful charge to refund.")
	}
	left := p.AmountReceived - p.refunded()
	amount := left
	if text := r.PostForm.Get("amount"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 1 {
			return nil, invalid("parameter_invalid_integer", "This value must be greater than or equal to 1.")
		}
		amount = n
	}
	switch {
	case left == 0:
		return nil, invalid("charge_already_refunded", "The charge has already been refunded.")
	case amount > left:
		return nil, invalid("", "Refund amount is greater than unrefunded amount on charge.")
	}
	back := &refund{
		ID: s.name("re"), Object: "refund", Amount: amount, Charge: p.LatestCharge, Created: time.Now().Unix(), Currency: p.Currency,
		Metadata: metadata(r.PostForm), PaymentIntent: p.ID, Status: "succeeded",
	}
	if *p.PaymentMethod == RefundPends {
		back.Status = "pending"
	}
	p.refunds = append(p.refunds, back)
	s.tell("refund.created", back)
	if *p.PaymentMethod == RefundFails {
		answered := *back
		back.Status = "failed"
		s.tell("refund.failed", back)
		return answered, nil
	}
	return *back, nil
}

// refunded is what was given back, or is about to be.
func (p *intent) refunded() (sum int64) {
	for _, r := range p.refunds {
		if r.Status != "failed" && r.Status != "canceled" {
			sum += r.Amount
		}
	}
	return sum
}

// Refund ends a refund that is pending. It tells whether there was one.
func (s *Server) Refund(id string, succeed bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	back := s.findRefund(id)
	switch {
	case back == nil || back.Status != "pending":
		return false
	case succeed:
		back.Status = "succeeded"
		s.tell("refund.updated", back)
	default:
		back.Status = "failed"
		s.tell("refund.failed", back)
	}
	return true
}

func (s *Server) findRefund(id string) *refund {
	for _, p := range s.order {
		for _, back := range p.refunds {
			if back.ID == id {
				return back
			}
		}
	}
	return nil
}

func (s *Server) retrieveRefund(r *http.Request) (any, *refusal) {
	if back := s.findRefund(r.PathValue("id")); back != nil {
		return *back, nil
	}
	return nil, missing("refund: '" + r.PathValue("id") + "'")
}

// listRefunds gives the newest first, a page at a time.
func (s *Server) listRefunds(r *http.Request) (any, *refusal) {
	query := r.URL.Query()
	limit := 10
	if n, err := strconv.Atoi(query.Get("limit")); err == nil {
		limit = n
	}
	p := s.intents[query.Get("payment_intent")]
	if p == nil {
		return nil, missing("payment_intent: '" + query.Get("payment_intent") + "'")
	}
	found := []refund{}
	begun := query.Get("starting_after") == ""
	more := false
	for i := len(p.refunds) - 1; i >= 0; i-- {
		switch {
		case !begun:
			begun = p.refunds[i].ID == query.Get("starting_after")
		case len(found) == limit:
			more = true
		default:
			found = append(found, *p.refunds[i])
		}
	}
	return map[string]any{"object": "list", "data": found, "has_more": more, "url": "/v1/refunds"}, nil
}
