package settlement_test

import (
	"net/http"
	"testing"
	"time"

	"galley/ent/job"
	"galley/ent/order"
	"galley/ent/payment"
	"galley/ent/paymentstep"
	gateway "galley/internal/payment"
	"galley/internal/settlement"
)

func TestAPaymentIsBegunOnceByMany(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		_, p := s.order(card("good"))
		s.clock.pass(time.Minute) // the job is due as well
		atOnce(append(times(16, func() { s.pay.Begin(s.system, p.ID) }), s.work)...)
		s.work()
		s.is(p, "CAPTURED 3000/3000/0", order.StatusPLACED)
		if n := s.db.Client.PaymentEvent.Query().CountX(s.system); n != 2 || len(s.till.accounts) != 1 {
			t.Errorf("%d facts, %d payments at the provider", n, len(s.till.accounts))
		}
	})
}

func TestWebhooksAnswersAndSweepsTellTheSame(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		_, p := s.order(card("confirm"))
		s.pay.Begin(s.system, p.ID)
		ref := s.again(p).Reference
		s.till.confirm(ref, 3000)
		s.clock.pass(20 * time.Minute)
		told := s.till.facts(ref)
		atOnce(append(times(32, func() {
			if err := s.webhook(ref, told...); err != nil {
				t.Error(err)
			}
		}), s.work)...)
		s.work()
		s.is(p, "CAPTURED 3000/3000/0", order.StatusPLACED)
		if n := s.db.Client.PaymentStep.Query().Where(paymentstep.KindEQ(paymentstep.KindCAPTURE)).CountX(s.system); n != 1 {
			t.Errorf("the money was asked for %d times", n)
		}
	})
}

func TestAPaymentAgainstTheOrdersEnd(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		for range 8 {
			o, p := s.order(card("confirm"))
			s.pay.Begin(s.system, p.ID)
			ref := s.again(p).Reference
			s.till.confirm(ref, 3000)
			told := s.till.facts(ref)
			atOnce(func() {
				if err := s.webhook(ref, told...); err != nil {
					t.Error(err)
				}
			}, func() { s.release(o) })
			for range 3 {
				s.work()
			}
			if got := s.again(p); got.Status != payment.StatusVOIDED && got.Status != payment.StatusREFUNDED || s.read(o).Status != order.StatusCANCELLED {
				t.Errorf("the payment is %s", stands(got))
			}
			s.sound(s.again(p))
		}
	})
}

func TestSeveralPaymentsAtOncePayOnce(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		o := s.bare(payment.MethodCARD)
		good := "good"
		atOnce(times(6, func() {
			out, err := s.pay.Pay(s.owner(o), settlement.PayInput{Order: o.NodeID(), Method: payment.MethodCARD, Instrument: &good})
			if err != nil || len(out.UserErrors) > 0 && out.UserErrors[0].Code != settlement.NotPayable {
				t.Errorf("got %+v, %v", out, err)
			}
		})...)
		for range 3 {
			s.clock.pass(time.Minute)
			s.work()
		}
		held := 0
		for _, p := range s.db.Client.Payment.Query().AllX(s.system) {
			s.sound(p)
			if p.Status != payment.StatusVOIDED && p.Status != payment.StatusREFUNDED {
				held++
			}
		}
		if held != 1 || s.read(o).Status != order.StatusPLACED {
			t.Errorf("%d payments hold money", held)
		}
	})
}

func TestAWebhookMayComeBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		s.till.deaf["authorise"] = 1
		_, p := s.order(card("good"))
		s.pay.Begin(s.system, p.ID)
		s.must(s.webhook("ref1", s.till.facts("ref1")...))
		s.is(p, "PENDING 0/0/0", order.StatusPENDING_PAYMENT)
		if n := s.db.Client.Job.Query().Where(job.Kind("payment.notice")).CountX(s.system); n != 1 {
			t.Errorf("%d notices are kept", n)
		}
		for range 3 {
			s.clock.pass(time.Minute)
			s.work()
		}
		s.is(p, "CAPTURED 3000/3000/0", order.StatusPLACED)
		if s.db.Client.Job.Query().Where(job.Kind("payment.notice"), job.StatusNEQ(job.StatusDONE)).ExistX(s.system) {
			t.Error("a notice is not done with")
		}
	})
}

func TestANoticeOfSomebodyElsesPaymentIsForgotten(t *testing.T) {
	t.Parallel()
	s := open(t, "sqlite", false)
	s.must(s.webhook("foreign", gateway.Fact{ID: "x", Kind: gateway.Authorised, Amount: 1}))
	for range 8 {
		s.clock.pass(time.Hour)
		s.work()
	}
	if j := s.db.Client.Job.Query().Where(job.Kind("payment.notice")).OnlyX(s.system); j.Status != job.StatusDONE {
		t.Errorf("got %v", j)
	}
}

func TestAForgedWebhookCostsNothing(t *testing.T) {
	t.Parallel()
	s := open(t, "sqlite", false)
	ctx, counter := counted(s)
	if err := s.pay.Notify(ctx, "till", http.Header{"Signature": {"bad"}}, []byte("{}")); !isForged(err) || counter.Statements() != 0 {
		t.Errorf("got %v after %d statements", err, counter.Statements())
	}
	if err := s.pay.Notify(ctx, "nobody", nil, nil); err == nil || counter.Statements() != 0 {
		t.Errorf("got %v after %d statements", err, counter.Statements())
	}
}

func TestAPaymentTakesFewStatements(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		want := 12
		if s.db.Postgres() {
			want = 4
		}
		_, p := s.order(card("good"))
		ctx, counter := counted(s)
		s.pay.Begin(ctx, p.ID)
		s.is(p, "AUTHORISED 3000/0/0", order.StatusPLACED)
		if got := counter.Statements(); got != want {
			t.Errorf("%d statements instead of %d", got, want)
		}
	})
}
