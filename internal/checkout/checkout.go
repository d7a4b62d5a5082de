// Package checkout turns a cart into an order, in one call or two: it is started, which freezes its price and holds its
// pieces for a while, and completed, which writes the order. Each is one transaction, of a constant number of statements:
// all of it or nothing. Money comes after the order: see package settlement.
package checkout

import (
	"time"

	"galley/internal/cart"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/job"
	"galley/internal/lifecycle"
	"galley/internal/live"
	"galley/internal/postal"
	"galley/internal/quote"
	"galley/internal/secret"
	"galley/internal/settlement"
)

// The codes of CheckoutErrorCode.
const (
	Invalid            = postal.Invalid
	CartOrdered        = cart.Ordered
	VariantUnavailable = cart.VariantUnavailable
	InsufficientStock  = cart.InsufficientStock
	PurchaseLimit      = cart.PurchaseLimit

	CartMerged          = cart.Merged
	DeliveryOptionStale = cart.DeliveryOptionStale
	PromoCodeUsedUp     = cart.PromoCodeUsedUp

	CartEmpty           fault.Reason = "CART_EMPTY"
	EmailNeeded         fault.Reason = "EMAIL_NEEDED"
	AddressNeeded       fault.Reason = "ADDRESS_NEEDED"
	DeliveryUnavailable fault.Reason = "DELIVERY_UNAVAILABLE"
	TotalChanged        fault.Reason = "TOTAL_CHANGED"

	MethodUnavailable = settlement.MethodUnavailable

	EmailUnverified fault.Reason = "EMAIL_UNVERIFIED"
)

// Workflow places orders.
type Workflow struct {
	Options
}

// Options are what orders are placed with.
type Options struct {
	Database      *database.DB
	Prices        quote.Source
	Jobs          *job.Queue
	Orders        *lifecycle.Workflow
	Payments      *settlement.Workflow
	Live          *live.Broker
	Secrets       *secret.Ring  // makes the tokens that open orders
	Reservation   time.Duration // how long a checkout holds its pieces and its price
	VerifiedEmail bool          // whether only accounts with a verified e-mail address may order
}

// New makes the workflow of a shop, and has its queue end reservations whose time is over.
func New(o Options) *Workflow {
	w := &Workflow{Options: o}
	o.Jobs.Handle(releaseExpired, w.release)
	o.Jobs.Every(releaseExpired, "* * * * *", releaseExpired)
	return w
}
