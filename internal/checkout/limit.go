package checkout

import (
	"context"
	"fmt"
	"slices"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/predicate"
	"galley/ent/variant"
	"galley/internal/cart"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/viewer"
)

// withinLimits compares what the customer has bought, with what is in the cart, with the purchase limits. Where nothing
// has a limit it asks nothing.
func (d *draft) withinLimits(ctx context.Context, tx *ent.Tx) error {
	limited := d.limited()
	if len(limited) == 0 {
		return nil
	}
	bought, err := cart.Bought(ctx, tx, d.customer(), limited)
	if err != nil {
		return err
	}
	var errs fault.Collector
	for _, l := range d.Lines {
		limit, before := l.Variant.PurchaseLimit, bought[l.VariantID]
		if limit == nil || before+l.Quantity <= *limit {
			continue
		}
		if d.user == 0 {
			before = 0 // anybody may type an e-mail address: what was bought under it is not told
		}
		errs.Add(false, PurchaseLimit, cart.Limited(*limit, before, label(l)), "cart")
	}
	return errs.Err()
}

// lockLimited holds the variants that have a limit, so that two orders at once cannot pass one together: the second
// counts the first. Pieces that are taken now hold theirs anyway.
func (d *draft) lockLimited(ctx context.Context, tx *ent.Tx) error {
	limited := d.limited()
	if len(limited) == 0 {
		return nil
	}
	q := tx.Variant.Query().Where(database.AnyOf(variant.FieldID, limited)).Order(variant.ByID())
	q.Modify(database.Locked(sql.LockNoKeyUpdate))
	if _, err := q.IDs(viewer.AsSystem(ctx)); err != nil {
		return fmt.Errorf("hold variants: %w", err)
	}
	return nil
}

func (d *draft) limited() []int64 {
	var keys []int64
	for _, l := range d.Lines {
		if l.Variant.PurchaseLimit != nil {
			keys = append(keys, l.VariantID)
		}
	}
	slices.Sort(keys)
	return keys
}

// customer is whose orders count towards a limit: the account's, or those of a guest's address.
func (d *draft) customer() predicate.Order {
	if d.user != 0 {
		return order.UserID(d.user)
	}
	return order.Email(d.email)
}
