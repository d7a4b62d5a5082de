package settlement

import (
	"context"
	"errors"
	"fmt"
	"time"

	"galley/ent"
	"galley/ent/payment"
	"galley/ent/paymentevent"
	"galley/ent/paymentstep"
	"galley/internal/job"
	gateway "galley/internal/payment"
	"galley/internal/viewer"
)

const (
	quiet     = 10 * time.Minute // after which a payment is looked up that waits for its shopper
	abandoned = 3 * time.Hour    // after which a step's job has given up
	forgotten = 20 * time.Hour   // after which a provider may no longer know a step's key
)

// sweep is the job that looks after what nobody tells of: payments whose webhook was lost, and steps whose job is dead.
func (w *Workflow) sweep(ctx context.Context, _ job.Job) error {
	now := w.Database.Now()
	waiting, err := w.Database.Client.Payment.Query().Where(
		payment.StatusIn(payment.StatusPENDING, payment.StatusREQUIRES_ACTION), payment.ReferenceNEQ(""), payment.UpdatedAtLT(now.Add(-quiet)),
	).Order(payment.ByUpdatedAt()).Limit(batch).All(ctx)
	if err != nil {
		return fmt.Errorf("find payments: %w", err)
	}
	steps, err := w.Database.Client.PaymentStep.Query().
		Where(paymentstep.StatusEQ(paymentstep.StatusPENDING), paymentstep.UpdatedAtLT(now.Add(-abandoned))).
		Order(paymentstep.ByUpdatedAt()).Limit(batch).WithPayment().All(ctx)
	if err != nil {
		return fmt.Errorf("find steps: %w", err)
	}
	var errs []error
	for _, p := range waiting {
		errs = append(errs, w.patiently(ctx, func(ctx context.Context) error { return w.lookUp(ctx, p) }))
	}
	for _, s := range steps {
		errs = append(errs, w.patiently(ctx, func(ctx context.Context) error { return w.revive(ctx, s, now) }))
	}
	return errors.Join(errs...)
}

// lookUp settles what the provider knows of a payment. One that has nothing new is left alone for as long again.
func (w *Workflow) lookUp(ctx context.Context, p *ent.Payment) error {
	g, err := w.gateway(p)
	if err != nil {
		return err
	}
	answer, err := g.Lookup(ctx, p.Reference)
	if err != nil {
		return errors.Join(fmt.Errorf("look up payment %s: %w", p.NodeID(), err), w.touch(ctx, p))
	}
	answer.Step = ""
	if err := w.settle(ctx, p.OrderID, p.ID, news{source: paymentevent.SourceSWEEP, answer: answer}); err != nil {
		return err
	}
	return w.touch(ctx, p)
}

func (w *Workflow) touch(ctx context.Context, p *ent.Payment) error {
	err := w.Database.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		return tx.Payment.Update().Where(payment.ID(p.ID)).SetUpdatedAt(w.Database.Now()).Exec(viewer.AsSystem(ctx))
	})
	if err != nil {
		return fmt.Errorf("touch payment: %w", err)
	}
	return nil
}

// revive does a step whose job has given up. One that is so old that its key means nothing any more must not be asked
// for again: what has come of it is looked up.
func (w *Workflow) revive(ctx context.Context, s *ent.PaymentStep, now time.Time) error {
	p := s.Edges.Payment
	n := news{source: paymentevent.SourceSWEEP, step: s.ID, kind: s.Kind}
	switch {
	case s.CreatedAt.After(now.Add(-forgotten)):
		return w.resume(ctx, s.ID)
	case p.Reference == "": // there is nothing to look up, and asking anew would begin another payment
		n.failed = "The provider never answered"
		return w.settle(ctx, p.OrderID, p.ID, n)
	}
	g, err := w.gateway(p)
	if err != nil {
		return err
	}
	answer, err := g.Lookup(ctx, p.Reference)
	if err != nil {
		err = fmt.Errorf("look up payment %s: %w", p.NodeID(), err)
		return errors.Join(err, w.noteTrouble(ctx, s.ID, err))
	}
	answer.Step = ""
	n.answer = answer
	if !brought(s, answer.Facts) {
		n.failed = "The provider did not do it"
	}
	return w.settle(ctx, p.OrderID, p.ID, n)
}

// brought tells whether a provider's facts have one that this step asks for.
func brought(s *ent.PaymentStep, told []gateway.Fact) bool {
	kind := facts[s.Kind]
	for _, f := range told {
		if f.Kind == kind && (f.Amount == s.Amount || kind == gateway.Voided) && !f.At.Before(s.CreatedAt.Truncate(time.Second)) {
			return true
		}
	}
	return false
}
