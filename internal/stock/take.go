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
// too few pieces or are off sale, and its caller has to roll the transaction back. Two statements,
// however many items. It asks nobody's permission: its caller has decided.
func Take(ctx context.Context, tx *ent.Tx, db *database.DB, orderID int64, items []Item) (short []int64, err error) {
	moves, err := merge(db, items, -1)
	if err != nil || len(moves) == 0 {
		return nil, err
	}
	done, err := move(ctx, tx, db, moves)
	if err != nil {
		return nil, fmt.Errorf("take stock: %w", err)
	}
	for _, m := range moves {
		if !done[m.variant] {
			short = append(short, m.variant)
		}
	}
	if len(short) > 0 {
		return short, nil
	}
	return nil, record(ctx, tx, db, orderID, stockmovement.ReasonSOLD, moves)
}

// PutBack returns the items of a cancelled order to stock, those of archived variants too. What is
// no variant any more is left out. Two statements, however many items; like Take it asks nobody's
// permission.
func PutBack(ctx context.Context, tx *ent.Tx, db *database.DB, orderID int64, items []Item) error {
	moves, err := merge(db, items, +1)
	if err != nil || len(moves) == 0 {
		return err
	}
	done, err := move(ctx, tx, db, moves)
	if err != nil {
		return fmt.Errorf("put stock back: %w", err)
	}
	kept := moves[:0]
	for _, m := range moves {
		if done[m.variant] {
			kept = append(kept, m)
		}
	}
	return record(ctx, tx, db, orderID, stockmovement.ReasonCANCELLED, kept)
}
