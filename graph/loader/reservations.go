package loader

import (
	"context"
	"time"

	"galley/ent"
)

// ReservedUntil is when a cart's checkout loses its pieces, or nil while none is under way.
func (l *Loaders) ReservedUntil(c *ent.Cart) *time.Time {
	if c == nil || c.ReservedUntil == nil || !c.ReservedUntil.After(l.source.Now()) {
		return nil
	}
	return c.ReservedUntil
}

// LineReservedUntil is ReservedUntil of a line's cart.
func (l *Loaders) LineReservedUntil(ctx context.Context, line *ent.CartLine) (*time.Time, error) {
	c, err := l.Cart.Load(ctx, line.CartID)
	return l.ReservedUntil(c), err
}

// SuccessorOfCart is the cart that another was merged into, if it is the viewer's.
func (l *Loaders) SuccessorOfCart(ctx context.Context, c *ent.Cart) (*ent.Cart, error) {
	if c.MergedInto == nil {
		return nil, nil
	}
	return l.Cart.Load(ctx, *c.MergedInto)
}
