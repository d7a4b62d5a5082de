package fulfil

import "galley/internal/nodeid"

// CancelInput is the SDL's OrderCancelInput. It is kept while it waits for a second person.
type CancelInput struct {
	ID              nodeid.ID `json:"id"`
	ExpectedVersion *int      `json:"expectedVersion,omitempty"`
	Reason          string    `json:"reason,omitempty"`
}
