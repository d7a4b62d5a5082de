package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/lib/pq"

	"galley/ent"
	"galley/internal/audit"
	"galley/internal/database"
)

// placed returns the keys with one of them at an index, or at the end where the index is nil or
// beyond it. The key may be among them already.
func placed(keys []int64, key int64, index *int) []int64 {
	rest := slices.DeleteFunc(slices.Clone(keys), func(k int64) bool { return k == key })
	if index == nil || *index >= len(rest) {
		return append(rest, key)
	}
	return slices.Insert(rest, max(*index, 0), key)
}

// number gives the rows of a table positions from 0 in the order of each list, in one statement that
// touches those only whose position changes. Nobody edits a row by moving another: versions stay.
// PostgreSQL locks the rows in the order of their keys, as whoever takes stock does.
func number(ctx context.Context, tx *ent.Tx, db *database.DB, table string, lists ...[]int64) error {
	var keys, positions []int64
	for _, list := range lists {
		for i, key := range list {
			keys, positions = append(keys, key), append(positions, int64(i))
		}
	}
	if len(keys) == 0 {
		return nil
	}
	if err := audit.Touch(ctx, table, keys); err != nil {
		return err
	}
	query, args, err := numbering(db.Postgres(), table, keys, positions)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("number %s: %w", table, err)
	}
	return nil
}

func numbering(postgres bool, table string, keys, positions []int64) (string, []any, error) {
	if postgres {
		return `WITH o AS (
  SELECT t.id, n.position FROM ` + table + ` AS t JOIN unnest($1::bigint[], $2::bigint[]) AS n(id, position) ON n.id = t.id
  ORDER BY t.id FOR NO KEY UPDATE OF t
)
UPDATE ` + table + ` SET position = o.position FROM o WHERE ` + table + `.id = o.id AND ` + table + `.position <> o.position`,
			[]any{pq.Array(keys), pq.Array(positions)}, nil
	}
	pairs := make([][2]int64, len(keys))
	for i := range keys {
		pairs[i] = [2]int64{keys[i], positions[i]}
	}
	text, err := json.Marshal(pairs)
	if err != nil {
		return "", nil, fmt.Errorf("encode positions: %w", err)
	}
	return `UPDATE ` + table + ` SET position = o.position
FROM (SELECT value->>0 AS key, value->>1 AS position FROM json_each($1)) AS o
WHERE ` + table + `.id = o.key AND ` + table + `.position <> o.position`, []any{string(text)}, nil
}
