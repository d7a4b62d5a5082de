package account

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/viewer"
)

// proof is what the viewer has shown of their own account.
type proof struct {
	known
	right bool // the password was
}

// prove compares the password of the viewer's own account, under the limits of a sign-in.
func (w *Workflow) prove(ctx context.Context, password string) (p proof, err error) {
	id, err := owner(ctx)
	if err != nil {
		return p, err
	}
	if p.known, err = w.known(ctx, "u.id = $1", id); err != nil || p.id == 0 {
		return p, err
	}
	if err := w.attempts.Count(ctx, guesses(ctx, p.email)...); err != nil {
		return p, err
	}
	if utf8.RuneCountInString(password) > longestPassword {
		return p, nil
	}
	if p.right, _, err = w.hashes.verify(ctx, p.hash, password); err != nil {
		return p, fmt.Errorf("compare password: %w", err)
	}
	return p, nil
}

// holdProven holds the viewer's own account, if its password is the one that was compared a moment ago.
func (w *Workflow) holdProven(ctx context.Context, tx *ent.Tx, p proof, field string) (*ent.User, error) {
	u, err := w.holdOwn(ctx, tx, viewer.From(ctx).UserID)
	switch {
	case err != nil:
		return nil, err
	case !p.right:
		return nil, wrongPassword(field)
	}
	switch err := renew(viewer.AsSystem(ctx), tx, p.known, p.hash); {
	case errors.Is(err, errPasswordChanged):
		return nil, wrongPassword(field)
	case err != nil:
		return nil, err
	}
	return u, w.attempts.GiveBack(ctx, tx, guesses(ctx, p.email)...)
}

// PasswordChange gives the viewer's own account another password. Its other sessions end, and this one gets a
// new secret; letters under way to it prove nothing any more.
func (w *Workflow) PasswordChange(ctx context.Context, in PasswordChangeInput) (*database.Outcome, error) {
	p, err := w.prove(ctx, in.CurrentPassword)
	if err != nil {
		return nil, err
	}
	var wrong fault.Collector
	w.passwords.check(&wrong, in.NewPassword, "newPassword")
	var hash string
	if p.right && wrong.Err() == nil {
		if hash, err = w.hashes.hash(ctx, in.NewPassword); err != nil {
			return nil, err
		}
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		u, err := w.holdProven(ctx, tx, p, "currentPassword")
		if err != nil {
			return 0, err
		}
		if err := wrong.Err(); err != nil {
			return 0, err
		}
		if err := setPassword(ctx, tx, u.ID, hash); err != nil {
			return 0, err
		}
		if err := w.secure(ctx, tx, u.ID); err != nil {
			return 0, err
		}
		return u.ID, w.passwordChanged(ctx, tx, u, "passwordChange")
	})
}

// secure leaves the session that asks, with a new secret, and ends whatever else could act for an account.
func (w *Workflow) secure(ctx context.Context, tx *ent.Tx, userID int64) error {
	if err := w.void(ctx, tx, userID); err != nil {
		return err
	}
	if err := w.sessions.EndOthers(ctx, tx, userID, viewer.Actor(ctx).SessionID); err != nil {
		return err
	}
	return w.sessions.Renew(ctx, tx, userID)
}
