package settlement

import (
	"context"
	"fmt"
	"time"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/payment"
	"galley/ent/paymentstep"
	"galley/internal/money"
	"galley/internal/viewer"
)

// headStart is what Begin has before a job does the same.
const headStart = 5 * time.Second

// Means is how an order is to be paid.
type Means struct {
	Method     payment.Method
	Instrument string // the provider's token of a card; empty where the shopper gives it to the provider later
	ReturnURL  string // where the shopper comes back to from the provider's pages
}

// NewMeans are what an input says of them.
func NewMeans(method payment.Method, instrument, returnURL *string) Means {
	m := Means{Method: method}
	if instrument != nil {
		m.Instrument = *instrument
	}
	if returnURL != nil {
		m.ReturnURL = *returnURL
	}
	return m
}

// Asked is a payment that was asked for. Once that is committed, BeginAsked goes on with it.
type Asked struct {
	Payment int64
	errand  *errand // nil where no provider is asked
}

// Ask writes the payment of an order that is being placed, with the step and the job that begin it, in its transaction.
// It is begun after the commit, so that the answer can tell what comes next. An order that does not wait for its payment has
// it noted by staff, when the money came.
func (w *Workflow) Ask(ctx context.Context, tx *ent.Tx, o *ent.Order, m Means) (*Asked, error) {
	ctx = viewer.AsSystem(ctx)
	waits := o.Status == order.StatusPENDING_PAYMENT
	create := tx.Payment.Create().SetOrderID(o.ID).SetMethod(m.Method).SetGateway(Manual).SetDueAmount(o.TotalAmount).SetCurrency(o.Currency)
	if waits {
		create.SetGateway(w.Card).SetInstrument(m.Instrument).SetReturnURL(m.ReturnURL)
	}
	p, err := create.Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("write payment: %w", err)
	}
	if !waits {
		return &Asked{Payment: p.ID}, nil
	}
	s, err := w.ask(ctx, tx, p, paymentstep.KindAUTHORISE, p.DueAmount, "", headStart)
	if err != nil {
		return nil, err
	}
	return &Asked{p.ID, &errand{step: s.ID, kind: s.Kind, amount: s.Amount, payment: *p, order: *o}}, nil
}

// doing is the payload of a job that does a step.
type doing struct {
	Step int64 `json:"step,string"`
}

// ask writes a step of a payment, and the job that does it.
func (w *Workflow) ask(ctx context.Context, tx *ent.Tx, p *ent.Payment, kind paymentstep.Kind, amount money.Minor, reason string, in time.Duration) (*ent.PaymentStep, error) {
	create := tx.PaymentStep.Create().SetPaymentID(p.ID).SetKind(kind).SetAmount(amount).SetCurrency(p.Currency).SetReason(reason)
	if actor := viewer.Actor(ctx); actor.Kind == viewer.Staff {
		create.SetActorID(actor.UserID)
	}
	s, err := create.Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask for %s: %w", kind, err)
	}
	if _, err := w.Jobs.AddAt(ctx, tx, stepJob, doing{s.ID}, w.Database.Now().Add(in)); err != nil {
		return nil, err
	}
	return s, nil
}
