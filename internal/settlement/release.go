package settlement

import (
	"context"
	"fmt"
	"strings"

	"galley/ent"
	"galley/ent/payment"
	"galley/ent/paymentevent"
	"galley/ent/paymentstep"
	"galley/internal/database"
	"galley/internal/money"
	"galley/internal/nodeid"
	gateway "galley/internal/payment"
	"galley/internal/viewer"
)

// Release asks for all money of an order that is over to be let go or given back, in the transaction that ends it, which
// holds the order's row. Money that is on its way goes back when it comes. What staff took by hand they give back by
// hand.
func (w *Workflow) Release(ctx context.Context, tx *ent.Tx, orderID int64, reason string) error {
	ctx = viewer.AsSystem(ctx)
	payments, err := tx.Payment.Query().Where(payment.OrderID(orderID), database.Locked(lockStrength)).Order(payment.ByID()).All(ctx)
	if err != nil {
		return fmt.Errorf("lock payments: %w", err)
	}
	for _, p := range payments {
		if err := w.letGo(ctx, tx, p, reason); err != nil {
			return err
		}
	}
	return nil
}

// letGo asks for a payment's money to be given back, or for what is not taken yet to be let go. The payment is locked.
func (w *Workflow) letGo(ctx context.Context, tx *ent.Tx, p *ent.Payment, reason string) error {
	if p.Gateway == Manual {
		if p.Status != payment.StatusPENDING {
			return nil
		}
		a := byHand(gateway.Voided, p.NodeID(), 0)
		fresh, after, err := heard(ctx, tx, p, a.Facts)
		if err != nil {
			return err
		}
		return w.book(ctx, tx, p, paymentevent.SourceANSWER, a, fresh, after)
	}
	if p.Status == payment.StatusVOIDED || p.Status == payment.StatusREFUNDED {
		return nil
	}
	under, err := underWay(ctx, tx, p)
	if err != nil {
		return err
	}
	switch left := p.CapturedAmount - p.RefundedAmount - under.refund; {
	case left > 0:
		_, err = w.ask(ctx, tx, p, paymentstep.KindREFUND, left, brief(reason), 0)
	case p.CapturedAmount == 0 && p.Reference != "" && !under.void:
		_, err = w.ask(ctx, tx, p, paymentstep.KindVOID, 0, brief(reason), 0)
	}
	// Otherwise all is asked for, or nothing has begun yet: its answer brings it here again.
	return err
}

// byHand is what staff, or the shop itself, say of a payment that no provider takes.
func byHand(kind gateway.Kind, id nodeid.ID, amount money.Minor) gateway.Answer {
	return gateway.Answer{Facts: []gateway.Fact{{ID: id.String() + ":" + strings.ToLower(string(kind)), Kind: kind, Amount: amount}}}
}

// pending is what is asked for and not answered yet.
type pending struct {
	capture, refund money.Minor
	void            bool
}

// underWay reads which steps of a payment are not answered yet. The payment is locked.
func underWay(ctx context.Context, tx *ent.Tx, p *ent.Payment) (under pending, err error) {
	steps, err := tx.PaymentStep.Query().Where(paymentstep.PaymentID(p.ID), paymentstep.StatusEQ(paymentstep.StatusPENDING)).All(ctx)
	if err != nil {
		return under, fmt.Errorf("read steps: %w", err)
	}
	for _, s := range steps {
		switch s.Kind {
		case paymentstep.KindCAPTURE:
			under.capture += s.Amount
		case paymentstep.KindREFUND:
			under.refund += s.Amount
		case paymentstep.KindVOID:
			under.void = true
		}
	}
	return under, nil
}
