package database

import "galley/internal/fault"

// Outcome is what a mutation leaves: the key of the row that it changed, or what its caller has to
// mend. It is all that an idempotency key replays; the row is read again, as it is by then.
type Outcome struct {
	Key        int64             `json:"key,omitempty"`
	UserErrors []fault.UserError `json:"userErrors,omitempty"`
}
