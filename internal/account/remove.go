package account

import (
	"context"
	"fmt"
	"strconv"

	"galley/ent"
	"galley/ent/address"
	"galley/ent/confirmation"
	"galley/ent/credential"
	"galley/ent/idempotencykey"
	"galley/ent/identity"
	"galley/ent/identityflow"
	"galley/ent/refreshtoken"
	"galley/ent/session"
	"galley/ent/user"
	"galley/ent/userrole"
	"galley/internal/audit"
)

// remove deletes an account that the transaction holds, and all that is its owner's alone. Orders are the
// shop's too: they stay, and say nothing about a person any more.
func (w *Workflow) remove(ctx context.Context, tx *ent.Tx, u *ent.User) error {
	if err := anonymise(ctx, tx, u); err != nil {
		return err
	}
	if err := w.carts.Forget(ctx, tx, u.ID); err != nil {
		return err
	}
	id := u.ID
	for _, rows := range []struct {
		what   string
		delete interface {
			Exec(ctx context.Context) (int, error)
		}
	}{
		{"refresh tokens", tx.RefreshToken.Delete().Where(refreshtoken.HasSessionWith(session.UserID(id)))},
		{"sessions", tx.Session.Delete().Where(session.UserID(id))},
		{"credential", tx.Credential.Delete().Where(credential.UserID(id))},
		{"confirmations", tx.Confirmation.Delete().Where(confirmation.Or(confirmation.UserID(id), confirmation.Email(u.Email)))},
		{"identities", tx.Identity.Delete().Where(identity.UserID(id))},
		{"identity flows", tx.IdentityFlow.Delete().Where(identityflow.UserID(id))},
		{"roles", tx.UserRole.Delete().Where(userrole.UserID(id))},
		{"addresses", tx.Address.Delete().Where(address.UserID(id))},
		{"idempotency keys", tx.IdempotencyKey.Delete().Where(idempotencykey.Scope("user:" + strconv.FormatInt(id, 10)))},
		{"account", tx.User.Delete().Where(user.ID(id))},
	} {
		if _, err := rows.delete.Exec(ctx); err != nil {
			return fmt.Errorf("delete %s: %w", rows.what, err)
		}
	}
	return audit.Forget(ctx, tx, id)
}

// anonymise takes from an account's orders what tells whose they were: what was bought, for how much and to
// which country, stays. Those that were placed under its verified address without a sign-in are its owner's too.
// What people wrote about them, and the carriers' numbers, go too; and the tokens: whoever holds one would see the order
// again.
func anonymise(ctx context.Context, tx *ent.Tx, u *ent.User) error {
	owned, who := "user_id = $1", []any{u.ID}
	if u.EmailVerifiedAt != nil {
		owned += " OR user_id IS NULL AND email = $2"
		who = append(who, u.Email)
	}
	for _, statement := range []string{
		"UPDATE order_events SET text = '' WHERE order_id IN (SELECT id FROM orders WHERE " + owned + ")",
		"UPDATE fulfilments SET tracking_number = '', tracking_url = '' WHERE order_id IN (SELECT id FROM orders WHERE " + owned + ")",
	} {
		if _, err := tx.ExecContext(ctx, statement, who...); err != nil {
			return fmt.Errorf("anonymise what became of orders: %w", err)
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(`
		UPDATE orders SET user_id = NULL, token_hash = NULL, access_hash = NULL, email = '', shipping_address = NULL, billing_address = NULL,
			cancel_reason = '', updated_at = $%d, version = version + 1
		WHERE %s`, len(who)+1, owned), append(who, *u.DeleteAfter)...); err != nil {
		return fmt.Errorf("anonymise orders: %w", err)
	}
	return nil
}
