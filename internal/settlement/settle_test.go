package settlement_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/payment"
	"galley/ent/paymentevent"
	"galley/ent/paymentstep"
	gateway "galley/internal/payment"
	"galley/internal/settlement"
)

func TestAnOrderIsPaidByCard(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		o, p := s.order(card("good"))
		s.is(p, "PENDING 0/0/0", order.StatusPENDING_PAYMENT)
		s.pay.Begin(s.system, p.ID)
		s.is(p, "AUTHORISED 3000/0/0", order.StatusPLACED)
		s.work()
		s.is(p, "CAPTURED 3000/3000/0", order.StatusPLACED)
		s.same("steps", s.steps(p), []string{"AUTHORISE 3000 SUCCEEDED", "CAPTURE 3000 SUCCEEDED"})
		s.same("timeline", s.timeline(o), []string{"PAYMENT_AUTHORISED", "CONFIRMED", "PAYMENT_CAPTURED"})
	})
}

func TestAShopThatHoldsMoneyTakesItLater(t *testing.T) {
	t.Parallel()
	s := open(t, "sqlite", true)
	_, p := s.paid()
	s.is(p, "AUTHORISED 3000/0/0", order.StatusPLACED)
	s.same("steps", s.steps(p), []string{"AUTHORISE 3000 SUCCEEDED"})
}

func TestTheJobBeginsAPaymentThatNobodyBegan(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		_, p := s.order(card("good"))
		s.clock.pass(time.Minute)
		s.work()
		s.is(p, "CAPTURED 3000/3000/0", order.StatusPLACED)
	})
}

func TestAnAnswerThatWasLostIsAskedForAgain(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		s.till.deaf["authorise"], s.till.deaf["capture"] = 2, 1
		_, p := s.order(card("good"))
		s.pay.Begin(s.system, p.ID)
		s.is(p, "PENDING 0/0/0", order.StatusPENDING_PAYMENT)
		if trouble := s.db.Client.PaymentStep.Query().OnlyX(s.system).Error; trouble == "" {
			t.Error("nobody is told why the payment waits")
		}
		for range 4 {
			s.clock.pass(time.Minute)
			s.work()
		}
		s.is(p, "CAPTURED 3000/3000/0", order.StatusPLACED)
		if len(s.till.accounts) != 1 {
			t.Errorf("the provider was asked for %d payments", len(s.till.accounts))
		}
	})
}

func TestADeclinedCardFailsAndAnotherPays(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		o, p := s.order(card("declined"))
		s.pay.Begin(s.system, p.ID)
		s.is(p, "FAILED 0/0/0", order.StatusPENDING_PAYMENT)
		if p := s.again(p); p.Error != "The card has no money" {
			t.Errorf("the shopper is told %q", p.Error)
		}
		s.same("steps", s.steps(p), []string{"AUTHORISE 3000 FAILED"})
		good := "good"
		out, err := s.pay.Pay(s.owner(o), settlement.PayInput{Order: o.NodeID(), Method: payment.MethodCARD, Instrument: &good})
		s.fine(out, err)
		s.is(s.db.Client.Payment.GetX(s.system, out.Key), "AUTHORISED 3000/0/0", order.StatusPLACED)
		s.is(p, "FAILED 0/0/0", order.StatusPLACED)
	})
}

func TestAShopperConfirmsAPayment(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		_, p := s.order(card("confirm"))
		s.pay.Begin(s.system, p.ID)
		s.is(p, "REQUIRES_ACTION 0/0/0", order.StatusPENDING_PAYMENT)
		p = s.again(p)
		if p.RedirectURL == "" || p.ClientSecret == "" {
			t.Errorf("got %+v", p)
		}
		s.till.confirm(p.Reference, 3000)
		s.must(s.webhook(p.Reference, s.till.facts(p.Reference)...))
		s.is(p, "AUTHORISED 3000/0/0", order.StatusPLACED)
		if p = s.again(p); p.RedirectURL != "" || p.ClientSecret != "" {
			t.Errorf("what is not needed any more is still there: %+v", p)
		}
		if told := s.db.Client.PaymentEvent.Query().Order(paymentevent.ByID()).AllX(s.system); told[0].Source != "ANSWER" || told[1].Source != "WEBHOOK" {
			t.Errorf("got %v", told)
		}
	})
}

func TestALostWebhookIsMadeUpForByTheSweep(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		_, p := s.order(card("confirm"))
		s.pay.Begin(s.system, p.ID)
		s.till.confirm(s.again(p).Reference, 3000)
		s.clock.pass(20 * time.Minute)
		s.work()
		s.until("the sweep has run", func() bool {
			s.clock.pass(time.Minute)
			s.work()
			return s.again(p).Status == payment.StatusCAPTURED
		})
		s.is(p, "CAPTURED 3000/3000/0", order.StatusPLACED)
	})
}

func TestFactsComeInAnyOrderAndAgain(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		_, p := s.order(card("confirm"))
		s.pay.Begin(s.system, p.ID)
		ref := s.again(p).Reference
		s.till.confirm(ref, 3000)
		authorised := s.till.facts(ref)[1]
		acc := s.till.accounts[ref]
		acc.captured = 3000
		acc.tell(gateway.Captured, "x:captured", 3000)
		acc.refunded = 1000
		acc.tell(gateway.Refunded, "x:refunded", 1000)
		facts := s.till.facts(ref)
		captured, refunded := facts[2], facts[3]
		s.must(s.webhook(ref, refunded)) // the provider is asked what was taken
		s.is(p, "CAPTURED 3000/3000/1000", order.StatusPLACED)
		for _, f := range []gateway.Fact{captured, authorised, refunded, authorised} {
			s.must(s.webhook(ref, f))
		}
		s.is(p, "CAPTURED 3000/3000/1000", order.StatusPLACED)
		s.same("timeline", s.timeline(s.db.Client.Order.Query().OnlyX(s.system)),
			[]string{"PAYMENT_REQUIRES_ACTION", "PAYMENT_REFUNDED", "PAYMENT_AUTHORISED", "PAYMENT_CAPTURED", "CONFIRMED"})
		if steps := s.steps(p); !slices.Equal(steps, []string{"AUTHORISE 3000 SUCCEEDED"}) {
			t.Errorf("money that is taken is asked for: %v", steps)
		}
	})
}

func TestAManualPaymentPlacesTheOrderAndWaits(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		for _, m := range []payment.Method{payment.MethodMANUAL, payment.MethodCASH_ON_DELIVERY} {
			_, p := s.order(settlement.Means{Method: m})
			s.pay.Begin(s.system, p.ID)
			s.is(p, "PENDING 0/0/0", order.StatusPLACED)
		}
		if n := s.db.Client.PaymentStep.Query().CountX(s.system) + s.till.calls; n > 0 {
			t.Errorf("a provider was asked for %d things", n)
		}
	})
}

func TestWhatIsFreeIsPaid(t *testing.T) {
	t.Parallel()
	if got := settlement.Begins(payment.MethodCARD, 0); got != order.StatusPLACED {
		t.Errorf("an order of nothing begins as %s", got)
	}
}

// release ends an order as its cancellation does.
func (s shop) release(o *ent.Order) {
	s.Helper()
	s.must(s.db.InTx(s.system, func(ctx context.Context, tx *ent.Tx) error {
		o := tx.Order.GetX(ctx, o.ID)
		if err := tx.Order.Update().Where(order.ID(o.ID)).SetStatus(order.StatusCANCELLED).SetCancelledAt(s.db.Now()).AddVersion(1).Exec(ctx); err != nil {
			return err
		}
		return s.pay.Release(ctx, tx, o.ID, "Called off")
	}))
}

func TestACancelledOrderHoldsNoMoney(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		taken, p := s.paid()
		s.release(taken)
		s.release(taken)
		s.work()
		s.is(p, "REFUNDED 3000/3000/3000", order.StatusCANCELLED)
		s.same("steps", s.steps(p), []string{"AUTHORISE 3000 SUCCEEDED", "CAPTURE 3000 SUCCEEDED", "REFUND 3000 SUCCEEDED"})

		held, p := s.order(card("good"))
		s.pay.Begin(s.system, p.ID)
		s.release(held)
		s.work()
		if status := s.again(p).Status; status != payment.StatusVOIDED && status != payment.StatusREFUNDED {
			t.Errorf("the payment is %s", status)
		}
		s.sound(s.again(p))

		invoice, p := s.order(settlement.Means{Method: payment.MethodMANUAL})
		s.release(invoice)
		s.is(p, "VOIDED 0/0/0", order.StatusCANCELLED)

		under, p := s.order(card("good"))
		s.till.deaf["authorise"] = 1
		s.pay.Begin(s.system, p.ID)
		s.release(under)
		s.clock.pass(time.Minute)
		s.work()
		s.is(p, "VOIDED 3000/0/0", order.StatusCANCELLED)
	})
}

func TestAnOrderThatNobodyPaysExpires(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		o, p := s.order(card("confirm"))
		s.pay.Begin(s.system, p.ID)
		other, _ := s.paid()
		s.clock.pass(59 * time.Minute)
		s.until("the sweep has run", func() bool {
			s.clock.pass(time.Minute)
			s.work()
			return s.read(o).Status != order.StatusPENDING_PAYMENT
		})
		s.work()
		s.is(p, "VOIDED 0/0/0", order.StatusEXPIRED)
		if s.read(other).Status != order.StatusPLACED {
			t.Error("a paid order has expired")
		}
	})
}

func TestMoneyThatComesTooLateGoesBack(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		o, p := s.order(card("confirm"))
		s.pay.Begin(s.system, p.ID)
		ref := s.again(p).Reference
		s.till.down = true
		s.clock.pass(2 * time.Hour)
		s.until("the order has expired", func() bool {
			s.clock.pass(time.Minute)
			s.work()
			return s.read(o).Status == order.StatusEXPIRED
		})
		s.till.confirm(ref, 3000) // before the provider hears that it is too late
		s.till.down = false
		acc := s.till.accounts[ref]
		acc.captured = 3000
		acc.tell(gateway.Captured, ref+":captured", 3000)
		s.must(s.webhook(ref, s.till.facts(ref)...))
		for range 5 {
			s.clock.pass(2 * time.Hour)
			s.work()
		}
		s.is(p, "REFUNDED 3000/3000/3000", order.StatusEXPIRED)
	})
}

func TestAnOrderIsPaidOnce(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		o, first := s.order(card("confirm"))
		s.pay.Begin(s.system, first.ID)
		ref := s.again(first).Reference
		s.till.before = func(kind string) { // the first is confirmed just before it is let go of
			if kind == "void" {
				s.till.confirm(ref, 3000)
			}
		}
		good := "good"
		out, err := s.pay.Pay(s.owner(o), settlement.PayInput{Order: o.NodeID(), Method: payment.MethodCARD, Instrument: &good})
		s.fine(out, err)
		s.must(s.webhook(ref, s.till.facts(ref)...))
		s.work()
		second := s.db.Client.Payment.GetX(s.system, out.Key)
		s.is(second, "CAPTURED 3000/3000/0", order.StatusPLACED)
		if first = s.again(first); first.CapturedAmount != 0 || first.Status != payment.StatusVOIDED {
			t.Errorf("the first payment is %s", stands(first))
		}
	})
}

func TestAStepThatIsForgottenIsLookedUpAndNotDoneAgain(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		s.till.deaf["capture"] = 100
		_, p := s.paid()
		s.clock.pass(21 * time.Hour)
		s.db.Client.Job.Delete().ExecX(s.system) // it is dead
		s.till.mu.Lock()
		clear(s.till.said) // the provider knows no keys that old
		calls := s.till.calls
		s.till.mu.Unlock()
		s.until("the sweep has run", func() bool {
			s.clock.pass(time.Minute)
			s.work()
			return s.again(p).Status == payment.StatusCAPTURED
		})
		s.is(p, "CAPTURED 3000/3000/0", order.StatusPLACED)
		if s.till.calls != calls || s.db.Client.PaymentStep.Query().Where(paymentstep.StatusEQ("PENDING")).ExistX(s.system) {
			t.Error("it was done again")
		}
	})
}
