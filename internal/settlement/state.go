package settlement

import (
	"galley/ent"
	"galley/ent/payment"
	"galley/internal/money"
	gateway "galley/internal/payment"
)

// state is what the facts of a payment add up to, in whatever order they were told.
type state struct {
	status                         payment.Status
	authorised, captured, refunded money.Minor
}

// add computes a state from all that the ledger has, and what is new to it.
func add(ledger []*ent.PaymentEvent, fresh []gateway.Fact) state {
	var s state
	told := map[gateway.Kind]bool{}
	tell := func(kind gateway.Kind, amount money.Minor) {
		told[kind] = true
		switch kind {
		case gateway.Authorised:
			s.authorised += amount
		case gateway.Captured:
			s.captured += amount
		case gateway.Refunded:
			s.refunded += amount
		}
	}
	for _, e := range ledger {
		tell(gateway.Kind(e.Kind), e.Amount)
	}
	for _, f := range fresh {
		tell(f.Kind, f.Amount)
	}
	switch {
	case s.captured > 0 && s.refunded >= s.captured:
		s.status = payment.StatusREFUNDED
	case told[gateway.Captured]:
		s.status = payment.StatusCAPTURED
	case told[gateway.Voided]:
		s.status = payment.StatusVOIDED
	case told[gateway.Authorised]:
		s.status = payment.StatusAUTHORISED
	case told[gateway.Failed]:
		s.status = payment.StatusFAILED
	case told[gateway.ActionRequired]:
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
