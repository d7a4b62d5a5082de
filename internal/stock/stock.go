// Package stock keeps how many pieces of each variant may be promised.
//
// A stock changes by conditional statements only, and each change leaves a movement that says why:
// what a variant has is what it began with plus the sum of its movements.
package stock

import (
	"context"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/live"
)

// What can be wrong with an adjustment: the SDL's StockErrorCode.
const (
	Invalid           fault.Reason = "INVALID"
	InsufficientStock fault.Reason = "INSUFFICIENT_STOCK"
)

const (
	// MaxAvailable is how many pieces a variant may have.
	MaxAvailable = 100_000_000
	// MaxAdjustment is how many pieces one adjustment may add or take away.
	MaxAdjustment = 1_000_000
)

// Workflow is what staff do with stock.
type Workflow struct {
	db     *database.DB
	live   *live.Broker
	within *ent.Tx // that of the caller, for all that is changed
}

// New makes the workflow of a shop; who watches stocks is told by the broker.
func New(db *database.DB, broker *live.Broker) *Workflow { return &Workflow{db: db, live: broker} }

// In is the workflow within a transaction of the caller's, which makes several changes one. What it
// rejects comes as an error, fault.Rejected: then the caller rolls back.
func (w *Workflow) In(tx *ent.Tx) *Workflow { return &Workflow{db: w.db, live: w.live, within: tx} }

func (w *Workflow) mutate(ctx context.Context, fn func(ctx context.Context, tx *ent.Tx) (int64, error)) (*database.Outcome, error) {
	if w.within != nil {
		key, err := fn(ctx, w.within)
		return &database.Outcome{Key: key}, err
	}
	return w.db.Mutate(ctx, fn)
}
