package stock

import (
	"galley/ent/stockmovement"
	"galley/internal/nodeid"
)

// AdjustInput is the SDL's StockAdjustInput.
type AdjustInput struct {
	Variant  nodeid.ID
	Quantity int
	Reason   stockmovement.Reason
	Note     string
}
