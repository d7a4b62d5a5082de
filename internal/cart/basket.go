package cart

import (
	"context"
	"encoding/json"
	"fmt"

	"galley/ent"
	"galley/ent/cartline"
	"galley/internal/database"
	"galley/internal/money"
	"galley/internal/viewer"
)

// basket is what a mutation makes of a cart.
type basket struct {
	lines    map[int64]int64        // the keys of the lines that there are, by variant
	quantity map[int64]int          // by variant
	price    map[int64]*money.Minor // of what was set, as the shopper sees it now
	changed  []int64                // variants, in the order in which they came
}

func newBasket(held []*ent.CartLine) *basket {
	b := &basket{lines: make(map[int64]int64, len(held)), quantity: make(map[int64]int, len(held)), price: map[int64]*money.Minor{}}
	for _, line := range held {
		b.lines[line.VariantID], b.quantity[line.VariantID] = line.ID, line.Quantity
	}
	return b
}

// set changes the quantity of a variant that is on sale; none takes any out.
func (b *basket) set(key int64, quantity int, v *ent.Variant) {
	b.changed = append(b.changed, key)
	b.quantity[key] = quantity
	if v != nil {
		b.price[key] = &v.PriceAmount
	}
}

// write stores what was changed, in one statement on PostgreSQL and two on SQLite, however many lines it is. The caller
// has decided that the cart is the viewer's, and holds its row.
func (b *basket) write(ctx context.Context, tx *ent.Tx, db *database.DB, cart int64) error {
	var gone, kept []int64
	seen := make(map[int64]bool, len(b.changed))
	for _, variant := range b.changed {
		switch {
		case seen[variant]:
		case b.quantity[variant] == 0:
			gone = append(gone, b.lines[variant])
		default:
			kept = append(kept, variant)
		}
		seen[variant] = true
	}
	return db.Together(viewer.AsSystem(ctx), tx, func(ctx context.Context) error {
		if err := remove(ctx, tx, cart, gone); err != nil {
			return err
		}
		return b.put(ctx, tx, db, cart, kept)
	})
}

func remove(ctx context.Context, tx *ent.Tx, cart int64, lines []int64) error {
	if len(lines) == 0 {
		return nil
	}
	if _, err := tx.CartLine.Delete().Where(cartline.CartID(cart), database.AnyOf(cartline.FieldID, lines)).Exec(ctx); err != nil {
		return fmt.Errorf("remove cart lines: %w", err)
	}
	return nil
}

// newLine is a line as it is sent to the database.
type newLine struct {
	ID       int64        `json:"id"`
	Variant  int64        `json:"variant"`
	Quantity int          `json:"quantity"`
	Price    *money.Minor `json:"price"`
}

// put writes what the basket has of variants. The statement's text is the same for any number of them.
func (b *basket) put(ctx context.Context, tx *ent.Tx, db *database.DB, cart int64, variants []int64) error {
	if len(variants) == 0 {
		return nil
	}
	lines := make([]newLine, len(variants))
	for i, v := range variants {
		key, err := db.NextKey()
		if err != nil {
			return fmt.Errorf("make key: %w", err)
		}
		lines[i] = newLine{key, v, b.quantity[v], b.price[v]}
	}
	text, err := json.Marshal(lines)
	if err != nil {
		return fmt.Errorf("encode cart lines: %w", err)
	}
	from := `json_to_recordset(CAST($3 AS json)) AS l(id bigint, variant bigint, quantity bigint, price bigint)`
	if !db.Postgres() {
		from = `(SELECT value->>'id' AS id, value->>'variant' AS variant, value->>'quantity' AS quantity, value->>'price' AS price
  FROM json_each($3)) AS l`
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO cart_lines (id, created_at, cart_id, variant_id, quantity, seen_price)
SELECT l.id, CAST($1 AS timestamptz), CAST($2 AS bigint), l.variant, l.quantity, l.price FROM `+from+` WHERE true
ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = excluded.quantity, seen_price = excluded.seen_price`, db.Now(), cart, string(text))
	if err != nil {
		return fmt.Errorf("write cart lines: %w", err)
	}
	return nil
}
