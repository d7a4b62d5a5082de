package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql/sqlgraph"

	"galley/ent"
	"galley/ent/confirmation"
	"galley/ent/credential"
	"galley/ent/user"
	"galley/internal/attempt"
	"galley/internal/database"
	"galley/internal/email"
	"galley/internal/fault"
	"galley/internal/textkey"
	"galley/internal/viewer"
)

const malformed = "This is not an e-mail address that the shop can write to"

// SignUp has a letter sent to whoever reads the address: opening the account, or, if it has one, saying so. It
// does not look whether there is one: the answer, and the time it takes, cannot depend on it. The account begins
// with EmailVerify.
func (w *Workflow) SignUp(ctx context.Context, in SignUpInput) (*LetterPayload, error) {
	d := w.check(draft{email: in.Email, password: &in.Password, profile: profile{name: &in.Name}})
	if d.rejected == nil {
		if err := w.attempts.Count(ctx, attempt.Letters(ctx, d.email)...); err != nil {
			return nil, err
		}
	}
	d, err := w.hash(ctx, d)
	if err != nil {
		return nil, err
	}
	outcome, err := w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		if d.rejected != nil {
			return 0, d.rejected
		}
		c, err := tx.Confirmation.Create().SetPurpose(confirmation.PurposeSIGN_UP).SetEmail(d.email).
			SetName(*d.profile.name).SetPasswordHash(d.hash).SetExpiresAt(w.db.Now().Add(verifyHours * time.Hour)).
			Save(viewer.AsSystem(ctx))
		if err != nil {
			return 0, fmt.Errorf("write sign-up: %w", err)
		}
		return w.jobs.Add(ctx, tx, signUpJob, confirmationJob{c.ID})
	})
	return sent(d.email, outcome, err)
}

// sent is the answer to who asked for a letter.
func sent(address string, outcome *database.Outcome, err error) (*LetterPayload, error) {
	switch {
	case err != nil:
		return nil, err
	case len(outcome.UserErrors) > 0:
		return &LetterPayload{UserErrors: outcome.UserErrors}, nil
	}
	return &LetterPayload{Email: &address}, nil
}

// draft is a new account: as it was asked for, and after prepare as it is stored.
type draft struct {
	email       string
	password    *string
	profile     profile
	staff       bool
	permissions []viewer.Permission

	hash       string     // of the password, if there is one
	verifiedAt *time.Time // when its owner has shown to read the address, if that is known
	rejected   error      // what has to be mended first
}

// prepare normalises and checks a new account, and hashes its password.
func (w *Workflow) prepare(ctx context.Context, d draft) (draft, error) {
	return w.hash(ctx, w.check(d))
}

// check normalises a new account, and notes what is wrong with it.
func (w *Workflow) check(d draft) draft {
	var (
		c  fault.Collector
		ok bool
	)
	d.email, ok = email.Normalise(d.email)
	c.Add(ok, Invalid, malformed, "email")
	if d.password != nil {
		w.passwords.check(&c, *d.password, "password")
	}
	d.profile = d.profile.clean()
	d.profile.check(&c)
	d.permissions = viewer.InOrder(d.permissions)
	c.Add(d.staff || len(d.permissions) == 0, Invalid, "Permissions are for staff", "permissions")
	d.rejected = c.Err()
	return d
}

// hash hashes the password of a draft that was checked, if it has one and nothing is wrong.
func (w *Workflow) hash(ctx context.Context, d draft) (draft, error) {
	if d.rejected != nil || d.password == nil {
		return d, nil
	}
	var err error
	d.hash, err = w.hashes.hash(ctx, *d.password)
	return d, err
}

// create makes the rows of a prepared draft. The context's viewer makes the account; its
// credential is the system's to make.
func create(ctx context.Context, tx *ent.Tx, d draft) (int64, error) {
	insert := tx.User.Create().SetEmail(d.email).SetNameKey(textkey.Key("")).SetStaff(d.staff).SetPermissions(d.permissions).
		SetNillableEmailVerifiedAt(d.verifiedAt)
	d.profile.fill(insert.Mutation())
	u, err := insert.Save(ctx)
	switch {
	case isEmailTaken(err):
		return 0, emailTaken()
	case err != nil:
		return 0, fmt.Errorf("create account: %w", err)
	}
	if d.hash == "" {
		return u.ID, nil
	}
	return u.ID, setPassword(ctx, tx, u.ID, d.hash)
}

// setPassword stores the hash of an account's new password. Hold the account first.
func setPassword(ctx context.Context, tx *ent.Tx, id int64, hash string) error {
	ctx = viewer.AsSystem(ctx)
	replaced, err := tx.Credential.Update().Where(credential.UserID(id)).SetPasswordHash(hash).Save(ctx)
	if err != nil {
		return fmt.Errorf("replace credential: %w", err)
	}
	if replaced > 0 {
		return nil
	}
	if err := tx.Credential.Create().SetUserID(id).SetPasswordHash(hash).Exec(ctx); err != nil {
		return fmt.Errorf("create credential: %w", err)
	}
	return nil
}

// isEmailTaken tells whether a row was refused because of its e-mail address, by whoever came first.
func isEmailTaken(err error) bool {
	return sqlgraph.IsUniqueConstraintError(err) && strings.Contains(err.Error(), user.FieldEmail)
}

func emailTaken() error {
	return fault.Reject(EmailTaken, "There is an account with this e-mail address", "email")
}
