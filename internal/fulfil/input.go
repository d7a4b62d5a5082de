package fulfil

import (
	"galley/internal/nodeid"
)

// CancelInput is the SDL's OrderCancelInput. It is kept while it waits for a second person.
type CancelInput struct {
	ID              nodeid.ID `json:"id"`
	ExpectedVersion *int      `json:"expectedVersion,omitempty"`
	Reason          string    `json:"reason,omitempty"`
	Restock         *bool     `json:"restock,omitempty"`
}

// restocks tells whether the pieces go back on sale: unless told otherwise.
func (in CancelInput) restocks() bool { return in.Restock == nil || *in.Restock }

// NoteInput is the SDL's OrderNoteAddInput.
type NoteInput struct {
	Order  nodeid.ID
	Text   string
	Public bool
}

// AccessInput is the SDL's OrderAccessRequestInput.
type AccessInput struct {
	Number string
	Email  string
}

// CreateInput is the SDL's FulfilmentCreateInput.
type CreateInput struct {
	Order           nodeid.ID
	ExpectedVersion *int
	Lines           []LineInput
	Carrier         string
	TrackingNumber  string
	TrackingURL     string
}

// LineInput is the SDL's FulfilmentLineInput.
type LineInput struct {
	Line     nodeid.ID
	Quantity int
}

// TrackingInput is the SDL's FulfilmentTrackingUpdateInput.
type TrackingInput struct {
	ID              nodeid.ID
	ExpectedVersion *int
	Carrier         *string
	TrackingNumber  *string
	TrackingURL     *string
}

// DeliverInput is the SDL's FulfilmentDeliverInput.
type DeliverInput struct{ ID nodeid.ID }
