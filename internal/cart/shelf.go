package cart

import (
	"context"
	"fmt"
	"strconv"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/orderline"
	"galley/ent/predicate"
	"galley/ent/variant"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/viewer"
)

// shelf is what a mutation knows about the variants that it names.
type shelf struct {
	onSale map[int64]*ent.Variant
	bought map[int64]int // by the same customer before; of those with a limit
}

// look reads variants as any visitor sees them: staff put nothing into a cart either that is not on
// sale.
func (w *Workflow) look(ctx context.Context, tx *ent.Tx, variants []int64) (*shelf, error) {
	s := &shelf{onSale: map[int64]*ent.Variant{}}
	if len(variants) == 0 {
		return s, nil
	}
	anybody := viewer.With(ctx, viewer.Viewer{})
	found, err := tx.Variant.Query().
		Where(database.AnyOf(variant.FieldID, variants), variant.CurrencyEQ(w.currency)).All(anybody)
	if err != nil {
		return nil, fmt.Errorf("read variants: %w", err)
	}
	var limited []int64
	for _, v := range found {
		s.onSale[v.ID] = v
		if v.PurchaseLimit != nil {
			limited = append(limited, v.ID)
		}
	}
	if user := viewer.From(ctx).UserID; user != 0 && len(limited) > 0 {
		s.bought, err = Bought(ctx, tx, order.UserID(user), limited)
	}
	return s, err
}

// check tells whether a cart may hold so many pieces of a variant, and notes why not at the i-th line
// of the input, whose field name names the variant; bounds says which quantities there may be.
func (s *shelf) check(c *fault.Collector, i int, name string, key int64, quantity int, bounds string) bool {
	v, sold := s.onSale[key]
	c.Add(sold, VariantUnavailable, "There is no such variant on sale", "lines", strconv.Itoa(i), name)
	refuse := func(code fault.Reason, message string) bool {
		c.Add(false, code, message, "lines", strconv.Itoa(i), "quantity")
		return false
	}
	switch {
	case !valid(quantity):
		return refuse(InvalidQuantity, bounds)
	case !sold:
		return false
	case quantity > v.Available:
		return refuse(InsufficientStock, Left(v.Available, ""))
	case v.PurchaseLimit != nil && s.bought[key]+quantity > *v.PurchaseLimit:
		return refuse(PurchaseLimit, Limited(*v.PurchaseLimit, s.bought[key], ""))
	}
	return true
}

func valid(quantity int) bool { return quantity >= 1 && quantity <= MaxQuantity }

// Bought counts the pieces of each of these variants in the orders of a customer that have not been
// cancelled. It asks nobody's permission: its caller tells no more than whether a limit is passed.
func Bought(ctx context.Context, tx *ent.Tx, customer predicate.Order, variants []int64) (map[int64]int, error) {
	var sums []struct {
		VariantID int64 `sql:"variant_id"`
		Pieces    int   `sql:"pieces"`
	}
	err := tx.OrderLine.Query().
		Where(
			database.AnyOf(orderline.FieldVariantID, variants),
			orderline.HasOrderWith(customer, order.StatusNEQ(order.StatusCANCELLED)),
		).
		GroupBy(orderline.FieldVariantID).
		Aggregate(ent.As(ent.Sum(orderline.FieldQuantity), "pieces")).
		Scan(viewer.AsSystem(ctx), &sums)
	if err != nil {
		return nil, fmt.Errorf("count what was bought before: %w", err)
	}
	bought := make(map[int64]int, len(sums))
	for _, s := range sums {
		bought[s.VariantID] = s.Pieces
	}
	return bought, nil
}
