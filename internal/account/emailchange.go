package account

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/confirmation"
	"galley/ent/user"
	"galley/internal/attempt"
	"galley/internal/audit"
	"galley/internal/database"
	"galley/internal/email"
	"galley/internal/fault"
	"galley/internal/mail"
	"galley/internal/viewer"
)

// EmailChangeRequest has a letter sent to the address that the viewer's own account is to have. Nothing changes
// before its reader confirms it, and it is not told whether another account has the address.
func (w *Workflow) EmailChangeRequest(ctx context.Context, in EmailChangeRequestInput) (*LetterPayload, error) {
	if _, err := owner(ctx); err != nil {
		return nil, err
	}
	address, ok := email.Normalise(in.NewEmail)
	if !ok {
		return &LetterPayload{UserErrors: fault.Reject(Invalid, malformed, "newEmail")}, nil
	}
	if err := w.attempts.Count(ctx, attempt.Letters(ctx, address)...); err != nil {
		return nil, err
	}
	p, err := w.prove(ctx, in.Password)
	if err != nil {
		return nil, err
	}
	outcome, err := w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		u, err := w.holdProven(ctx, tx, p, "password")
		if err != nil {
			return 0, err
		}
		if u.Email == address {
			return 0, fault.Reject(Invalid, "This is the address that the account has", "newEmail")
		}
		return w.ask(ctx, tx, emailChangeJob, confirmation.PurposeCHANGE, u.ID, address)
	})
	return sent(address, outcome, err)
}

// EmailChangeConfirm gives the account of a letter the address that the letter was sent to. The old address is
// told, and sessions end but the one that asks, if it is the account's.
func (w *Workflow) EmailChangeConfirm(ctx context.Context, in EmailChangeConfirmInput) (*database.Outcome, error) {
	c, err := w.find(ctx, in.Token, confirmation.PurposeCHANGE)
	if err != nil {
		return nil, err
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		if c == nil {
			return 0, noToken()
		}
		u, err := w.holdConfirmed(ctx, tx, c)
		if err != nil {
			return 0, err
		}
		if err := w.use(ctx, tx, c); err != nil {
			return 0, err
		}
		return u.ID, w.changeEmail(ctx, tx, u, c.Email)
	})
}

func (w *Workflow) changeEmail(ctx context.Context, tx *ent.Tx, u *ent.User, address string) error {
	err := tx.User.Update().Where(user.ID(u.ID)).SetEmail(address).SetEmailVerifiedAt(w.db.Now()).AddVersion(1).
		Exec(viewer.AsSystem(ctx))
	switch {
	case isEmailTaken(err):
		return fault.Reject(EmailTaken, "There is an account with this e-mail address", "token") // who asks reads its letters
	case err != nil:
		return fmt.Errorf("change e-mail: %w", err)
	}
	if err := Claim(ctx, tx, u.ID, address); err != nil {
		return err
	}
	if err := w.secure(ctx, tx, u.ID); err != nil {
		return err
	}
	if err := audit.Note(ctx, tx, audit.Event{Action: "emailChange", Table: user.Table, Key: u.ID}); err != nil {
		return err
	}
	letter := told(mail.EmailChanged, u)
	letter.NewEmail = masked(address)
	return w.tell(ctx, tx, letter)
}
