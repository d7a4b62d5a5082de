package settlement

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/orderevent"
	"galley/ent/payment"
	"galley/ent/paymentevent"
	"galley/ent/paymentstep"
	"galley/internal/lifecycle"
	"galley/internal/nodeid"
	gateway "galley/internal/payment"
	"galley/internal/viewer"
)

// lockStrength leaves those alone who only refer to a row.
const lockStrength = sql.LockNoKeyUpdate

// news is what somebody tells of a payment.
type news struct {
	source paymentevent.Source
	answer gateway.Answer
	step   int64            // that is answered by it, or 0
	kind   paymentstep.Kind // of the step
	failed string           // why the step has failed; empty where it has not
}

// errIncomplete says that the ledger lacks something: more would be given back than was taken.
var errIncomplete = errors.New("more was given back than is known to have been taken")

// settle writes down what was told of a payment, and does what follows from it. Whoever tells it, and however often and
// in whatever order: it is done once, under the locks of order and payment.
func (w *Workflow) settle(ctx context.Context, orderID, paymentID int64, n news) error {
	err := w.Database.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		ctx = viewer.AsSystem(ctx)
		o, p, err := lock(ctx, tx, orderID, paymentID)
		if err != nil {
			return err
		}
		return w.apply(ctx, tx, o, p, n)
	})
	if err != nil {
		return fmt.Errorf("settle payment %s: %w", nodeid.Payment.ID(paymentID), err)
	}
	return nil
}

// apply is settle for rows that are locked. It leaves in p what became of the payment.
func (w *Workflow) apply(ctx context.Context, tx *ent.Tx, o *ent.Order, p *ent.Payment, n news) error {
	fresh, after, err := heard(ctx, tx, p, n.answer.Facts)
	if err != nil {
		return err
	}
	if len(fresh) == 0 && (n.answer.Reference == "" || n.answer.Reference == p.Reference) {
		return w.answered(ctx, tx, n) // nothing that anybody has not heard before
	}
	before, places := of(p), o.Status == order.StatusPENDING_PAYMENT && after.covers(p.DueAmount)
	err = w.Database.Together(ctx, tx, func(ctx context.Context) error {
		if err := w.answered(ctx, tx, n); err != nil {
			return err
		}
		if err := w.book(ctx, tx, p, n.source, n.answer, fresh, after); err != nil || !places {
			return err
		}
		if !w.Hold && after.captured == 0 {
			if _, err := w.ask(ctx, tx, p, paymentstep.KindCAPTURE, p.DueAmount, "", 0); err != nil {
				return err
			}
		}
		return w.Orders.Place(ctx, tx, o)
	})
	if err != nil || places {
		return err
	}
	return w.follow(ctx, tx, o, p, before, n)
}

// heard tells which facts are new to a payment's ledger, and what it adds up to with them. One that nobody has settled
// yet has none.
func heard(ctx context.Context, tx *ent.Tx, p *ent.Payment, facts []gateway.Fact) (fresh []gateway.Fact, after state, err error) {
	var ledger []*ent.PaymentEvent
	if p.Version > 1 {
		if ledger, err = tx.PaymentEvent.Query().Where(paymentevent.PaymentID(p.ID)).All(ctx); err != nil {
			return nil, after, fmt.Errorf("read ledger: %w", err)
		}
	}
	fresh = unknown(facts, ledger)
	after = add(p, ledger, fresh)
	if after.refunded > after.captured {
		return nil, after, errIncomplete
	}
	return fresh, after, nil
}

// book enters facts into the ledger, and brings the payment and the order's timeline up to it.
func (w *Workflow) book(ctx context.Context, tx *ent.Tx, p *ent.Payment, source paymentevent.Source, a gateway.Answer, fresh []gateway.Fact, after state) error {
	if err := w.enter(ctx, tx, p, source, fresh); err != nil {
		return err
	}
	if err := write(ctx, tx, p, a, after); err != nil {
		return err
	}
	for _, f := range fresh {
		e := lifecycle.Event{Kind: lines[f.Kind], Text: brief(f.Message), Data: &lifecycle.Data{Amount: int64(f.Amount), Payment: p.ID}}
		if err := w.Orders.Note(ctx, tx, p.OrderID, e); err != nil {
			return err
		}
	}
	return nil
}

// answered notes what became of a step, unless somebody has before.
func (w *Workflow) answered(ctx context.Context, tx *ent.Tx, n news) error {
	if n.step == 0 {
		return nil
	}
	status := paymentstep.StatusSUCCEEDED
	if n.failed != "" {
		status = paymentstep.StatusFAILED
	}
	err := tx.PaymentStep.Update().Where(paymentstep.ID(n.step), paymentstep.StatusEQ(paymentstep.StatusPENDING)).
		SetStatus(status).SetReference(n.answer.Step).SetError(brief(n.failed)).AddVersion(1).Exec(ctx)
	if err != nil {
		return fmt.Errorf("answer step: %w", err)
	}
	return nil
}

// unknown are the facts that the ledger does not have.
func unknown(facts []gateway.Fact, events []*ent.PaymentEvent) (fresh []gateway.Fact) {
	known := make(map[string]bool, len(events))
	for _, e := range events {
		known[e.Fact] = true
	}
	for _, f := range facts {
		if !known[f.ID] {
			known[f.ID] = true
			fresh = append(fresh, f)
		}
	}
	return fresh
}

// enter writes facts into the ledger, one by one, so that they can be sent together with the rest.
func (w *Workflow) enter(ctx context.Context, tx *ent.Tx, p *ent.Payment, source paymentevent.Source, facts []gateway.Fact) error {
	for _, f := range facts {
		if f.At.IsZero() {
			f.At = w.Database.Now()
		}
		err := tx.PaymentEvent.Create().SetPaymentID(p.ID).SetGateway(p.Gateway).SetFact(f.ID).SetKind(paymentevent.Kind(f.Kind)).
			SetAmount(f.Amount).SetCurrency(p.Currency).SetSource(source).SetOccurredAt(f.At).Exec(ctx)
		if err != nil {
			return fmt.Errorf("enter fact: %w", err)
		}
	}
	return nil
}

// write brings a payment's row up to its ledger, and p with it.
func write(ctx context.Context, tx *ent.Tx, p *ent.Payment, a gateway.Answer, s state) error {
	p.Status, p.AuthorisedAmount, p.CapturedAmount, p.RefundedAmount = s.status, s.authorised, s.captured, s.refunded
	p.Reference = cmp.Or(a.Reference, p.Reference)
	switch {
	case !s.open():
		p.ClientSecret, p.RedirectURL = "", ""
	case a.ClientSecret != "" || a.RedirectURL != "":
		p.ClientSecret, p.RedirectURL = a.ClientSecret, a.RedirectURL
	}
	for _, f := range a.Facts {
		if f.Kind == gateway.Failed {
			p.Error = brief(f.Message)
		}
	}
	err := tx.Payment.Update().Where(payment.ID(p.ID)).
		SetStatus(p.Status).SetAuthorisedAmount(p.AuthorisedAmount).SetCapturedAmount(p.CapturedAmount).SetRefundedAmount(p.RefundedAmount).
		SetReference(p.Reference).SetClientSecret(p.ClientSecret).SetRedirectURL(p.RedirectURL).SetError(p.Error).AddVersion(1).Exec(ctx)
	if err != nil {
		return fmt.Errorf("update payment: %w", err)
	}
	p.Version++
	return nil
}

// lines are the facts as the timeline tells them.
var lines = map[gateway.Kind]orderevent.Kind{
	gateway.ActionRequired: orderevent.KindPAYMENT_REQUIRES_ACTION, gateway.Authorised: orderevent.KindPAYMENT_AUTHORISED,
	gateway.Captured: orderevent.KindPAYMENT_CAPTURED, gateway.Refunded: orderevent.KindPAYMENT_REFUNDED,
	gateway.Voided: orderevent.KindPAYMENT_VOIDED, gateway.Failed: orderevent.KindPAYMENT_FAILED,
}

// follow does what news of a payment mean for an order that they do not place. Money that comes when the order is over,
// or when another payment has placed it, goes back.
func (w *Workflow) follow(ctx context.Context, tx *ent.Tx, o *ent.Order, p *ent.Payment, before state, n news) error {
	after := of(p)
	switch {
	case n.failed != "" && (n.kind == paymentstep.KindREFUND || n.kind == paymentstep.KindVOID):
		return nil // it was asked for already, and refused
	case over(o.Status):
		return w.letGo(ctx, tx, p, "The order is over")
	case placed(o.Status) && p.Gateway != Manual && (after.open() || !before.covers(p.DueAmount) && after.covers(p.DueAmount)):
		return w.letGo(ctx, tx, p, "The order is paid already")
	case after.captured > before.captured:
		if err := w.Orders.CompleteIfDone(ctx, tx, o); err != nil {
			return fmt.Errorf("complete order: %w", err)
		}
	}
	return nil
}

func placed(s order.Status) bool {
	return s == order.StatusPLACED || s == order.StatusCOMPLETED
}

// brief is a text as it is kept.
func brief(s string) string {
	const most = 500
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most-1]) + "…"
	}
	return s
}
