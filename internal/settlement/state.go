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

// add computes the state of a payment with what is new to its ledger. Its amounts are what the ledger adds up to already,
// or what was there before there were ledgers.
func add(p *ent.Payment, ledger []*ent.PaymentEvent, fresh []gateway.Fact) state {
	s := of(p)
	told := map[gateway.Kind]bool{gateway.Captured: s.captured > 0}
	for _, e := range ledger {
		told[gateway.Kind(e.Kind)] = true
	}
	for _, f := range fresh {
		told[f.Kind] = true
		switch f.Kind {
		case gateway.Authorised:
			s.authorised += f.Amount
		case gateway.Captured:
			s.captured += f.Amount
		case gateway.Refunded:
			s.refunded += f.Amount
		}
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
