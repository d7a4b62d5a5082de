package account

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"galley/ent"
	"galley/ent/confirmation"
	"galley/ent/user"
	"galley/internal/attempt"
	"galley/internal/audit"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/session"
	"galley/internal/viewer"
)

// EmailVerify takes the secret of a letter. That of a sign-up opens the account, and a session of it, if its
// reader knows the password that was chosen then: else somebody could have a stranger open an account whose
// password they know. That of an account's own letter notes that its owner reads the address, and signs nobody in.
func (w *Workflow) EmailVerify(ctx context.Context, in EmailVerifyInput) (*SignInPayload, error) {
	if database.RequestFrom(ctx) != nil {
		return nil, fault.New(fault.BadUserInput, "A confirmed sign-up makes a new session: send it without @idempotent")
	}
	c, err := w.find(ctx, in.Token, confirmation.PurposeSIGN_UP, confirmation.PurposeVERIFY)
	if err != nil {
		return nil, err
	}
	var payload *SignInPayload
	switch {
	case c == nil:
		err = noToken()
	case c.Purpose == confirmation.PurposeVERIFY:
		payload, err = w.verifyOwn(ctx, c)
	default:
		payload, err = w.begin(ctx, c, in)
	}
	if rejected, ok := errors.AsType[fault.Rejected](err); ok {
		return &SignInPayload{UserErrors: rejected}, nil
	}
	return payload, err
}

// verifyOwn notes that an account's owner reads its address.
func (w *Workflow) verifyOwn(ctx context.Context, c *ent.Confirmation) (*SignInPayload, error) {
	err := w.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		u, err := w.holdConfirmed(ctx, tx, c)
		if err != nil {
			return err
		}
		if err := w.use(ctx, tx, c); err != nil {
			return err
		}
		if err := w.verified(ctx, tx, u); err != nil {
			return err
		}
		return audit.Note(ctx, tx, audit.Event{Action: "emailVerify", Table: user.Table, Key: u.ID})
	})
	return &SignInPayload{UserID: *c.UserID}, err
}

// verified notes that the owner of an account that the transaction holds reads its address, and gives the
// account what was ordered under that address before, by whoever read it.
func (w *Workflow) verified(ctx context.Context, tx *ent.Tx, u *ent.User) error {
	if u.EmailVerifiedAt != nil {
		return nil
	}
	err := tx.User.Update().Where(user.ID(u.ID)).SetEmailVerifiedAt(w.db.Now()).AddVersion(1).Exec(viewer.AsSystem(ctx))
	if err != nil {
		return fmt.Errorf("note verified e-mail: %w", err)
	}
	return Claim(ctx, tx, u.ID, u.Email)
}

// begin opens the account of a sign-up, and a session.
func (w *Workflow) begin(ctx context.Context, c *ent.Confirmation, in EmailVerifyInput) (*SignInPayload, error) {
	if in.Password == nil || utf8.RuneCountInString(*in.Password) > longestPassword {
		return nil, wrongPassword("password")
	}
	if err := w.attempts.Count(ctx, guesses(ctx, c.Email)...); err != nil {
		return nil, err
	}
	right, _, err := w.hashes.verify(ctx, c.PasswordHash, *in.Password)
	switch {
	case err != nil:
		return nil, fmt.Errorf("compare password: %w", err)
	case !right:
		return nil, wrongPassword("password")
	}
	var opened *session.Opened
	err = w.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) (err error) {
		opened, err = w.open(ctx, tx, c, in.Presentation)
		return err
	})
	if rejected, ok := errors.AsType[fault.Rejected](err); ok && rejected[0].Code == EmailTaken {
		return nil, noToken() // whoever was faster has it: by another letter, by staff
	}
	if err != nil {
		return nil, err
	}
	w.sessions.Present(ctx, opened)
	return signedIn(opened, viewer.From(ctx).UserID), nil
}

// open writes the account of a sign-up that was confirmed. It goes on as the account's session.
func (w *Workflow) open(ctx context.Context, tx *ent.Tx, c *ent.Confirmation, p session.Presentation) (*session.Opened, error) {
	system := viewer.AsSystem(ctx)
	if err := w.use(ctx, tx, c); err != nil {
		return nil, err
	}
	now := w.db.Now()
	id, err := create(system, tx, draft{email: c.Email, hash: c.PasswordHash, profile: profile{name: &c.Name}, verifiedAt: &now})
	if err != nil {
		return nil, err
	}
	// Other letters of this kind to this address open nothing any more.
	err = tx.Confirmation.Update().Where(confirmation.PurposeEQ(confirmation.PurposeSIGN_UP), confirmation.Email(c.Email), confirmation.UsedAtIsNil()).
		SetUsedAt(now).Exec(system)
	if err != nil {
		return nil, fmt.Errorf("void sign-ups: %w", err)
	}
	if err := Claim(ctx, tx, id, c.Email); err != nil {
		return nil, err
	}
	if err := w.carts.Adopt(ctx, tx, id); err != nil {
		return nil, err
	}
	if err := w.attempts.GiveBack(ctx, tx, guesses(ctx, c.Email)...); err != nil {
		return nil, err
	}
	owner := viewer.Viewer{Kind: viewer.Shopper, UserID: id}
	if err := audit.Note(ctx, tx, audit.Event{Action: "signUp", Table: user.Table, Key: id, Actor: &owner}); err != nil {
		return nil, err
	}
	u, err := w.hold(system, tx, id)
	if err != nil {
		return nil, err
	}
	return w.sessions.Begin(ctx, tx, u, p)
}

func wrongPassword(field string) error {
	return fault.Reject(CredentialsWrong, "This is not the password", field)
}

// EmailVerifyRequest has a letter sent to the viewer's own account, to verify its address.
func (w *Workflow) EmailVerifyRequest(ctx context.Context) (*LetterPayload, error) {
	id, err := owner(ctx)
	if err != nil {
		return nil, err
	}
	k, err := w.known(ctx, "u.id = $1", id)
	switch {
	case err != nil:
		return nil, err
	case k.id == 0:
		return nil, session.Ended()
	}
	if err := w.attempts.Count(ctx, attempt.Letters(ctx, k.email)...); err != nil {
		return nil, err
	}
	outcome, err := w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		u, err := w.holdOwn(ctx, tx, id)
		switch {
		case err != nil:
			return 0, err
		case u.EmailVerifiedAt != nil:
			return 0, fault.Reject(Invalid, "The address is verified already")
		}
		return w.ask(ctx, tx, verifyJob, confirmation.PurposeVERIFY, u.ID, u.Email)
	})
	return sent(k.email, outcome, err)
}

// ask has a letter with a secret sent, by a job of this kind.
func (w *Workflow) ask(ctx context.Context, tx *ent.Tx, kind string, purpose confirmation.Purpose, userID int64, address string) (int64, error) {
	c, err := tx.Confirmation.Create().SetPurpose(purpose).SetUserID(userID).SetEmail(address).
		SetExpiresAt(w.db.Now().Add(verifyHours * time.Hour)).Save(viewer.AsSystem(ctx))
	if err != nil {
		return 0, fmt.Errorf("write confirmation: %w", err)
	}
	return w.jobs.Add(ctx, tx, kind, confirmationJob{c.ID})
}
