package database

import (
	"context"

	"galley/ent"
)

// Returning runs a statement that answers with keys: those of the rows that it has changed.
func Returning(ctx context.Context, tx *ent.Tx, query string, args ...any) (map[int64]bool, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // its error is the one of rows.Err
	keys := map[int64]bool{}
	for rows.Next() {
		var key int64
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		keys[key] = true
	}
	return keys, rows.Err()
}
