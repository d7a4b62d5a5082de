// Package delivery says where the shop delivers, how, and for what: zones of countries, methods with their tables of prices,
// and the options that a cart is offered.
package delivery

import (
	"context"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/viewer"
)

// What can be wrong with zones and methods: values of the SDL's PricingErrorCode; and with a cart: of its CartErrorCode.
const (
	Invalid        fault.Reason = "INVALID"
	TooMany        fault.Reason = "TOO_MANY"
	AddressMissing fault.Reason = "ADDRESS_MISSING"
)

// The bounds of deliveries.
const (
	MaxZones   = 100
	MaxMethods = 50                // of a zone
	MaxTiers   = 50                // of a table of prices
	MaxPrice   = money.Minor(1e10) // of a delivery
	MaxFrom    = 1_000_000_000_000 // grams, or minor units, that a step of a table begins at

	maxZoneName    = 100 // characters
	maxMethodName  = 200
	maxDescription = 500
)

// Workflow is what staff do with zones and methods, and shoppers with options.
type Workflow struct {
	db       *database.DB
	currency money.Currency
}

// New makes the workflow of a shop that sells in one currency.
func New(db *database.DB, currency money.Currency) *Workflow {
	return &Workflow{db: db, currency: currency}
}

// mutate runs a mutation of zones and methods for those who may change them.
func (w *Workflow) mutate(ctx context.Context, fn func(ctx context.Context, tx *ent.Tx) (int64, error)) (*database.Outcome, error) {
	if err := viewer.Need(ctx, viewer.PricingWrite); err != nil {
		return nil, err
	}
	return w.db.Mutate(ctx, fn)
}
