package cart

import (
	"context"
	"fmt"
	"strconv"

	"galley/ent"
	"galley/ent/cartline"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
)

// LinesAdd puts variants into a cart; of a variant that is in it already, so many more.
func (w *Workflow) LinesAdd(ctx context.Context, in LinesAddInput) (*database.Outcome, error) {
	key := in.Cart.KeyOf(nodeid.Cart)
	return w.change(ctx, in.Cart, in.ExpectedVersion, func(ctx context.Context, tx *ent.Tx) error {
		return w.add(ctx, tx, key, in.Lines)
	})
}

// add puts lines into a cart whose row is locked.
func (w *Workflow) add(ctx context.Context, tx *ent.Tx, cart int64, lines []LineInput) error {
	if len(lines) == 0 {
		return nil
	}
	if err := fewEnough(len(lines)); err != nil {
		return err
	}
	held, err := read(ctx, tx, cart)
	if err != nil {
		return err
	}
	variants := make([]int64, len(lines))
	for i, l := range lines {
		variants[i] = l.Variant.KeyOf(nodeid.Variant)
	}
	shelf, err := w.look(ctx, tx, variants)
	if err != nil {
		return err
	}
	var c fault.Collector
	basket := newBasket(held)
	for i, l := range lines {
		quantity, bounds := l.Quantity, fmt.Sprintf("The quantity is at least 1 and at most %d", MaxQuantity)
		if held := basket.quantity[variants[i]]; valid(quantity) && held > 0 {
			quantity += held
			bounds = fmt.Sprintf("With those in the cart these would be %d pieces, where at most %d are allowed", quantity, MaxQuantity)
		}
		if shelf.check(&c, i, "variant", variants[i], quantity, bounds) {
			basket.set(variants[i], quantity, shelf.onSale[variants[i]])
		}
	}
	c.Add(len(basket.quantity) <= MaxLines, InvalidQuantity, fmt.Sprintf("A cart holds at most %d lines", MaxLines), "lines")
	if err := c.Err(); err != nil {
		return err
	}
	return basket.write(ctx, tx, w.db, cart)
}

// LinesUpdate sets quantities of lines in a cart. Zero removes the line; of a line that is named
// twice the last quantity counts.
func (w *Workflow) LinesUpdate(ctx context.Context, in LinesUpdateInput) (*database.Outcome, error) {
	key := in.Cart.KeyOf(nodeid.Cart)
	return w.change(ctx, in.Cart, in.ExpectedVersion, func(ctx context.Context, tx *ent.Tx) error {
		if err := fewEnough(len(in.Lines)); err != nil {
			return err
		}
		held, err := read(ctx, tx, key)
		if err != nil {
			return err
		}
		var c fault.Collector
		lines, variants := make([]*ent.CartLine, len(in.Lines)), make([]int64, 0, len(in.Lines))
		for i, l := range in.Lines {
			lines[i] = find(&c, held, l.ID, "lines", strconv.Itoa(i), "id")
			if lines[i] != nil {
				variants = append(variants, lines[i].VariantID)
			}
		}
		shelf, err := w.look(ctx, tx, variants)
		if err != nil {
			return err
		}
		basket := newBasket(held)
		bounds := fmt.Sprintf("The quantity is at least 0, which removes the line, and at most %d", MaxQuantity)
		for i, l := range in.Lines {
			if lines[i] != nil && (l.Quantity == 0 || shelf.check(&c, i, "id", lines[i].VariantID, l.Quantity, bounds)) {
				basket.set(lines[i].VariantID, l.Quantity, shelf.onSale[lines[i].VariantID])
			}
		}
		if err := c.Err(); err != nil {
			return err
		}
		return basket.write(ctx, tx, w.db, key)
	})
}

// LinesRemove takes lines out of a cart.
func (w *Workflow) LinesRemove(ctx context.Context, in LinesRemoveInput) (*database.Outcome, error) {
	key := in.Cart.KeyOf(nodeid.Cart)
	return w.change(ctx, in.Cart, in.ExpectedVersion, func(ctx context.Context, tx *ent.Tx) error {
		if err := fewEnough(len(in.Lines)); err != nil {
			return err
		}
		held, err := read(ctx, tx, key)
		if err != nil {
			return err
		}
		var c fault.Collector
		basket := newBasket(held)
		for i, id := range in.Lines {
			if line := find(&c, held, id, "lines", strconv.Itoa(i)); line != nil {
				basket.set(line.VariantID, 0, nil)
			}
		}
		if err := c.Err(); err != nil {
			return err
		}
		return basket.write(ctx, tx, w.db, key)
	})
}

// read loads a cart's lines, in the order in which they came.
func read(ctx context.Context, tx *ent.Tx, cart int64) ([]*ent.CartLine, error) {
	lines, err := tx.CartLine.Query().Where(cartline.CartID(cart)).Order(cartline.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read cart lines: %w", err)
	}
	return lines, nil
}

// find looks for a line, and notes when there is none.
func find(c *fault.Collector, held []*ent.CartLine, id nodeid.ID, field ...string) *ent.CartLine {
	for _, line := range held {
		if line.ID == id.KeyOf(nodeid.CartLine) {
			return line
		}
	}
	c.Add(false, LineNotFound, "The cart has no such line", field...)
	return nil
}

func fewEnough(lines int) error {
	if lines > MaxLinesAtOnce {
		return fault.Reject(InvalidQuantity, fmt.Sprintf("At most %d lines are changed at once", MaxLinesAtOnce), "lines")
	}
	return nil
}
