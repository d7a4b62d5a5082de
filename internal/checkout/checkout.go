// Package checkout turns a cart into an order: prices and addresses noted, stock taken, the cart
// closed, all of it in one transaction or nothing.
package checkout

import (
	"context"

	"galley/ent"
	"galley/internal/cart"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/job"
	"galley/internal/money"
	"galley/internal/nodeid"
	"galley/internal/postal"
)

// The codes of CheckoutErrorCode.
const (
	Invalid            = postal.Invalid
	CartOrdered        = cart.Ordered
	VariantUnavailable = cart.VariantUnavailable
	InsufficientStock  = cart.InsufficientStock
	PurchaseLimit      = cart.PurchaseLimit

	CartEmpty     fault.Reason = "CART_EMPTY"
	EmailNeeded   fault.Reason = "EMAIL_NEEDED"
	AddressNeeded fault.Reason = "ADDRESS_NEEDED"
	TotalChanged  fault.Reason = "TOTAL_CHANGED"

	EmailUnverified fault.Reason = "EMAIL_UNVERIFIED"
)

// Placed is the kind of job that is asked for with each order, so that its letter is written: see package fulfil.
const Placed = "order.placed"

// Workflow places orders.
type Workflow struct {
	db            *database.DB
	currency      money.Currency
	jobs          *job.Queue
	verifiedEmail bool
}

// Options are what orders are placed with.
type Options struct {
	Database      *database.DB
	Currency      money.Currency
	Jobs          *job.Queue
	VerifiedEmail bool // whether only accounts with a verified e-mail address may order
}

// New makes the workflow of a shop.
func New(o Options) *Workflow {
	return &Workflow{db: o.Database, currency: o.Currency, jobs: o.Jobs, verifiedEmail: o.VerifiedEmail}
}

// Complete places the order of one of the viewer's own carts. The cart is closed first, so that of
// many at once one places the order, and its lines stay as they are. Stock is taken last: popular
// variants are locked for as short as can be.
func (w *Workflow) Complete(ctx context.Context, in CompleteInput) (*database.Outcome, error) {
	key := in.Cart.KeyOf(nodeid.Cart)
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		if err := cart.Close(ctx, tx, key); err != nil {
			return 0, err
		}
		lines, holder, err := w.read(ctx, tx, key)
		if err != nil {
			return 0, err
		}
		o, err := w.draft(ctx, tx, in, lines, holder)
		if err != nil {
			return 0, err
		}
		return w.place(ctx, tx, o)
	})
}
