// Package stock keeps how many pieces of each variant may be promised.
//
// A stock changes by conditional statements only, and each change leaves a movement that says why:
// what a variant has is what it began with plus the sum of its movements.
package stock

import (
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/viewer"
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
	db *database.DB
}

// New makes the workflow of a shop.
func New(db *database.DB) *Workflow { return &Workflow{db: db} }

// mayAdjust refuses those who may not change stock, whatever was checked before.
func mayAdjust(v viewer.Viewer) error {
	switch {
	case v.Has(viewer.StockWrite):
		return nil
	case v.Kind == viewer.Anonymous || v.Kind == viewer.Guest:
		return fault.New(fault.Unauthenticated, "This needs a sign-in")
	}
	return fault.New(fault.Forbidden, "You may not do this")
}
