package settlement

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"galley/ent"
	"galley/ent/paymentevent"
	"galley/ent/paymentstep"
	"galley/internal/job"
	"galley/internal/money"
	gateway "galley/internal/payment"
	"galley/internal/viewer"
)

const (
	patience = 10 * time.Second // with a provider, in a job
	haste    = 3 * time.Second  // while a request waits
)

// Begin does now what the jobs of a payment would do a moment later. That it fails is no failure of its caller's: the
// jobs go on.
func (w *Workflow) Begin(ctx context.Context, paymentID int64) {
	ctx, cancel := context.WithTimeout(viewer.AsSystem(context.WithoutCancel(ctx)), haste)
	defer cancel()
	steps, err := w.Database.Client.PaymentStep.Query().
		Where(paymentstep.PaymentID(paymentID), paymentstep.StatusEQ(paymentstep.StatusPENDING)).Order(paymentstep.ByID()).IDs(ctx)
	for _, s := range steps {
		err = errors.Join(err, w.perform(ctx, s))
	}
	if err != nil {
		w.Logger.WarnContext(ctx, "a payment's step is left to its job", "payment", paymentID, "error", err)
	}
}

// step is the job that does a step.
func (w *Workflow) step(ctx context.Context, j job.Job) error {
	var what doing
	if err := json.Unmarshal(j.Payload, &what); err != nil {
		return fmt.Errorf("read job: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return w.perform(ctx, what.Step)
}

// perform asks a provider for a step, and settles its answer. A step that is answered already is not asked for again;
// one whose answer was lost is, under the same key.
func (w *Workflow) perform(ctx context.Context, key int64) error {
	s, err := w.Database.Client.PaymentStep.Query().Where(paymentstep.ID(key)).
		WithPayment(func(q *ent.PaymentQuery) { q.WithOrder() }).Only(ctx)
	if err != nil {
		return fmt.Errorf("read step: %w", err)
	}
	if s.Status != paymentstep.StatusPENDING {
		return nil
	}
	p := s.Edges.Payment
	if s.Kind == paymentstep.KindCAPTURE && over(p.Edges.Order.Status) {
		return w.settle(ctx, p, news{source: paymentevent.SourceANSWER, step: s, failed: "The order is over"})
	}
	g, err := w.gateway(p)
	if err != nil {
		return err
	}
	answer, err := call(ctx, g, s)
	refused, declined := gateway.Declined(err)
	if err != nil && !declined {
		err = fmt.Errorf("%s of payment %s: %w", s.Kind, p.NodeID(), err)
		return errors.Join(err, w.noteTrouble(ctx, s, err))
	}
	n := news{source: paymentevent.SourceANSWER, answer: answer, step: s}
	if declined {
		n.failed = refused.Message
		if n.failed == "" {
			n.failed = "The provider refused"
		}
		if s.Kind == paymentstep.KindAUTHORISE && !tells(answer.Facts, gateway.Failed) {
			n.answer.Facts = append(n.answer.Facts, gateway.Fact{
				ID: s.NodeID().String() + ":declined", Kind: gateway.Failed, At: w.Database.Now(), Message: n.failed,
			})
		}
	}
	return w.tell(ctx, g, p, n)
}

// tell settles news; if they are about money given back that nobody said was taken, with all that the provider knows.
func (w *Workflow) tell(ctx context.Context, g gateway.Gateway, p *ent.Payment, n news) error {
	err := w.settle(ctx, p, n)
	if !errors.Is(err, errIncomplete) {
		return err
	}
	all, err := g.Lookup(ctx, p.Reference)
	if err != nil {
		return fmt.Errorf("look up payment %s: %w", p.NodeID(), err)
	}
	n.answer.Facts = append(n.answer.Facts, all.Facts...)
	return w.settle(ctx, p, n)
}

// call asks a provider for a step, under the key that the step has for ever.
func call(ctx context.Context, g gateway.Gateway, s *ent.PaymentStep) (gateway.Answer, error) {
	p := s.Edges.Payment
	amount := money.Money{Amount: s.Amount, Currency: p.Currency}
	request := gateway.Request{Key: s.NodeID().String(), Reference: p.Reference, Amount: amount}
	switch s.Kind {
	case paymentstep.KindAUTHORISE:
		o := p.Edges.Order
		return g.Authorise(ctx, gateway.Authorisation{
			Key: request.Key, Amount: amount, Number: o.Number, Email: o.Email, Instrument: p.Instrument, ReturnURL: p.ReturnURL,
		})
	case paymentstep.KindCAPTURE:
		return g.Capture(ctx, request)
	case paymentstep.KindREFUND:
		return g.Refund(ctx, request)
	case paymentstep.KindVOID:
		return g.Void(ctx, request)
	}
	return gateway.Answer{}, fmt.Errorf("no such step: %s", s.Kind)
}

// noteTrouble keeps for staff why a step has no answer yet.
func (w *Workflow) noteTrouble(ctx context.Context, s *ent.PaymentStep, trouble error) error {
	err := w.Database.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		return tx.PaymentStep.Update().Where(paymentstep.ID(s.ID), paymentstep.StatusEQ(paymentstep.StatusPENDING)).
			SetError(brief(trouble.Error())).Exec(viewer.AsSystem(ctx))
	})
	if err != nil {
		return fmt.Errorf("note trouble: %w", err)
	}
	return nil
}

func tells(facts []gateway.Fact, kind gateway.Kind) bool {
	for _, f := range facts {
		if f.Kind == kind {
			return true
		}
	}
	return false
}
