package cart

import (
	"context"
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

// write stores what was changed in two statements at the most, however many lines it is. The caller
// has decided that the cart is the viewer's, and holds its row.
func (b *basket) write(ctx context.Context, tx *ent.Tx, cart int64) error {
	ctx = viewer.AsSystem(ctx)
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
	if len(gone) > 0 {
		if _, err := tx.CartLine.Delete().Where(cartline.CartID(cart), database.AnyOf(cartline.FieldID, gone)).Exec(ctx); err != nil {
			return fmt.Errorf("remove cart lines: %w", err)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	err := tx.CartLine.MapCreateBulk(kept, func(c *ent.CartLineCreate, i int) {
		c.SetCartID(cart).SetVariantID(kept[i]).SetQuantity(b.quantity[kept[i]]).SetNillableSeenPrice(b.price[kept[i]])
	}).OnConflictColumns(cartline.FieldCartID, cartline.FieldVariantID).UpdateQuantity().UpdateSeenPrice().Exec(ctx)
	if err != nil {
		return fmt.Errorf("write cart lines: %w", err)
	}
	return nil
}
