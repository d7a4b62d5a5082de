package checkout

import (
	"context"
	"fmt"
	"slices"
	"time"

	"galley/ent"
	"galley/ent/cart"
	shop "galley/internal/cart"
	"galley/internal/database"
	"galley/internal/delivery"
	"galley/internal/fault"
	"galley/internal/live"
	"galley/internal/nodeid"
	"galley/internal/quote"
	"galley/internal/stock"
	"galley/internal/viewer"
)

// Start begins the checkout of one of the viewer's own carts, or begins it again: it freezes the price and holds the
// pieces, until the time that the cart tells. Begun again while it is under way, it keeps the pieces for a full time
// more, once; the price is the shop's by then.
func (w *Workflow) Start(ctx context.Context, in StartInput) (*database.Outcome, error) {
	key := in.Cart.KeyOf(nodeid.Cart)
	return w.Database.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		c, a, err := hold(ctx, tx, key, in.ShippingAddressID)
		switch {
		case err != nil:
			return 0, err
		case c.Status == cart.StatusORDERED:
			return 0, shop.Closed(c.Status)
		}
		if err := fault.Expect(c.Version, in.ExpectedVersion); err != nil {
			return 0, err
		}
		var errs fault.Collector
		d, err := w.draft(ctx, tx, &errs, c, a, in.said(), promise{})
		if err != nil {
			return 0, err
		}
		if err := d.withinLimits(ctx, tx); err != nil {
			return 0, err
		}
		if err := w.reserve(ctx, tx, d); err != nil {
			return 0, err
		}
		return key, w.freeze(viewer.AsSystem(ctx), tx, c, d)
	})
}

// reserve holds the pieces, unless they are held.
func (w *Workflow) reserve(ctx context.Context, tx *ent.Tx, d *draft) error {
	if d.held {
		return nil
	}
	if err := w.letGo(ctx, tx, d); err != nil {
		return err
	}
	short, err := stock.Reserve(ctx, tx, w.Database, d.ID, items(d.Lines))
	if err != nil {
		return err
	}
	w.Live.AfterCommit(tx, live.Stocks(variants(d.Lines))...)
	return enough(d.Lines, short)
}

// letGo ends reservations that are not of what is in the cart by now.
func (w *Workflow) letGo(ctx context.Context, tx *ent.Tx, d *draft) error {
	if _, some := held(d.Lines); !some {
		return nil
	}
	variants, err := stock.Release(ctx, tx, w.Database, d.ID)
	w.Live.AfterCommit(tx, live.Stocks(variants)...)
	return err
}

// enough refuses what is short of pieces.
func enough(lines []*quote.Line, short []int64) error {
	var errs fault.Collector
	for _, l := range lines {
		errs.Add(!slices.Contains(short, l.VariantID), InsufficientStock,
			fmt.Sprintf("Fewer than %d pieces are left of %s", l.Quantity, label(l)), "cart")
	}
	return errs.Err()
}

// freeze writes what is promised, and until when. The contacts stay with the cart, so that completing it needs no more.
func (w *Workflow) freeze(ctx context.Context, tx *ent.Tx, c *ent.Cart, d *draft) error {
	frozen, err := quote.Freeze(d.Price)
	if err != nil {
		return err
	}
	until, extended := w.until(c, w.Database.Now())
	update := tx.Cart.Update().Where(cart.ID(c.ID)).AddVersion(1).SetQuote(frozen).SetReservedUntil(until).SetExtended(extended).
		SetEmail(d.email).SetShippingAddress(d.shipping)
	if d.billing != nil {
		update.SetBillingAddress(d.billing)
	}
	if d.Delivery != nil {
		update.SetDeliveryQuoteID(d.Delivery.ID)
	}
	w.Live.AfterCommit(tx, live.Cart(c.ID))
	return w.Database.Together(ctx, tx, func(ctx context.Context) error {
		if d.offers != nil {
			if err := delivery.Offer(ctx, tx, c.ID, d.offers); err != nil {
				return err
			}
		}
		if err := update.Exec(ctx); err != nil {
			return fmt.Errorf("freeze quote: %w", err)
		}
		return nil
	})
}

// until is when a checkout that begins now loses its pieces, and whether that was put off: once, and not again before
// it has ended.
func (w *Workflow) until(c *ent.Cart, now time.Time) (time.Time, bool) {
	underWay := c.ReservedUntil != nil && c.ReservedUntil.After(now)
	if underWay && c.Extended {
		return *c.ReservedUntil, true
	}
	return now.Add(w.Reservation), underWay
}
