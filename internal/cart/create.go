package cart

import (
	"context"
	"fmt"
	"unicode/utf8"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/token"
	"galley/internal/viewer"
)

// A guest's token has 128 bits: it is all that keeps others from the cart, and from its orders.
const (
	TokenPrefix = "ct_"
	TokenBytes  = 16
)

// minSecret is the length of an idempotency key that holds 128 bits in base64; a UUID is longer.
const minSecret = 22

// Create opens a cart. An account's belongs to the account; everybody else gets a token that the
// cart is held by, and holds it for the rest of the operation.
func (w *Workflow) Create(ctx context.Context, in CreateInput) (*CreatePayload, error) {
	v := viewer.From(ctx)
	secret, err := w.secret(ctx, v)
	if err != nil {
		return nil, err
	}
	out, err := w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		create := tx.Cart.Create().SetCurrency(w.currency)
		if secret == "" {
			create.SetUserID(v.UserID)
		} else {
			create.SetTokenHash(token.Hash(secret))
		}
		c, err := create.Save(viewer.AsSystem(ctx))
		if err != nil {
			return 0, fmt.Errorf("open cart: %w", err)
		}
		return c.ID, w.add(ctx, tx, c.ID, in.Lines)
	})
	if err != nil {
		return nil, err
	}
	payload := &CreatePayload{Outcome: *out}
	if secret != "" && out.Key != 0 {
		payload.Token = &secret
		v.CartToken = token.Hash(secret)
		if v.Kind == viewer.Anonymous {
			v.Kind = viewer.Guest
		}
		viewer.Become(ctx, v)
	}
	return payload, nil
}

// secret makes the token of a cart without an account. Under an idempotency key it is made of the
// key, which only its client knows: so a replay answers with the same token, and nothing stores it.
func (w *Workflow) secret(ctx context.Context, v viewer.Viewer) (string, error) {
	if v.UserID != 0 {
		return "", nil
	}
	r := database.RequestFrom(ctx)
	if r == nil {
		return token.New(w.db.Random(), TokenPrefix, TokenBytes)
	}
	if utf8.RuneCountInString(r.Key) < minSecret {
		return "", fault.Newf(fault.BadUserInput,
			"Without an account a cart's idempotency key needs %d characters that nobody can guess", minSecret)
	}
	return token.Derive(TokenPrefix, r.Scope+"\x00"+r.Key, TokenBytes), nil
}
