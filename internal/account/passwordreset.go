package account

import (
	"context"

	"galley/ent"
	"galley/ent/confirmation"
	"galley/ent/user"
	"galley/internal/attempt"
	"galley/internal/audit"
	"galley/internal/database"
	"galley/internal/email"
	"galley/internal/fault"
	"galley/internal/mail"
)

// PasswordResetRequest has a letter sent to whoever reads the address: with a link, or saying that there is no
// account. It does not look whether there is one.
func (w *Workflow) PasswordResetRequest(ctx context.Context, in PasswordResetRequestInput) (*LetterPayload, error) {
	address, ok := email.Normalise(in.Email)
	if !ok {
		return &LetterPayload{UserErrors: fault.Reject(Invalid, malformed, "email")}, nil
	}
	if err := w.attempts.Count(ctx, attempt.Letters(ctx, address)...); err != nil {
		return nil, err
	}
	outcome, err := w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		return w.jobs.Add(ctx, tx, resetJob, addressJob{address})
	})
	return sent(address, outcome, err)
}

// PasswordReset gives the account of a letter another password. Who reads its letters is its owner, so the
// address is verified; whoever was signed in is not any more, and nobody is signed in by it.
func (w *Workflow) PasswordReset(ctx context.Context, in PasswordResetInput) (*database.Outcome, error) {
	c, err := w.find(ctx, in.Token, confirmation.PurposeRESET)
	if err != nil {
		return nil, err
	}
	var wrong fault.Collector
	w.passwords.check(&wrong, in.NewPassword, "newPassword")
	rejected := wrong.Err()
	var hash string
	switch {
	case c == nil:
		rejected = noToken()
	case rejected == nil:
		if hash, err = w.hashes.hash(ctx, in.NewPassword); err != nil {
			return nil, err
		}
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		if rejected != nil {
			return 0, rejected
		}
		return w.reset(ctx, tx, c, hash)
	})
}

func (w *Workflow) reset(ctx context.Context, tx *ent.Tx, c *ent.Confirmation, hash string) (int64, error) {
	u, err := w.holdConfirmed(ctx, tx, c)
	if err != nil {
		return 0, err
	}
	if err := w.use(ctx, tx, c); err != nil {
		return 0, err
	}
	if err := w.verified(ctx, tx, u); err != nil {
		return 0, err
	}
	if err := setPassword(ctx, tx, u.ID, hash); err != nil {
		return 0, err
	}
	if err := w.void(ctx, tx, u.ID); err != nil {
		return 0, err
	}
	if err := w.sessions.EndAll(ctx, tx, u.ID); err != nil {
		return 0, err
	}
	return u.ID, w.passwordChanged(ctx, tx, u, "passwordReset")
}

// passwordChanged notes a change of an account's password, and has its owner told.
func (w *Workflow) passwordChanged(ctx context.Context, tx *ent.Tx, u *ent.User, action string) error {
	if err := audit.Note(ctx, tx, audit.Event{Action: action, Table: user.Table, Key: u.ID, Actor: audit.As(u)}); err != nil {
		return err
	}
	return w.tell(ctx, tx, told(mail.PasswordChanged, u))
}
