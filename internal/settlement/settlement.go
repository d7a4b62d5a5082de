// Package settlement takes payments of orders to their providers, and writes down what came of it. Providers are called
// outside transactions, by jobs; whoever hears of a payment, by answer, webhook, sweep or staff, settles it in the same way.
package settlement

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/payment"
	"galley/internal/database"
	"galley/internal/job"
	"galley/internal/lifecycle"
	"galley/internal/money"
	gateway "galley/internal/payment"
)

// The kinds of jobs.
const (
	stepJob   = "payment.step"
	noticeJob = "payment.notice"
	sweepJob  = "payment.sweep"
	expireJob = "order.expire"
)

// Manual is the gateway of payments that staff take by hand: by invoice, or at the door.
const Manual = "manual"

// Workflow settles payments.
type Workflow struct {
	Options
	within *ent.Tx // that of the caller, for all that staff change
}

// Options are what payments are settled with.
type Options struct {
	Database *database.DB
	Jobs     *job.Queue
	Orders   *lifecycle.Workflow
	Gateways gateway.Gateways
	Card     string        // the name of the gateway that takes cards; empty where none does
	Window   time.Duration // how long a payment is waited for before its order expires
	Hold     bool          // whether money is only held when an order is placed, until staff take it
	Logger   *slog.Logger
}

// New makes the workflow of a shop, and has its queue do the steps, look after payments that nobody tells of, and end
// orders that nobody pays.
func New(o Options) *Workflow {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	w := &Workflow{Options: o}
	o.Jobs.Handle(stepJob, w.step)
	o.Jobs.Handle(noticeJob, w.notice)
	o.Jobs.Handle(sweepJob, w.sweep)
	o.Jobs.Every(sweepJob, "* * * * *", sweepJob)
	o.Jobs.Handle(expireJob, w.expire)
	o.Jobs.Every(expireJob, "* * * * *", expireJob)
	return w
}

// In is the workflow within a transaction of the caller's. What it rejects comes as an error, fault.Rejected: then the
// caller rolls back.
func (w *Workflow) In(tx *ent.Tx) *Workflow { return &Workflow{Options: w.Options, within: tx} }

// Methods are the ways to pay that the shop takes.
func (w *Workflow) Methods() []payment.Method {
	methods := []payment.Method{payment.MethodMANUAL, payment.MethodCASH_ON_DELIVERY}
	if w.Card != "" {
		methods = append(methods, payment.MethodCARD)
	}
	return methods
}

// Takes tells whether the shop takes payments by this method.
func (w *Workflow) Takes(method payment.Method) bool {
	return method != payment.MethodCARD || w.Card != ""
}

// Begins is the state in which an order begins: one to be paid by card waits for that, unless it costs nothing.
func Begins(method payment.Method, due money.Minor) order.Status {
	if method == payment.MethodCARD && due > 0 {
		return order.StatusPENDING_PAYMENT
	}
	return order.StatusPLACED
}

// over tells whether an order has ended without being delivered: it is to hold no money.
func over(s order.Status) bool { return s == order.StatusCANCELLED || s == order.StatusEXPIRED }

// lock reads an order and one of its payments, and keeps both from others until the transaction ends: the order first,
// as everybody does.
func lock(ctx context.Context, tx *ent.Tx, orderID, paymentID int64) (*ent.Order, *ent.Payment, error) {
	o, err := tx.Order.Query().Where(order.ID(orderID), database.Locked(lockStrength)).Only(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("lock order: %w", err)
	}
	p, err := tx.Payment.Query().Where(payment.ID(paymentID), payment.OrderID(orderID), database.Locked(lockStrength)).Only(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("lock payment: %w", err)
	}
	return o, p, nil
}

// gateway finds who takes a payment.
func (w *Workflow) gateway(p *ent.Payment) (gateway.Gateway, error) {
	g, ok := w.Gateways[p.Gateway]
	if !ok {
		return nil, fmt.Errorf("payment %s: this process knows no gateway %q", p.NodeID(), p.Gateway)
	}
	return g, nil
}
