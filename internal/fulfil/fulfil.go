// Package fulfil takes orders from state to state after they were placed.
package fulfil

import (
	"context"
	"slices"

	"galley/ent"
	"galley/ent/order"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/job"
	"galley/internal/mail"
)

// The codes of OrderErrorCode.
const (
	Invalid        fault.Reason = "INVALID"
	NotCancellable fault.Reason = "NOT_CANCELLABLE"
)

// Workflow changes orders.
type Workflow struct {
	db      *database.DB
	jobs    *job.Queue
	letters mail.Sender
	within  *ent.Tx // that of the caller, for all that is changed
}

// Options are what orders are fulfilled with.
type Options struct {
	Database *database.DB
	Jobs     *job.Queue
	Mail     mail.Sender
}

// New makes the workflow of a shop. It writes the letters about orders too, the first one included.
func New(o Options) *Workflow {
	w := &Workflow{db: o.Database, jobs: o.Jobs, letters: o.Mail}
	o.Jobs.Handle(placed, w.write(mail.OrderPlaced))
	o.Jobs.Handle(cancelled, w.write(mail.OrderCancelled))
	return w
}

// In is the workflow within a transaction of the caller's. What it rejects comes as an error, fault.Rejected:
// then the caller rolls back.
func (w *Workflow) In(tx *ent.Tx) *Workflow {
	in := *w
	in.within = tx
	return &in
}

func (w *Workflow) mutate(ctx context.Context, fn func(ctx context.Context, tx *ent.Tx) (int64, error)) (*database.Outcome, error) {
	if w.within != nil {
		key, err := fn(ctx, w.within)
		return &database.Outcome{Key: key}, err
	}
	return w.db.Mutate(ctx, fn)
}

// next is the table of what may become of an order. What is completed or cancelled stays so.
func next(from order.Status) []order.Status {
	switch from {
	case order.StatusPLACED:
		return []order.Status{order.StatusCOMPLETED, order.StatusCANCELLED}
	default:
		return nil
	}
}

// may tells whether an order may go from one state to another.
func may(from, to order.Status) bool { return slices.Contains(next(from), to) }
