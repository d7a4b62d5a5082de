// Package identity signs people in by their accounts elsewhere: with any issuer that speaks OpenID Connect
// and is in the shop's settings. What is linked to an account, its owner has linked.
package identity

import (
	"context"
	"log/slog"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/internal/attempt"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/secret"
	"galley/internal/session"
	"galley/internal/viewer"
)

// What can be wrong with a sign-in at a provider: the values of the SDL's IdentityErrorCode.
const (
	ProviderUnknown    fault.Reason = "PROVIDER_UNKNOWN"
	RedirectNotAllowed fault.Reason = "REDIRECT_NOT_ALLOWED"
	FlowInvalid        fault.Reason = "FLOW_INVALID"
	EmailUnverified    fault.Reason = "EMAIL_UNVERIFIED"
	LinkNeeded         fault.Reason = "LINK_NEEDED"
	LinkedElsewhere    fault.Reason = "LINKED_ELSEWHERE"
	AccountClosed      fault.Reason = "ACCOUNT_CLOSED"
	LastSignIn         fault.Reason = "LAST_SIGN_IN"
)

// Workflow does what the mutations of identities ask for.
type Workflow struct {
	db        *database.DB
	sessions  *session.Workflow
	secrets   *secret.Ring
	log       *slog.Logger
	claim     Claim
	adopt     Adopt
	attempts  *attempt.Counter
	providers []*Provider
	issuers   map[string]*issuer // by the provider's name
}

// Claim gives a new account what a guest with its e-mail address, or the viewer, had before.
type Claim func(ctx context.Context, tx *ent.Tx, userID int64, address string) error

// Adopt gives an account the cart whose token the viewer brings.
type Adopt func(ctx context.Context, tx *ent.Tx, userID int64) error

// Options are what identities stand on.
type Options struct {
	Database  *database.DB
	Sessions  *session.Workflow
	Secrets   *secret.Ring
	Providers []*Provider
	Claim     Claim
	Adopt     Adopt
	Logger    *slog.Logger
}

// New makes the workflow of a shop's identities. It asks no provider anything yet.
func New(o Options) *Workflow {
	w := &Workflow{
		db: o.Database, sessions: o.Sessions, secrets: o.Secrets, log: o.Logger, claim: o.Claim, adopt: o.Adopt,
		attempts:  attempt.New(o.Database, o.Secrets),
		providers: o.Providers, issuers: make(map[string]*issuer, len(o.Providers)),
	}
	client := newClient()
	for _, p := range o.Providers {
		w.issuers[p.Name] = &issuer{Provider: p, client: client, now: o.Database.Now}
	}
	return w
}

// Providers lists where one may sign in, as the settings do.
func (w *Workflow) Providers() []*Provider { return w.providers }

// hold holds an account that is open.
func (w *Workflow) hold(ctx context.Context, tx *ent.Tx, id int64) (*ent.User, error) {
	u, err := session.Hold(viewer.AsSystem(ctx), tx, id, sql.LockNoKeyUpdate)
	if code, _ := fault.CodeOf(err); code == fault.NotFound || err == nil && !u.Active {
		return nil, errClosed
	}
	return u, err
}

// owner is the account of the viewer.
func owner(ctx context.Context) (int64, error) {
	if v := viewer.From(ctx); v.UserID != 0 {
		return v.UserID, nil
	}
	return 0, fault.New(fault.Unauthenticated, "This needs a sign-in")
}
