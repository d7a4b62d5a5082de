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

// entry notes why stocks change: an insertion whose text goes on with the movements, m. $1 is the time; its own
// parameters follow.
type entry struct {
	insert string
	args   []any
}

// moved is the entry of an order: pieces that it takes, or gives back.
func moved(order int64, reason stockmovement.Reason) entry {
	return entry{`INSERT INTO stock_movements (id, created_at, variant_id, quantity, reason, order_id, note)
SELECT m.key, CAST($1 AS timestamptz), m.variant, m.quantity, CAST($2 AS varchar), CAST($3 AS bigint), '' FROM `,
		[]any{string(reason), order}}
}

// held is the entry of a checkout under way.
func held(cart int64) entry {
	return entry{`INSERT INTO reservations (id, created_at, cart_id, variant_id, quantity)
SELECT m.key, CAST($1 AS timestamptz), CAST($2 AS bigint), m.variant, -m.quantity FROM `, []any{cart}}
}

// move changes the stock of all variants and notes it, but of those that would fall below zero or would leave although
// they are off sale. It returns the movements that were made. Editors' version stays: pieces are none of theirs.
//
// On PostgreSQL it is one statement. The rows are locked in the order of their keys first, so that two orders of the
// same variants wait for each other and never in a circle; what is compared and changed are the values under the lock.
// SQLite has one writer.
func move(ctx context.Context, tx *ent.Tx, db *database.DB, moves []movement, e entry) ([]movement, error) {
	if !db.Postgres() {
		return moveInSteps(ctx, tx, db, moves, e)
	}
	from, args := table(db, moves, len(e.args)+2)
	done, err := database.Returning(ctx, tx, `WITH m AS (SELECT * FROM `+from+`),
locked AS (
  SELECT v.id, v.available + m.quantity AS available FROM variants AS v JOIN m ON v.id = m.variant
  WHERE m.quantity > 0 OR NOT v.archived
  ORDER BY v.id FOR NO KEY UPDATE OF v
),
changed AS (
  UPDATE variants SET available = locked.available, updated_at = $1
  FROM locked WHERE variants.id = locked.id AND locked.available >= 0
  RETURNING variants.id
),
noted AS (`+e.insert+`m JOIN changed ON changed.id = m.variant)
SELECT id FROM changed`, slices.Concat([]any{db.Now()}, e.args, args)...)
	return only(moves, done), err
}

// moveInSteps is move in two statements.
func moveInSteps(ctx context.Context, tx *ent.Tx, db *database.DB, moves []movement, e entry) ([]movement, error) {
	from, args := table(db, moves, 2)
	done, err := database.Returning(ctx, tx, `UPDATE variants SET available = variants.available + m.quantity, updated_at = $1
FROM `+from+`
WHERE variants.id = m.variant AND variants.available + m.quantity >= 0 AND (m.quantity > 0 OR NOT variants.archived)
RETURNING variants.id`, append([]any{db.Now()}, args...)...)
	if moves = only(moves, done); err != nil || len(moves) == 0 {
		return nil, err
	}
	return moves, note(ctx, tx, db, moves, e)
}

// note writes an entry alone, in one statement.
func note(ctx context.Context, tx *ent.Tx, db *database.DB, moves []movement, e entry) error {
	from, args := table(db, moves, len(e.args)+2)
	_, err := tx.ExecContext(ctx, e.insert+from, slices.Concat([]any{db.Now()}, e.args, args)...)
	return err
}

func only(moves []movement, done map[int64]bool) []movement {
	return slices.DeleteFunc(slices.Clone(moves), func(m movement) bool { return !done[m.variant] })
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
