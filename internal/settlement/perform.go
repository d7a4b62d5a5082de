package settlement

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"galley/ent"
	"galley/ent/paymentevent"
	"galley/ent/paymentstep"
	"galley/internal/job"
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
	w.hurry(ctx, func(ctx context.Context) ([]*errand, error) { return w.errands(ctx, "p.id", paymentID) })
}

// BeginAsked is Begin for what this process has just asked for, and need not read.
func (w *Workflow) BeginAsked(ctx context.Context, a *Asked) {
	if a.errand != nil {
		w.hurry(ctx, func(context.Context) ([]*errand, error) { return []*errand{a.errand}, nil })
	}
}

// Resume is Begin for the payments of an order that nobody has begun yet.
func (w *Workflow) Resume(ctx context.Context, orderID int64) {
	w.hurry(ctx, func(ctx context.Context) ([]*errand, error) {
		errands, err := w.errands(ctx, "o.id", orderID)
		return slices.DeleteFunc(errands, func(e *errand) bool { return e.kind != paymentstep.KindAUTHORISE }), err
	})
}

// hurry does errands while a request waits.
func (w *Workflow) hurry(ctx context.Context, find func(context.Context) ([]*errand, error)) {
	ctx, cancel := context.WithTimeout(viewer.AsSystem(context.WithoutCancel(ctx)), haste)
	defer cancel()
	errands, err := find(ctx)
	for _, e := range errands {
		err = errors.Join(err, w.perform(ctx, e))
	}
	if err != nil {
		w.Logger.WarnContext(ctx, "a payment's step is left to its job", "error", err)
	}
}

// step is the job that does a step.
func (w *Workflow) step(ctx context.Context, j job.Job) error {
	var what doing
	if err := json.Unmarshal(j.Payload, &what); err != nil {
		return fmt.Errorf("read job: %w", err)
	}
	return w.patiently(ctx, func(ctx context.Context) error { return w.resume(ctx, what.Step) })
}

// resume does a step, unless it is done.
func (w *Workflow) resume(ctx context.Context, key int64) error {
	errands, err := w.errands(ctx, "s.id", key)
	for _, e := range errands {
		err = errors.Join(err, w.perform(ctx, e))
	}
	return err
}

func (w *Workflow) patiently(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return do(ctx)
}

// perform asks a provider for a step, and settles its answer. One whose answer was lost is asked for again, under the
// same key.
func (w *Workflow) perform(ctx context.Context, e *errand) error {
	n := news{source: paymentevent.SourceANSWER, step: e.step, kind: e.kind}
	if e.kind == paymentstep.KindCAPTURE && over(e.order.Status) {
		n.failed = "The order is over"
		return w.settle(ctx, e.order.ID, e.payment.ID, n)
	}
	g, err := w.gateway(&e.payment)
	if err != nil {
		return err
	}
	n.answer, err = e.call(ctx, g)
	refused, declined := gateway.Declined(err)
	if err != nil && !declined {
		err = fmt.Errorf("%s of payment %s: %w", e.kind, e.payment.NodeID(), err)
		return errors.Join(err, w.noteTrouble(ctx, e.step, err))
	}
	if declined {
		n.failed = cmp.Or(refused.Message, "The provider refused")
		if e.kind == paymentstep.KindAUTHORISE && !slices.ContainsFunc(n.answer.Facts, func(f gateway.Fact) bool { return f.Kind == gateway.Failed }) {
			n.answer.Facts = append(n.answer.Facts, gateway.Fact{
				ID: e.key() + ":declined", Kind: gateway.Failed, At: w.Database.Now(), Message: n.failed,
			})
		}
	}
	return w.tell(ctx, g, &e.payment, n)
}

// tell settles news; if they are about money given back that nobody said was taken, with all that the provider knows.
func (w *Workflow) tell(ctx context.Context, g gateway.Gateway, p *ent.Payment, n news) error {
	err := w.settle(ctx, p.OrderID, p.ID, n)
	if !errors.Is(err, errIncomplete) {
		return err
	}
	all, err := g.Lookup(ctx, p.Reference)
	if err != nil {
		return fmt.Errorf("look up payment %s: %w", p.NodeID(), err)
	}
	n.answer.Facts = append(n.answer.Facts, all.Facts...)
	return w.settle(ctx, p.OrderID, p.ID, n)
}

// noteTrouble keeps for staff why a step has no answer yet.
func (w *Workflow) noteTrouble(ctx context.Context, step int64, trouble error) error {
	err := w.Database.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		return tx.PaymentStep.Update().Where(paymentstep.ID(step), paymentstep.StatusEQ(paymentstep.StatusPENDING)).
			SetError(brief(trouble.Error())).Exec(viewer.AsSystem(ctx))
	})
	if err != nil {
		return fmt.Errorf("note trouble: %w", err)
	}
	return nil
}
