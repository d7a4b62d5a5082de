package quote

import (
	"encoding/json"
	"fmt"
	"time"

	"galley/ent"
	"galley/ent/cart"
	"galley/internal/pricing"
)

// Freeze is a price as carts and orders keep it.
func Freeze(q pricing.Quote) (json.RawMessage, error) {
	frozen, err := json.Marshal(q)
	if err != nil {
		return nil, fmt.Errorf("freeze quote: %w", err)
	}
	return frozen, nil
}

// Thaw reads a price that a cart or an order keeps; nil where it keeps none.
func Thaw(frozen json.RawMessage) (*pricing.Quote, error) {
	if len(frozen) == 0 {
		return nil, nil //nolint:nilnil // there is none
	}
	var q *pricing.Quote
	if err := json.Unmarshal(frozen, &q); err != nil {
		return nil, fmt.Errorf("thaw quote: %w", err)
	}
	return q, nil
}

// Frozen is the price that a cart's checkout promises: while it is under way, and once the cart has been ordered. It is
// nil otherwise.
func Frozen(c *ent.Cart, now time.Time) (*pricing.Quote, error) {
	underWay := c.Status == cart.StatusOPEN && c.ReservedUntil != nil && c.ReservedUntil.After(now)
	if !underWay && c.Status != cart.StatusORDERED {
		return nil, nil //nolint:nilnil // nothing is promised
	}
	return Thaw(c.Quote)
}
