package stock

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/reservation"
	"galley/internal/database"
	"galley/internal/viewer"
)

// Release gives back what a cart's checkout holds.
func Release(ctx context.Context, tx *ent.Tx, db *database.DB, cart int64) error {
	ctx = viewer.AsSystem(ctx)
	held, err := tx.Reservation.Query().Where(reservation.CartID(cart)).All(ctx)
	if err != nil || len(held) == 0 {
		return err
	}
	items := make([]Item, len(held))
	for i, r := range held {
		items[i] = Item{r.VariantID, r.Quantity}
	}
	moves, err := merge(db, items, +1)
	if err != nil {
		return err
	}
	if _, err := move(ctx, tx, db, moves); err != nil {
		return fmt.Errorf("release stock: %w", err)
	}
	_, err = tx.Reservation.Delete().Where(reservation.CartID(cart)).Exec(ctx)
	return err
}
