package cart

import "galley/internal/nodeid"

// CreateInput is the SDL's CartCreateInput.
type CreateInput struct {
	Lines []LineInput
}

// LineInput is the SDL's CartLineInput.
type LineInput struct {
	Variant  nodeid.ID
	Quantity int
}

// LinesAddInput is the SDL's CartLinesAddInput.
type LinesAddInput struct {
	Cart  nodeid.ID
	Lines []LineInput
}

// LineUpdateInput is the SDL's CartLineUpdateInput.
type LineUpdateInput struct {
	ID       nodeid.ID
	Quantity int
}

// LinesUpdateInput is the SDL's CartLinesUpdateInput.
type LinesUpdateInput struct {
	Cart  nodeid.ID
	Lines []LineUpdateInput
}

// LinesRemoveInput is the SDL's CartLinesRemoveInput.
type LinesRemoveInput struct {
	Cart  nodeid.ID
	Lines []nodeid.ID
}
