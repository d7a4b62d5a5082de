package settlement

import (
	"galley/ent"
	"galley/ent/payment"
	"galley/ent/paymentevent"
	"galley/internal/money"
)

// state is what the facts of a payment add up to, in whatever order they were told.
type state struct {
	status                         payment.Status
	authorised, captured, refunded money.Minor
}

// add computes a state from all facts in the ledger.
func add(events []*ent.PaymentEvent) state {
	var s state
	told := map[paymentevent.Kind]bool{}
	for _, e := range events {
		told[e.Kind] = true
		switch e.Kind {
		case paymentevent.KindAUTHORISED:
			s.authorised += e.Amount
		case paymentevent.KindCAPTURED:
			s.captured += e.Amount
		case paymentevent.KindREFUNDED:
			s.refunded += e.Amount
		}
	}
	switch {
	case s.captured > 0 && s.refunded >= s.captured:
		s.status = payment.StatusREFUNDED
	case told[paymentevent.KindCAPTURED]:
		s.status = payment.StatusCAPTURED
	case told[paymentevent.KindVOIDED]:
		s.status = payment.StatusVOIDED
	case told[paymentevent.KindAUTHORISED]:
		s.status = payment.StatusAUTHORISED
	case told[paymentevent.KindFAILED]:
		s.status = payment.StatusFAILED
	case told[paymentevent.KindACTION_REQUIRED]:
		s.status = payment.StatusREQUIRES_ACTION
	default:
		s.status = payment.StatusPENDING
	}
	return s
}

// of is the state that a payment was last left in.
func of(p *ent.Payment) state {
	return state{p.Status, p.AuthorisedAmount, p.CapturedAmount, p.RefundedAmount}
}

// covers tells whether this much is there: held, or taken. What was taken was held, even if nobody has said so yet.
func (s state) covers(due money.Minor) bool {
	there := s.status == payment.StatusAUTHORISED || s.status == payment.StatusCAPTURED
	return there && max(s.authorised, s.captured) >= due
}

// open tells whether the shopper may still bring the payment about.
func (s state) open() bool {
	return s.status == payment.StatusPENDING || s.status == payment.StatusREQUIRES_ACTION || s.status == payment.StatusFAILED
}
