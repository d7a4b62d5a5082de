package cart

import (
	"context"
	"fmt"
	"slices"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/cart"
	"galley/ent/cartline"
	"galley/internal/database"
	"galley/internal/live"
	"galley/internal/viewer"
)

// Adopt gives an account what the guest who signs in to it has in the cart whose token they bring: once, in the
// sign-in's own transaction, which holds the account. The rule:
//
//   - Without an open cart of the account's the guest's cart becomes the account's, and goes on as it is.
//   - Otherwise what is in it goes into the account's cart, the one that was changed last. Of a variant that is in both
//     the larger quantity counts, so that going through this twice adds nothing. Promotion codes are united, and the
//     guest's contacts fill in what the account's cart does not have. The guest's cart is merged from then on.
//   - Where that would be more than a cart holds, nothing is lost: the guest's cart becomes the account's beside the other.
func (w *Workflow) Adopt(ctx context.Context, tx *ent.Tx, account int64) error {
	held := viewer.Actor(ctx).CartToken
	if len(held) == 0 {
		return nil
	}
	ctx = viewer.AsSystem(ctx)
	guests, err := tx.Cart.Query().Where(cart.UserIDIsNil(), cart.TokenHash(held), cart.StatusEQ(cart.StatusOPEN)).IDs(ctx)
	if err != nil {
		return fmt.Errorf("find the guest's cart: %w", err)
	}
	for _, guest := range guests {
		if err := w.adopt(ctx, tx, account, guest); err != nil {
			return err
		}
	}
	return nil
}

func (w *Workflow) adopt(ctx context.Context, tx *ent.Tx, account, guest int64) error {
	own, err := tx.Cart.Query().Where(cart.UserID(account), cart.StatusEQ(cart.StatusOPEN)).
		Order(cart.ByUpdatedAt(sql.OrderDesc()), cart.ByID(sql.OrderDesc())).Limit(1).IDs(ctx)
	if err != nil {
		return fmt.Errorf("find the account's cart: %w", err)
	}
	from, into, err := lock(ctx, tx, guest, own)
	if err != nil || from == nil {
		return err
	}
	if into != nil {
		fits, err := w.pour(ctx, tx, from, into)
		if err != nil || fits {
			return err
		}
	}
	if err := tx.Cart.Update().Where(cart.ID(from.ID)).SetUserID(account).AddVersion(1).Exec(ctx); err != nil {
		return fmt.Errorf("give the guest's cart to the account: %w", err)
	}
	w.live.AfterCommit(tx, live.Cart(from.ID))
	return nil
}

// lock holds both carts, as far as they are still open: the guest's, if nobody was faster, and the account's.
func lock(ctx context.Context, tx *ent.Tx, guest int64, own []int64) (from, into *ent.Cart, err error) {
	query := tx.Cart.Query().Where(database.AnyOf(cart.FieldID, append(own, guest)), cart.StatusEQ(cart.StatusOPEN)).Order(cart.ByID())
	query.Modify(database.Locked(sql.LockNoKeyUpdate))
	held, err := query.All(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("hold carts: %w", err)
	}
	for _, c := range held {
		switch {
		case c.ID != guest:
			into = c
		case c.UserID == nil:
			from = c
		}
	}
	return from, into, nil
}

// pour puts what is in one cart into another, and ends the checkouts of both. It does nothing where that would not fit.
func (w *Workflow) pour(ctx context.Context, tx *ent.Tx, from, into *ent.Cart) (fits bool, err error) {
	lines, err := tx.CartLine.Query().Where(database.AnyOf(cartline.FieldCartID, []int64{from.ID, into.ID})).Order(cartline.ByID()).All(ctx)
	if err != nil {
		return false, fmt.Errorf("read the lines of both carts: %w", err)
	}
	quantity := map[int64]int{} // in the account's cart, by variant
	var theirs []*ent.CartLine
	for _, l := range lines {
		if l.CartID == into.ID {
			quantity[l.VariantID] = l.Quantity
		} else {
			theirs = append(theirs, l)
		}
	}
	more := slices.DeleteFunc(theirs, func(l *ent.CartLine) bool { return l.Quantity <= quantity[l.VariantID] })
	for _, l := range more {
		quantity[l.VariantID] = l.Quantity
	}
	if len(quantity) > MaxLines {
		return false, nil
	}
	if from.ReservedUntil != nil || into.ReservedUntil != nil {
		if err := w.release(ctx, tx, from.ID, into.ID); err != nil {
			return false, err
		}
	}
	if err := move(ctx, tx, more, from.ID, into.ID); err != nil {
		return false, err
	}
	w.live.AfterCommit(tx, live.Cart(from.ID), live.Cart(into.ID))
	return true, unite(ctx, tx, from, into)
}

// move writes lines into a cart, and takes everything out of the one that they are from.
func move(ctx context.Context, tx *ent.Tx, lines []*ent.CartLine, from, into int64) error {
	if _, err := tx.CartLine.Delete().Where(cartline.CartID(from)).Exec(ctx); err != nil {
		return fmt.Errorf("empty the guest's cart: %w", err)
	}
	if len(lines) == 0 {
		return nil
	}
	err := tx.CartLine.MapCreateBulk(lines, func(c *ent.CartLineCreate, i int) {
		c.SetCartID(into).SetVariantID(lines[i].VariantID).SetQuantity(lines[i].Quantity).SetNillableSeenPrice(lines[i].SeenPrice)
	}).OnConflictColumns(cartline.FieldCartID, cartline.FieldVariantID).UpdateQuantity().UpdateSeenPrice().Exec(ctx)
	if err != nil {
		return fmt.Errorf("fill the account's cart: %w", err)
	}
	return nil
}

// unite writes both carts' rows: who the order is for is known in the account's cart alone from then on.
func unite(ctx context.Context, tx *ent.Tx, from, into *ent.Cart) error {
	update := tx.Cart.Update().Where(cart.ID(into.ID)).AddVersion(1).ClearQuote()
	codes := into.PromoCodes
	for _, code := range from.PromoCodes {
		if !slices.Contains(codes, code) && len(codes) < MaxPromoCodes {
			codes = append(codes, code)
		}
	}
	if len(codes) > 0 {
		update.SetPromoCodes(codes)
	}
	if into.Email == "" {
		update.SetEmail(from.Email)
	}
	if into.ShippingAddress == nil && from.ShippingAddress != nil {
		update.SetShippingAddress(from.ShippingAddress)
	}
	if into.BillingAddress == nil && from.BillingAddress != nil {
		update.SetBillingAddress(from.BillingAddress)
	}
	if err := update.Exec(ctx); err != nil {
		return fmt.Errorf("merge carts: %w", err)
	}
	err := tx.Cart.Update().Where(cart.ID(from.ID)).SetStatus(cart.StatusMERGED).SetMergedInto(into.ID).AddVersion(1).
		SetEmail("").ClearShippingAddress().ClearBillingAddress().ClearPromoCodes().ClearDeliveryQuoteID().ClearQuote().Exec(ctx)
	if err != nil {
		return fmt.Errorf("close the guest's cart: %w", err)
	}
	return nil
}
