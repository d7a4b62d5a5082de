package stock

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/lib/pq"

	"galley/ent"
	"galley/ent/stockmovement"
	"galley/internal/database"
)

// movement is a row to come: its key, and by how much a variant's stock changes.
type movement struct {
	key, variant, quantity int64
}

// merge makes one movement of all items of a variant, in the order of variants.
func merge(db *database.DB, items []Item, sign int64) ([]movement, error) {
	quantities := make(map[int64]int64, len(items))
	for _, item := range items {
		if item.Quantity <= 0 {
			return nil, fmt.Errorf("stock: %d pieces of variant %d", item.Quantity, item.VariantID)
		}
		// More than there can ever be is as much as one piece more.
		quantities[item.VariantID] = min(quantities[item.VariantID]+int64(min(item.Quantity, MaxAvailable+1)), MaxAvailable+1)
	}
	moves := make([]movement, 0, len(quantities))
	for variant, quantity := range quantities {
		key, err := db.NextKey()
		if err != nil {
			return nil, fmt.Errorf("make key: %w", err)
		}
		moves = append(moves, movement{key: key, variant: variant, quantity: sign * quantity})
	}
	slices.SortFunc(moves, func(a, b movement) int { return cmp.Compare(a.variant, b.variant) })
	return moves, nil
}

// move changes the stock of all variants in one statement, but of those that would fall below zero
// or would leave although they are off sale. It returns the variants that it changed. Editors' version
// stays: pieces are none of theirs.
//
// On PostgreSQL the rows are locked in the order of their keys first, so that two orders of the same
// variants wait for each other and never in a circle; what is compared and changed are the values
// under the lock. SQLite has one writer.
func move(ctx context.Context, tx *ent.Tx, db *database.DB, moves []movement) (map[int64]bool, error) {
	from, args := table(db, moves, 2)
	query := `UPDATE variants SET available = variants.available + m.quantity, updated_at = $1
FROM ` + from + `
WHERE variants.id = m.variant AND variants.available + m.quantity >= 0 AND (m.quantity > 0 OR NOT variants.archived)
RETURNING variants.id`
	if db.Postgres() {
		query = `WITH locked AS (
  SELECT v.id, v.available + m.quantity AS available FROM variants AS v JOIN ` + from + ` ON v.id = m.variant
  WHERE m.quantity > 0 OR NOT v.archived
  ORDER BY v.id FOR NO KEY UPDATE OF v
)
UPDATE variants SET available = locked.available, updated_at = $1
FROM locked WHERE variants.id = locked.id AND locked.available >= 0
RETURNING variants.id`
	}
	rows, err := tx.QueryContext(ctx, query, append([]any{db.Now()}, args...)...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // its error is the one of rows.Err
	changed := make(map[int64]bool, len(moves))
	for rows.Next() {
		var variant int64
		if err := rows.Scan(&variant); err != nil {
			return nil, err
		}
		changed[variant] = true
	}
	return changed, rows.Err()
}

// record notes why stocks have changed, in one statement.
func record(ctx context.Context, tx *ent.Tx, db *database.DB, orderID int64, reason stockmovement.Reason, moves []movement) error {
	if len(moves) == 0 {
		return nil
	}
	from, args := table(db, moves, 4)
	_, err := tx.ExecContext(ctx, `INSERT INTO stock_movements (id, created_at, variant_id, quantity, reason, order_id, note)
SELECT m.key, CAST($1 AS timestamptz), m.variant, m.quantity, CAST($2 AS varchar), CAST($3 AS bigint), '' FROM `+from,
		append([]any{db.Now(), string(reason), orderID}, args...)...)
	if err != nil {
		return fmt.Errorf("note stock movements: %w", err)
	}
	return nil
}

// table is the movements as a table m(key, variant, quantity) of a statement whose parameters go on
// from $next. Its text does not depend on how many there are.
func table(db *database.DB, moves []movement, next int) (string, []any) {
	if db.Postgres() {
		var keys, variants, quantities []int64
		for _, m := range moves {
			keys, variants, quantities = append(keys, m.key), append(variants, m.variant), append(quantities, m.quantity)
		}
		return fmt.Sprintf("unnest($%d::bigint[], $%d::bigint[], $%d::bigint[]) AS m(key, variant, quantity)", next, next+1, next+2),
			[]any{pq.Array(keys), pq.Array(variants), pq.Array(quantities)}
	}
	list := make([][3]int64, 0, len(moves))
	for _, m := range moves {
		list = append(list, [3]int64{m.key, m.variant, m.quantity})
	}
	text, err := json.Marshal(list)
	if err != nil { // whole numbers always encode
		panic(err)
	}
	return fmt.Sprintf("(SELECT value->>0 AS key, value->>1 AS variant, value->>2 AS quantity FROM json_each($%d)) AS m", next),
		[]any{string(text)}
}
