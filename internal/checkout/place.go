package checkout

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"galley/ent"
	"galley/ent/cart"
	"galley/ent/order"
	"galley/internal/database"
	"galley/internal/email"
	"galley/internal/fault"
	"galley/internal/lifecycle"
	"galley/internal/live"
	"galley/internal/money"
	"galley/internal/promotion"
	"galley/internal/quote"
	"galley/internal/settlement"
	"galley/internal/stock"
	"galley/internal/token"
	"galley/ent/user"
)

// numbers is how many order numbers are tried: one is enough until there are billions of orders.
const numbers = 8

// place writes the order that was decided on, in a constant number of statements. What many want is locked in the order
// that all keep: promotions, then variants, popular ones for as short as can be.
func (w *Workflow) place(ctx context.Context, tx *ent.Tx, d *draft, in CompleteInput) (orderID, paymentID int64, err error) {
	o, err := w.write(ctx, tx, d, in)
	if err != nil {
		return 0, 0, err
	}
	if err := w.takePromotions(ctx, tx, o.ID, d); err != nil {
		return 0, 0, err
	}
	if err := d.lockLimited(ctx, tx); err != nil {
		return 0, 0, err
	}
	if err := w.take(ctx, tx, o.ID, d); err != nil {
		return 0, 0, err
	}
	if err := d.withinLimits(ctx, tx); err != nil {
		return 0, 0, err
	}
	w.Live.AfterCommit(tx, live.Cart(d.ID))
	return o.ID, paymentID, w.Database.Together(ctx, tx, func(ctx context.Context) error {
		paymentID, err = w.finishOff(ctx, tx, o, d, in)
		return err
	})
}
