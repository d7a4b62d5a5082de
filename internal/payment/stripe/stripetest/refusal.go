package stripetest

import "net/http"

// refusal is Stripe's answer to what it does not do.
type refusal struct {
	Error refusalBody `json:"error"`
}

type refusalBody struct {
	Type          string  `json:"type"`
	Code          string  `json:"code,omitempty"`
	DeclineCode   string  `json:"decline_code,omitempty"`
	Message       string  `json:"message"`
	Param         string  `json:"param,omitempty"`
	Charge        string  `json:"charge,omitempty"`
	PaymentMethod *method `json:"payment_method,omitempty"`
	PaymentIntent *intent `json:"payment_intent,omitempty"`
}

type method struct {
	ID     string `json:"id"`
	Object string `json:"object"`
	Type   string `json:"type"`
}

func refused(kind, code, message string) *refusal {
	return &refusal{refusalBody{Type: kind, Code: code, Message: message}}
}

func invalid(code, message string) *refusal { return refused("invalid_request_error", code, message) }

func missing(what string) *refusal { return invalid("resource_missing", "No such "+what) }

func (r *refusal) status() int {
	switch {
	case r.Error.Type == "card_error":
		return http.StatusPaymentRequired
	case r.Error.Code == "resource_missing":
		return http.StatusNotFound
	}
	return http.StatusBadRequest
}
