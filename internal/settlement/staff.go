package settlement

import (
	"context"
	"fmt"
	"strings"

	"galley/ent"
	"galley/ent/payment"
	"galley/ent/paymentevent"
	"galley/ent/paymentstep"
	"galley/internal/approval"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/nodeid"
	gateway "galley/internal/payment"
	"galley/internal/viewer"
)

// Capture takes money that is held, all or part of it; of a payment by hand, it notes that the money came.
func (w *Workflow) Capture(ctx context.Context, in CaptureInput) (*database.Outcome, error) {
	return w.button(ctx, in.Payment, in.ExpectedVersion, func(ctx context.Context, tx *ent.Tx, o *ent.Order, p *ent.Payment) error {
		under, err := underWay(ctx, tx, p)
		if err != nil {
			return err
		}
		left := p.AuthorisedAmount - p.CapturedAmount - under.capture
		if p.Gateway == Manual {
			left = p.DueAmount - p.CapturedAmount
		}
		if !placed(o.Status) || p.Status == payment.StatusVOIDED || under.void || left <= 0 {
			return fault.Reject(NotCapturable, "There is nothing to take", "payment")
		}
		amount, err := amountOf(in.Amount, left, p.Currency)
		if err != nil {
			return err
		}
		return w.do(ctx, tx, o, p, paymentstep.KindCAPTURE, amount, "")
	})
}

// Refund gives money back that was taken, all or part of it, as often as there is some left.
func (w *Workflow) Refund(ctx context.Context, in RefundInput) (*database.Outcome, error) {
	reason := strings.TrimSpace(in.Reason)
	return w.button(ctx, in.Payment, in.ExpectedVersion, func(ctx context.Context, tx *ent.Tx, o *ent.Order, p *ent.Payment) error {
		under, err := underWay(ctx, tx, p)
		if err != nil {
			return err
		}
		back := p.RefundedAmount + under.refund
		if p.CapturedAmount <= back {
			return fault.Reject(NotRefundable, "There is nothing to give back", "payment")
		}
		amount, err := amountOf(in.Amount, p.CapturedAmount-back, p.Currency)
		if err != nil {
			return err
		}
		if !fault.IsText(reason, 500) {
			return fault.Reject(Invalid, "A reason is plain text of at most 500 characters", "reason")
		}
		if err := approval.Refund(ctx, tx, back+amount); err != nil {
			return err
		}
		return w.do(ctx, tx, o, p, paymentstep.KindREFUND, amount, reason)
	})
}

// Void lets go of what is held, or is not asked for any more.
func (w *Workflow) Void(ctx context.Context, in VoidInput) (*database.Outcome, error) {
	reason := strings.TrimSpace(in.Reason)
	return w.button(ctx, in.Payment, in.ExpectedVersion, func(ctx context.Context, tx *ent.Tx, o *ent.Order, p *ent.Payment) error {
		under, err := underWay(ctx, tx, p)
		if err != nil {
			return err
		}
		begun := p.Gateway == Manual || p.Reference != ""
		if !begun || under.void || under.capture > 0 || p.CapturedAmount > 0 || p.Status == payment.StatusVOIDED {
			return fault.Reject(NotVoidable, "There is nothing to let go of, or the money was taken: give it back", "payment")
		}
		if !fault.IsText(reason, 500) {
			return fault.Reject(Invalid, "A reason is plain text of at most 500 characters", "reason")
		}
		return w.do(ctx, tx, o, p, paymentstep.KindVOID, 0, reason)
	})
}

// button is a change of a payment by staff: they must see it, and it is decided under the locks of order and payment. A
// provider is asked at once, so that the answer can tell what it said.
func (w *Workflow) button(ctx context.Context, id nodeid.ID, version *int, decide func(context.Context, *ent.Tx, *ent.Order, *ent.Payment) error) (*database.Outcome, error) {
	if err := viewer.Need(ctx, viewer.PaymentWrite); err != nil {
		return nil, err
	}
	key := id.KeyOf(nodeid.Payment)
	out, err := w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		p, err := tx.Payment.Query().Where(payment.ID(key)).Only(ctx)
		switch {
		case ent.IsNotFound(err):
			return 0, fault.New(fault.NotFound, "There is no such payment")
		case err != nil:
			return 0, fmt.Errorf("read payment: %w", err)
		}
		ctx = viewer.AsSystem(ctx)
		o, p, err := lock(ctx, tx, p.OrderID, key)
		if err == nil {
			err = fault.Expect(p.Version, version)
		}
		if err != nil {
			return 0, err
		}
		return key, decide(ctx, tx, o, p)
	})
	if err == nil && len(out.UserErrors) == 0 && w.within == nil {
		w.Begin(ctx, key)
	}
	return out, err
}

func (w *Workflow) mutate(ctx context.Context, fn func(context.Context, *ent.Tx) (int64, error)) (*database.Outcome, error) {
	if w.within != nil {
		key, err := fn(ctx, w.within)
		return &database.Outcome{Key: key}, err
	}
	return w.Database.Mutate(ctx, fn)
}

// do asks a provider for what staff decided, or notes that they did it by hand.
func (w *Workflow) do(ctx context.Context, tx *ent.Tx, o *ent.Order, p *ent.Payment, kind paymentstep.Kind, amount money.Minor, reason string) error {
	if err := tx.Payment.Update().Where(payment.ID(p.ID)).AddVersion(1).Exec(ctx); err != nil {
		return fmt.Errorf("update payment: %w", err)
	}
	p.Version++
	if p.Gateway != Manual {
		_, err := w.ask(ctx, tx, p, kind, amount, reason, headStart)
		return err
	}
	create := tx.PaymentStep.Create().SetPaymentID(p.ID).SetKind(kind).SetAmount(amount).SetCurrency(p.Currency).SetReason(reason).SetStatus(paymentstep.StatusSUCCEEDED)
	if actor := viewer.Actor(ctx); actor.Kind == viewer.Staff {
		create.SetActorID(actor.UserID)
	}
	s, err := create.Save(ctx)
	if err != nil {
		return fmt.Errorf("note %s: %w", kind, err)
	}
	return w.apply(ctx, tx, o, p, news{source: paymentevent.SourceSTAFF, answer: byHand(facts[kind], s.NodeID(), amount)})
}

// facts are what steps bring about.
var facts = map[paymentstep.Kind]gateway.Kind{
	paymentstep.KindAUTHORISE: gateway.Authorised, paymentstep.KindCAPTURE: gateway.Captured,
	paymentstep.KindREFUND: gateway.Refunded, paymentstep.KindVOID: gateway.Voided,
}

// amountOf reads how much is meant: all there is, unless told.
func amountOf(in *money.Decimal, left money.Minor, c money.Currency) (money.Minor, error) {
	if in == nil {
		return left, nil
	}
	amount, err := money.Parse(*in, c)
	switch {
	case err != nil || amount.Amount <= 0:
		return 0, fault.Reject(Invalid, fmt.Sprintf("This is not an amount of %s above zero, such as %s", c, c.Example()), "amount")
	case amount.Amount > left:
		return 0, fault.Reject(AmountTooLarge, fmt.Sprintf("At most %s is left", money.Money{Amount: left, Currency: c}), "amount")
	}
	return amount.Amount, nil
}
