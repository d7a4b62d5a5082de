package account

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"galley/ent"
	"galley/ent/credential"
	"galley/internal/database"
	"galley/internal/email"
	"galley/internal/fault"
	"galley/internal/session"
	"galley/internal/viewer"
)

// What may happen to an account while its password is compared.
var (
	errPasswordChanged = errors.New("the password was changed at the same time, or its hash renewed")
	errClosed          = errors.New("the account was closed at the same time")
)

// SignIn opens a session, and lets the rest of the operation run as the account. Unknown addresses,
// wrong passwords and accounts that are closed or have no password get the same answer in like time.
func (w *Workflow) SignIn(ctx context.Context, in SignInInput) (*SignInPayload, error) {
	if database.RequestFrom(ctx) != nil {
		return nil, fault.New(fault.BadUserInput, "A sign-in makes a new session each time: send it without @idempotent")
	}
	address, ok := email.Normalise(in.Email)
	if !ok || utf8.RuneCountInString(in.Password) > longestPassword {
		return wrong(), nil // whatever accounts there are
	}
	payload, err := w.signIn(ctx, address, in)
	if errors.Is(err, errPasswordChanged) {
		payload, err = w.signIn(ctx, address, in)
	}
	return payload, err
}

func (w *Workflow) signIn(ctx context.Context, address string, in SignInInput) (*SignInPayload, error) {
	if err := w.attempts.Count(ctx, guesses(ctx, address)...); err != nil {
		return nil, err
	}
	k, err := w.known(ctx, "u.email = $1", address)
	if err != nil {
		return nil, err
	}
	right, outdated, err := w.hashes.verify(ctx, k.hash, in.Password)
	if err != nil {
		return nil, fmt.Errorf("compare password: %w", err)
	}
	if !right {
		return wrong(), nil
	}
	renewed := k.hash
	if outdated {
		if renewed, err = w.hashes.hash(ctx, in.Password); err != nil {
			return nil, fmt.Errorf("renew hash: %w", err)
		}
	}
	opened, err := w.openSession(ctx, k, renewed, in.Presentation)
	switch {
	case errors.Is(err, errClosed):
		return wrong(), nil
	case err != nil:
		return nil, err
	}
	w.sessions.Present(ctx, opened)
	return signedIn(opened, k.id), nil
}

func wrong() *SignInPayload {
	return &SignInPayload{UserErrors: fault.Reject(CredentialsWrong, "E-mail and password do not fit")}
}

// known is what a sign-in needs to know of an account; the zero value stands for none.
type known struct {
	id    int64
	email string
	hash  string // empty without a password
}

// known looks an open account up, by one statement whatever there is.
func (w *Workflow) known(ctx context.Context, which string, argument any) (k known, err error) {
	rows, err := w.db.Client.QueryContext(ctx, `
		SELECT u.id, u.email, COALESCE(c.password_hash, '')
		FROM users u LEFT JOIN credentials c ON c.user_id = u.id
		WHERE u.active AND `+which, argument)
	if err != nil {
		return k, fmt.Errorf("find account: %w", err)
	}
	defer func() { _ = rows.Close() }()
	if rows.Next() {
		if err := rows.Scan(&k.id, &k.email, &k.hash); err != nil {
			return known{}, fmt.Errorf("read account: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return known{}, fmt.Errorf("find account: %w", err)
	}
	return k, nil
}

// openSession opens a session for an account whose password was right a moment ago, if it still is.
func (w *Workflow) openSession(ctx context.Context, k known, hash string, p session.Presentation) (opened *session.Opened, err error) {
	err = w.db.InTx(viewer.AsSystem(ctx), func(ctx context.Context, tx *ent.Tx) error {
		u, err := w.hold(ctx, tx, k.id)
		if code, _ := fault.CodeOf(err); code == fault.NotFound || err == nil && !u.Active {
			return errClosed
		}
		if err != nil {
			return err
		}
		if err := renew(ctx, tx, k, hash); err != nil {
			return err
		}
		if err := w.attempts.GiveBack(ctx, tx, guesses(ctx, k.email)...); err != nil {
			return err
		}
		if err := w.carts.Adopt(ctx, tx, u.ID); err != nil {
			return err
		}
		opened, err = w.sessions.Begin(ctx, tx, u, p)
		return err
	})
	return opened, err
}

// renew writes the hash in place of the one that was compared. It writes too where they are the same:
// that tells whether the account still has it.
func renew(ctx context.Context, tx *ent.Tx, k known, hash string) error {
	renewed, err := tx.Credential.Update().
		Where(credential.UserID(k.id), credential.PasswordHash(k.hash)).SetPasswordHash(hash).Save(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("renew credential: %w", err)
	case renewed == 0:
		return errPasswordChanged
	}
	return nil
}
