// Package fulfil is what becomes of orders after they were placed: parcels, notes, cancellations, and the letters that
// tell of them.
package fulfil

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/internal/attempt"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/job"
	"galley/internal/lifecycle"
	"galley/internal/mail"
	"galley/internal/secret"
	"galley/internal/settlement"
	"galley/internal/viewer"
)

// The codes of OrderErrorCode and FulfilmentErrorCode.
const (
	Invalid          fault.Reason = "INVALID"
	NotCancellable   fault.Reason = "NOT_CANCELLABLE"
	NotFulfillable   fault.Reason = "NOT_FULFILLABLE"
	TooMany          fault.Reason = "TOO_MANY"
	AlreadyDelivered fault.Reason = "ALREADY_DELIVERED"
)

// Workflow changes orders.
type Workflow struct {
	db       *database.DB
	jobs     *job.Queue
	letters  mail.Sender
	secrets  *secret.Ring
	attempts *attempt.Counter
	orders   *lifecycle.Workflow
	payments *settlement.Workflow
	within   *ent.Tx // that of the caller, for all that is changed
}

// Options are what orders are fulfilled with.
type Options struct {
	Database *database.DB
	Jobs     *job.Queue
	Mail     mail.Sender
	Secrets  *secret.Ring
	Orders   *lifecycle.Workflow
	Payments *settlement.Workflow
}

// New makes the workflow of a shop. It writes the letters about orders too, the first one included.
func New(o Options) *Workflow {
	w := &Workflow{
		db: o.Database, jobs: o.Jobs, letters: o.Mail, secrets: o.Secrets, attempts: attempt.New(o.Database, o.Secrets),
		orders: o.Orders, payments: o.Payments,
	}
	for kind, template := range templates {
		o.Jobs.Handle(kind, w.write(template))
	}
	o.Jobs.Handle(accessJob, w.writeAccess)
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

// byStaff holds an order that the viewer may see and change as staff.
func byStaff(ctx context.Context, tx *ent.Tx, key int64) (*ent.Order, error) {
	o, err := lifecycle.Hold(ctx, tx, key)
	if err != nil {
		return nil, err
	}
	return o, viewer.Need(ctx, viewer.OrderWrite)
}

// needPlain complains of a text that is not plain, or too long.
func needPlain(c *fault.Collector, what, s string, most int, field string) {
	c.Add(fault.IsText(s, most), Invalid, fmt.Sprintf("%s is plain text of at most %d characters", what, most), field)
}
