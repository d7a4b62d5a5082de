package cart

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"galley/ent"
	"galley/ent/cart"
	entpromotion "galley/ent/promotion"
	"galley/internal/attempt"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/promotion"
	"galley/internal/viewer"
)

// guesses are the limits of trying codes. What was no guess is given back. A cart is counted with who holds it, or who
// says so: nobody uses up the tries of another's.
func guesses(ctx context.Context, key int64) []attempt.Try {
	v := viewer.From(ctx)
	holder := fmt.Sprintf("%d %d %x", key, v.UserID, v.CartToken)
	tries := []attempt.Try{attempt.Limit{Name: "promo.cart", Burst: 10, Every: time.Minute}.By(holder)}
	if address := attempt.Address(ctx); address != "" {
		tries = append(tries, attempt.Limit{Name: "promo.address", Burst: 30, Every: 10 * time.Second}.By(address))
	}
	return tries
}

// PromoCodesAdd has the promotions of some codes apply to a cart, where what they ask for is met. A code that the cart
// has already changes nothing.
func (w *Workflow) PromoCodesAdd(ctx context.Context, in PromoCodesInput) (*database.Outcome, error) {
	tries := guesses(ctx, in.Cart.KeyOf(nodeid.Cart))
	if err := w.attempts.Count(ctx, tries...); err != nil {
		return nil, err
	}
	return w.changeCodes(ctx, in, func(ctx context.Context, tx *ent.Tx, held, codes []string) ([]string, error) {
		if err := w.usable(ctx, tx, codes); err != nil {
			return nil, err
		}
		for _, code := range codes {
			if !slices.Contains(held, code) {
				held = append(held, code)
			}
		}
		if len(held) > MaxPromoCodes {
			return nil, fault.Reject(TooManyPromoCodes, fmt.Sprintf("A cart takes at most %d codes", MaxPromoCodes), "codes")
		}
		return held, w.attempts.GiveBack(ctx, tx, tries...)
	})
}

// PromoCodesRemove takes codes out of a cart.
func (w *Workflow) PromoCodesRemove(ctx context.Context, in PromoCodesInput) (*database.Outcome, error) {
	return w.changeCodes(ctx, in, func(_ context.Context, _ *ent.Tx, held, codes []string) ([]string, error) {
		var c fault.Collector
		for i, code := range codes {
			c.Add(slices.Contains(held, code), PromoCodeUnknown, "The cart has no such code", "codes", strconv.Itoa(i))
		}
		return slices.DeleteFunc(held, func(code string) bool { return slices.Contains(codes, code) }), c.Err()
	})
}

// changeCodes makes of the codes that a cart has those that it is to have.
func (w *Workflow) changeCodes(ctx context.Context, in PromoCodesInput, fn func(ctx context.Context, tx *ent.Tx, held, codes []string) ([]string, error)) (*database.Outcome, error) {
	return w.change(ctx, in.Cart, in.ExpectedVersion, func(ctx context.Context, tx *ent.Tx) error {
		if len(in.Codes) > MaxPromoCodes {
			return fault.Reject(TooManyPromoCodes, fmt.Sprintf("At most %d codes are changed at once", MaxPromoCodes), "codes")
		}
		codes := make([]string, len(in.Codes))
		for i, code := range in.Codes {
			codes[i], _ = promotion.Code(code)
		}
		c, err := tx.Cart.Query().Where(cart.ID(in.Cart.Key)).Select(cart.FieldPromoCodes).Only(ctx)
		if err != nil {
			return fmt.Errorf("read promotion codes: %w", err)
		}
		held, err := fn(ctx, tx, c.PromoCodes, codes)
		if err != nil {
			return err
		}
		if err := tx.Cart.Update().Where(cart.ID(in.Cart.Key)).SetPromoCodes(held).Exec(ctx); err != nil {
			return fmt.Errorf("write promotion codes: %w", err)
		}
		return nil
	})
}

// usable notes which codes take nothing off, whatever is in the cart. Of a promotion that has not begun, or was
// stopped, nobody hears that it is there.
func (w *Workflow) usable(ctx context.Context, tx *ent.Tx, codes []string) error {
	found, err := tx.Promotion.Query().Where(database.AnyOfText(entpromotion.FieldCode, codes)).All(viewer.AsSystem(ctx))
	if err != nil {
		return fmt.Errorf("find promotions: %w", err)
	}
	now := w.db.Now()
	var c fault.Collector
	for i, code := range codes {
		refuse := func(reason fault.Reason, message string) { c.Add(false, reason, message, "codes", strconv.Itoa(i)) }
		at := slices.IndexFunc(found, func(p *ent.Promotion) bool { return *p.Code == code })
		switch {
		case at < 0 || !found[at].Active || found[at].Currency != w.currency || found[at].StartsAt != nil && now.Before(*found[at].StartsAt):
			refuse(PromoCodeUnknown, "There is no such code")
		case found[at].EndsAt != nil && !now.Before(*found[at].EndsAt):
			refuse(PromoCodeExpired, "This code is no longer valid")
		case found[at].UsageLimit != nil && found[at].Used >= *found[at].UsageLimit:
			refuse(PromoCodeUsedUp, "This code has been used as often as it may be")
		}
	}
	return c.Err()
}
