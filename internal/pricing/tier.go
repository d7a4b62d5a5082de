package pricing

import "galley/internal/money"

// Tier is a step of a table of prices: what it costs from so many grams, or minor units, on. Without a price it is not
// to be had from there on.
type Tier struct {
	From  int64        `json:"from"`
	Price *money.Minor `json:"price"`
}
