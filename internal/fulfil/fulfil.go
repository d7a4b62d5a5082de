// Package fulfil takes orders from state to state after they were placed.
package fulfil

import (
	"slices"

	"galley/ent/order"
	"galley/internal/database"
	"galley/internal/fault"
)

// The codes of OrderErrorCode.
const (
	Invalid        fault.Reason = "INVALID"
	NotCancellable fault.Reason = "NOT_CANCELLABLE"
)

// Workflow changes orders.
type Workflow struct{ db *database.DB }

// New makes the workflow of a shop.
func New(db *database.DB) *Workflow { return &Workflow{db: db} }

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
