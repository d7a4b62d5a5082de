package graphtest

import (
	"galley/ent/payment"
	"galley/ent/paymentevent"
	"galley/ent/paymentstep"
)

// payments gives those of A2 and B1 a ledger: what was asked for, and what came of it. A1's and B1's shoppers have
// something to do next.
func (f *filler) payments() {
	for _, number := range []string{"A2", "B1"} {
		p := f.Payments[number]
		step, err := f.tx.PaymentStep.Create().SetPaymentID(p.ID).SetKind(paymentstep.KindCAPTURE).SetStatus(paymentstep.StatusSUCCEEDED).
			SetAmount(p.DueAmount).SetCurrency(p.Currency).Save(f)
		must(f, step, err)
		event, err := f.tx.PaymentEvent.Create().SetPaymentID(p.ID).SetGateway("manual").SetFact(number).SetKind(paymentevent.KindCAPTURED).
			SetAmount(p.DueAmount).SetCurrency(p.Currency).SetSource(paymentevent.SourceSTAFF).SetOccurredAt(Start()).Save(f)
		must(f, event, err)
	}
	must(f, 0, f.Payments["A2"].Update().SetStatus(payment.StatusCAPTURED).SetCapturedAmount(f.Payments["A2"].DueAmount).SetVersion(2).Exec(f))
	for _, number := range []string{"A1", "B1"} {
		must(f, 0, f.Payments[number].Update().SetClientSecret("secret of "+number).Exec(f))
	}
}
