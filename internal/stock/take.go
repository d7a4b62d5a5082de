package stock

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/stockmovement"
	"galley/internal/database"
)

// Item is a number of pieces of a variant.
type Item struct {
	VariantID int64
	Quantity  int
}

// Take takes the items of an order out of stock: all of them, or it returns the variants that have
// too few pieces or are off sale, and its caller has to roll the transaction back. One statement on PostgreSQL,
// two on SQLite, however many items. It asks nobody's permission: its caller has decided.
func Take(ctx context.Context, tx *ent.Tx, db *database.DB, orderID int64, items []Item) (short []int64, err error) {
	short, err = leave(ctx, tx, db, items, moved(orderID, stockmovement.ReasonSOLD))
	if err != nil {
		return nil, fmt.Errorf("take stock: %w", err)
	}
	return short, nil
}

// leave takes items out of what may be promised.
func leave(ctx context.Context, tx *ent.Tx, db *database.DB, items []Item, e entry) (short []int64, err error) {
	moves, err := merge(db, items, -1)
	if err != nil || len(moves) == 0 {
		return nil, err
	}
	done, err := move(ctx, tx, db, moves, e)
	if err != nil {
		return nil, err
	}
	left := make(map[int64]bool, len(done))
	for _, m := range done {
		left[m.variant] = true
	}
	for _, m := range moves {
		if !left[m.variant] {
			short = append(short, m.variant)
		}
	}
	return short, nil
}

// PutBack returns the items of a cancelled order to stock, those of archived variants too. What is
// no variant any more is left out. Like Take it asks nobody's permission, and takes as many statements.
func PutBack(ctx context.Context, tx *ent.Tx, db *database.DB, orderID int64, items []Item) error {
	moves, err := merge(db, items, +1)
	if err != nil || len(moves) == 0 {
		return err
	}
	if _, err := move(ctx, tx, db, moves, moved(orderID, stockmovement.ReasonCANCELLED)); err != nil {
		return fmt.Errorf("put stock back: %w", err)
	}
	return nil
}
