// Package account is the life of accounts: signing up and in, passwords and e-mail addresses, profiles, address
// books, the end of an account, and what staff do to other people's accounts.
package account

import (
	"context"
	"runtime"
	"time"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/internal/attempt"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/job"
	"galley/internal/mail"
	"galley/internal/secret"
	"galley/internal/session"
	"galley/internal/viewer"
)

// What can be wrong with an account: the values of the SDL's AccountErrorCode.
const (
	Invalid          fault.Reason = "INVALID"
	EmailTaken       fault.Reason = "EMAIL_TAKEN"
	CredentialsWrong fault.Reason = "CREDENTIALS_WRONG"
	PasswordWeak     fault.Reason = "PASSWORD_WEAK"
	TokenInvalid     fault.Reason = "TOKEN_INVALID"
	OwnAccount       fault.Reason = "OWN_ACCOUNT"
)

// Workflow does what the mutations of accounts ask for.
type Workflow struct {
	db        *database.DB
	hashes    hasher
	passwords passwordRule
	sessions  *session.Workflow
	jobs      *job.Queue
	letters   mail.Sender
	secrets   *secret.Ring
	attempts  *attempt.Counter
	grace     time.Duration
	carts     Carts
}

// Carts are what an account's carts do when somebody comes or goes.
type Carts interface {
	// Adopt gives an account that the transaction holds the cart whose token the viewer brings.
	Adopt(ctx context.Context, tx *ent.Tx, userID int64) error
	// Forget deletes all carts of an account.
	Forget(ctx context.Context, tx *ent.Tx, userID int64) error
}

// Options are what accounts stand on.
type Options struct {
	Database *database.DB
	Sessions *session.Workflow
	Jobs     *job.Queue
	Mail     mail.Sender
	Secrets  *secret.Ring  // what the secrets of letters are made of
	Grace    time.Duration // between asking for an account's deletion and the deletion
	Carts    Carts
}

// New makes the workflow of a shop's accounts.
func New(o Options) *Workflow {
	db := o.Database
	w := &Workflow{
		db:        db,
		sessions:  o.Sessions,
		hashes:    newHasher(db.Random(), min(4, max(2, runtime.GOMAXPROCS(0)))),
		passwords: newPasswordRule(),
		jobs:      o.Jobs,
		letters:   o.Mail,
		secrets:   o.Secrets,
		attempts:  attempt.New(db, o.Secrets),
		grace:     o.Grace,
		carts:     o.Carts,
	}
	for kind, handler := range w.handlers() {
		o.Jobs.Handle(kind, handler)
	}
	return w
}

// owner is the account of the viewer, for what everybody does to their own account only.
func owner(ctx context.Context) (int64, error) {
	if v := viewer.From(ctx); v.UserID != 0 {
		return v.UserID, nil
	}
	return 0, fault.New(fault.Unauthenticated, "This needs a sign-in")
}

// hold is session.Hold for a change that other rows' references do not mind.
func (w *Workflow) hold(ctx context.Context, tx *ent.Tx, id int64) (*ent.User, error) {
	return session.Hold(ctx, tx, id, sql.LockNoKeyUpdate)
}

// holdOwn is hold for the viewer's own account.
func (w *Workflow) holdOwn(ctx context.Context, tx *ent.Tx, id int64) (*ent.User, error) {
	u, err := w.hold(ctx, tx, id)
	if code, _ := fault.CodeOf(err); code == fault.NotFound || err == nil && !u.Active {
		return nil, session.Ended()
	}
	return u, err
}
