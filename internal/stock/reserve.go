package stock

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/lib/pq"

	"galley/ent"
	"galley/ent/cart"
	"galley/ent/reservation"
	"galley/ent/stockmovement"
	"galley/internal/database"
	"galley/internal/viewer"
)

// A reservation is so many pieces that a checkout under way holds. They may not be promised to anybody else, and have
// not moved: what a variant has is what may be promised of it and what is reserved.

// Reserve holds items for a cart that holds none: all of them, or it returns the variants that have too few pieces or
// are off sale, and its caller has to roll the transaction back. The caller holds the cart's row, and has decided.
// One statement on PostgreSQL, two on SQLite, however many items.
func Reserve(ctx context.Context, tx *ent.Tx, db *database.DB, cartID int64, items []Item) (short []int64, err error) {
	short, err = leave(ctx, tx, db, items, held(cartID))
	if err != nil {
		return nil, fmt.Errorf("reserve stock: %w", err)
	}
	return short, nil
}

// Release lets go of all that carts hold, and notes in their rows that it is nothing. Its caller holds these. One statement
// on PostgreSQL, three on SQLite. It returns the variants that have more pieces now.
func Release(ctx context.Context, tx *ent.Tx, db *database.DB, cartIDs ...int64) (variants []int64, err error) {
	if db.Postgres() {
		changed, err := database.Returning(ctx, tx, releaseAtOnce, pq.Array(cartIDs), db.Now())
		if err != nil {
			return nil, fmt.Errorf("release stock: %w", err)
		}
		return slices.Collect(maps.Keys(changed)), nil
	}
	keys, err := json.Marshal(cartIDs)
	if err != nil { // whole numbers always encode
		panic(err)
	}
	changed, err := database.Returning(ctx, tx, release, string(keys), db.Now())
	if err != nil {
		return nil, fmt.Errorf("release stock: %w", err)
	}
	if _, err := tx.Reservation.Delete().Where(database.AnyOf(reservation.FieldCartID, cartIDs)).Exec(viewer.AsSystem(ctx)); err != nil {
		return nil, fmt.Errorf("end reservations: %w", err)
	}
	err = tx.Cart.Update().Where(database.AnyOf(cart.FieldID, cartIDs)).ClearReservedUntil().SetExtended(false).Exec(viewer.AsSystem(ctx))
	if err != nil {
		return nil, fmt.Errorf("note the end of reservations: %w", err)
	}
	return slices.Collect(maps.Keys(changed)), nil
}

// releaseAtOnce locks the variants as move does.
const releaseAtOnce = `WITH open AS (
  UPDATE carts SET reserved_until = NULL, extended = FALSE, updated_at = $2 WHERE id = ANY($1)
),
gone AS (
  DELETE FROM reservations WHERE cart_id = ANY($1) RETURNING variant_id, quantity
),
back AS (
  SELECT variant_id, CAST(SUM(quantity) AS bigint) AS quantity FROM gone GROUP BY variant_id
),
locked AS (
  SELECT v.id, v.available + back.quantity AS available FROM variants AS v JOIN back ON v.id = back.variant_id
  ORDER BY v.id FOR NO KEY UPDATE OF v
)
UPDATE variants SET available = locked.available, updated_at = $2 FROM locked WHERE variants.id = locked.id
RETURNING variants.id`

// release is its first step on SQLite.
const release = `UPDATE variants SET available = variants.available + back.quantity, updated_at = $2
FROM (
  SELECT variant_id, SUM(quantity) AS quantity FROM reservations
  WHERE cart_id IN (SELECT value FROM json_each($1)) GROUP BY variant_id
) AS back
WHERE variants.id = back.variant_id
RETURNING variants.id`

// Sell makes the pieces that a cart holds those of its order: they leave the stock, and what may be promised stays as
// it is. The caller holds the cart's row, and has seen that it holds these items. Its two statements need not see each
// other: see database.Together.
func Sell(ctx context.Context, tx *ent.Tx, db *database.DB, cartID, orderID int64, items []Item) error {
	moves, err := merge(db, items, -1)
	if err != nil {
		return err
	}
	if _, err := tx.Reservation.Delete().Where(reservation.CartID(cartID)).Exec(viewer.AsSystem(ctx)); err != nil {
		return fmt.Errorf("sell reserved stock: %w", err)
	}
	if err := note(ctx, tx, db, moves, moved(orderID, stockmovement.ReasonSOLD)); err != nil {
		return fmt.Errorf("note stock movements: %w", err)
	}
	return nil
}
