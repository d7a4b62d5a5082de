package fulfil

import "galley/internal/nodeid"

// CancelInput is the SDL's OrderCancelInput.
type CancelInput struct {
	ID              nodeid.ID
	ExpectedVersion *int
	Reason          string
}
