package settlement_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"galley/ent/order"
	"galley/ent/payment"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/nodeid"
	"galley/internal/settlement"
	"galley/internal/viewer"
)

func (s shop) capture(ctx context.Context, p nodeid.ID, amount money.Decimal) (*database.Outcome, error) {
	in := settlement.CaptureInput{Payment: p}
	if amount != "" {
		in.Amount = &amount
	}
	return s.pay.Capture(ctx, in)
}

func (s shop) refund(ctx context.Context, p nodeid.ID, amount money.Decimal, reason string) (*database.Outcome, error) {
	in := settlement.RefundInput{Payment: p, Reason: reason}
	if amount != "" {
		in.Amount = &amount
	}
	return s.pay.Refund(ctx, in)
}

func TestStaffTakeMoneyInParts(t *testing.T) {
	t.Parallel()
	holding(t, func(s shop) {
		_, p := s.paid()
		cashier := s.cashier()
		for _, bad := range []money.Decimal{"0", "-1", "1.234", "x", "1e3"} {
			s.refused("INVALID amount")(s.capture(cashier, p.NodeID(), bad))
		}
		s.refused("AMOUNT_TOO_LARGE amount")(s.capture(cashier, p.NodeID(), "30.01"))
		s.fine(s.capture(cashier, p.NodeID(), "10"))
		s.is(p, "CAPTURED 3000/1000/0", order.StatusPLACED)
		s.refused("AMOUNT_TOO_LARGE amount")(s.capture(cashier, p.NodeID(), "20.01"))
		s.fine(s.capture(cashier, p.NodeID(), ""))
		s.is(p, "CAPTURED 3000/3000/0", order.StatusPLACED)
		s.refused("NOT_CAPTURABLE payment")(s.capture(cashier, p.NodeID(), ""))
	})
}

func TestStaffGiveMoneyBackInParts(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		_, p := s.paid()
		cashier := s.cashier()
		s.refused("AMOUNT_TOO_LARGE amount")(s.refund(cashier, p.NodeID(), "30.01", ""))
		s.refused("INVALID reason")(s.refund(cashier, p.NodeID(), "1", "a\x00b"))
		s.fine(s.refund(cashier, p.NodeID(), "10", " one mug was broken "))
		s.is(p, "CAPTURED 3000/3000/1000", order.StatusPLACED)
		s.refused("AMOUNT_TOO_LARGE amount")(s.refund(cashier, p.NodeID(), "20.01", ""))
		s.fine(s.refund(cashier, p.NodeID(), "", ""))
		s.is(p, "REFUNDED 3000/3000/3000", order.StatusPLACED)
		s.refused("NOT_REFUNDABLE payment")(s.refund(cashier, p.NodeID(), "", ""))
		s.same("steps", s.steps(p)[2:], []string{"REFUND 1000 SUCCEEDED", "REFUND 2000 SUCCEEDED"})
		if st := s.db.Client.PaymentStep.Query().AllX(s.system)[2]; st.Reason != "one mug was broken" || st.ActorID == nil {
			t.Errorf("got %+v", st)
		}
	})
}

func TestStaffLetMoneyGo(t *testing.T) {
	t.Parallel()
	holding(t, func(s shop) {
		_, p := s.paid()
		s.fine(s.pay.Void(s.cashier(), settlement.VoidInput{Payment: p.NodeID()}))
		s.is(p, "VOIDED 3000/0/0", order.StatusPLACED)
		s.refused("NOT_VOIDABLE payment")(s.pay.Void(s.cashier(), settlement.VoidInput{Payment: p.NodeID()}))
		s.refused("NOT_CAPTURABLE payment")(s.capture(s.cashier(), p.NodeID(), ""))
	})
}

func TestStaffNoteMoneyThatCameByHand(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		_, p := s.order(settlement.Means{Method: payment.MethodMANUAL})
		s.refused("NOT_REFUNDABLE payment")(s.refund(s.cashier(), p.NodeID(), "", ""))
		s.fine(s.capture(s.cashier(), p.NodeID(), "12.50"))
		s.is(p, "CAPTURED 0/1250/0", order.StatusPLACED)
		s.refused("AMOUNT_TOO_LARGE amount")(s.capture(s.cashier(), p.NodeID(), "17.51"))
		s.fine(s.capture(s.cashier(), p.NodeID(), ""))
		s.fine(s.refund(s.cashier(), p.NodeID(), "30", ""))
		s.is(p, "REFUNDED 0/3000/3000", order.StatusPLACED)

		_, p = s.order(settlement.Means{Method: payment.MethodMANUAL})
		s.fine(s.pay.Void(s.cashier(), settlement.VoidInput{Payment: p.NodeID()}))
		s.is(p, "VOIDED 0/0/0", order.StatusPLACED)
		s.refused("NOT_CAPTURABLE payment")(s.capture(s.cashier(), p.NodeID(), ""))
	})
}

func TestAnOrderIsCompleteWhenTheMoneyComesLast(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		o, p := s.order(settlement.Means{Method: payment.MethodCASH_ON_DELIVERY})
		s.db.Client.Order.Update().Where(order.ID(o.ID)).SetFulfilment(order.FulfilmentDELIVERED).ExecX(s.system)
		s.fine(s.capture(s.cashier(), p.NodeID(), "10"))
		s.is(p, "CAPTURED 0/1000/0", order.StatusPLACED)
		s.fine(s.capture(s.cashier(), p.NodeID(), ""))
		s.is(p, "CAPTURED 0/3000/0", order.StatusCOMPLETED)
	})
}

func TestOnlyThoseWhoMayMoveMoney(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		o, p := s.paid()
		for who, want := range map[context.Context]fault.Code{
			t.Context():                   fault.Unauthenticated,
			s.owner(o):                    fault.Forbidden,
			s.staff(viewer.OrderRead):     fault.Forbidden,
			s.staff(viewer.PaymentWrite):  fault.NotFound, // which does not let them see it
			s.staff(viewer.OrderWrite):    fault.Forbidden,
			s.staff(viewer.ApprovalWrite): fault.Forbidden,
			s.staff(viewer.PricingWrite):  fault.Forbidden,
		} {
			s.failed(want)(s.capture(who, p.NodeID(), ""))
			s.failed(want)(s.refund(who, p.NodeID(), "", ""))
			s.failed(want)(s.pay.Void(who, settlement.VoidInput{Payment: p.NodeID()}))
		}
		for _, id := range []nodeid.ID{{}, nodeid.Payment.ID(1), nodeid.Order.ID(p.ID)} {
			s.failed(fault.NotFound)(s.refund(s.cashier(), id, "", ""))
		}
		old, amount := p.Version-1, money.Decimal("1")
		s.failed(fault.Conflict)(s.pay.Refund(s.cashier(), settlement.RefundInput{Payment: p.NodeID(), Amount: &amount, ExpectedVersion: &old}))
		s.is(p, "CAPTURED 3000/3000/0", order.StatusPLACED)
	})
}

func TestAnOrderIsPaidByItsOwner(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		o, p := s.order(card("declined"))
		s.pay.Begin(s.system, p.ID)
		other, _ := s.order(card("declined"))
		try := func(ctx context.Context, o nodeid.ID, m payment.Method, instrument, back string) (*database.Outcome, error) {
			return s.pay.Pay(ctx, settlement.PayInput{Order: o, Method: m, Instrument: &instrument, ReturnURL: &back})
		}
		for _, who := range []context.Context{t.Context(), s.owner(other), s.staff(viewer.OrderRead, viewer.OrderWrite, viewer.PaymentWrite)} {
			s.failed(fault.NotFound)(try(who, o.NodeID(), payment.MethodCARD, "good", ""))
		}
		s.refused("METHOD_UNAVAILABLE method")(try(s.owner(o), o.NodeID(), "SHELLS", "good", ""))
		for _, back := range []string{"http://shop.example/", "javascript:alert(1)", "//x", "https://a:b@x.example/", "https:///x", "https://shop.example.evil.example/", "https://shop.example:444/", "\x00"} {
			s.refused("INVALID returnUrl")(try(s.owner(o), o.NodeID(), payment.MethodCARD, "good", back))
		}
		s.refused("INVALID instrument")(try(s.owner(o), o.NodeID(), payment.MethodCARD, "a\x00b", ""))
		for range 8 {
			s.fine(try(s.owner(o), o.NodeID(), payment.MethodCARD, "declined", "http://127.0.0.1:3000/paid"))
		}
		s.fine(try(s.owner(o), o.NodeID(), payment.MethodCARD, "declined", "https://shop.example/paid"))
		s.refused("TOO_MANY_ATTEMPTS order")(try(s.owner(o), o.NodeID(), payment.MethodCARD, "good", ""))

		out, err := try(s.owner(other), other.NodeID(), payment.MethodMANUAL, "", "")
		s.fine(out, err)
		s.is(s.db.Client.Payment.GetX(s.system, out.Key), "PENDING 0/0/0", order.StatusPLACED)
		s.refused("NOT_PAYABLE order")(try(s.owner(other), other.NodeID(), payment.MethodCARD, "good", ""))

		late, _ := s.order(card("declined"))
		s.clock.pass(time.Hour)
		s.refused("NOT_PAYABLE order")(try(s.owner(late), late.NodeID(), payment.MethodCARD, "good", ""))
	})
}

func TestNeverMoreThanThereIs(t *testing.T) {
	t.Parallel()
	holding(t, func(s shop) {
		s.till.deaf["capture"], s.till.deaf["refund"] = 2, 2
		_, p := s.paid()
		cashier := s.cashier()
		settled := func() payment.Status {
			for range 3 {
				s.clock.pass(time.Minute)
				s.work()
			}
			return s.again(p).Status
		}
		var taken, given atomic.Int64
		atOnce(times(64, func() {
			if out, err := s.capture(cashier, p.NodeID(), "7"); err == nil && len(out.UserErrors) == 0 {
				taken.Add(1)
			}
		})...)
		if got := settled(); taken.Load() != 4 {
			t.Errorf("%d of 64 took 7.00 of 30.00; the payment is %s", taken.Load(), got)
		}
		s.is(p, "CAPTURED 3000/2800/0", order.StatusPLACED)
		atOnce(times(64, func() {
			if out, err := s.refund(cashier, p.NodeID(), "9", ""); err == nil && len(out.UserErrors) == 0 {
				given.Add(1)
			}
		})...)
		if got := settled(); given.Load() != 3 {
			t.Errorf("%d of 64 gave 9.00 of 28.00 back; the payment is %s", given.Load(), got)
		}
		s.is(p, "CAPTURED 3000/2800/2700", order.StatusPLACED)
	})
}

func TestMoneyFromBeforeThereWereLedgersGoesBack(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		_, p := s.order(settlement.Means{Method: payment.MethodMANUAL})
		s.db.Client.Payment.UpdateOne(p).SetStatus(payment.StatusCAPTURED).SetCapturedAmount(3000).ExecX(s.system)
		s.fine(s.refund(s.cashier(), p.NodeID(), "10", ""))
		if got := stands(s.again(p)); got != "CAPTURED 0/3000/1000" {
			t.Errorf("the payment is %s", got)
		}
	})
}
