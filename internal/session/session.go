// Package session opens, recognises and ends sessions. Whoever proves who they are begins one: by a
// password, an e-mail, or an account elsewhere.
package session

import (
	"context"
	"fmt"
	"time"

	"galley/ent"
	"galley/ent/session"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/secret"
	"galley/internal/token"
	"galley/internal/viewer"
)

const (
	tokenPrefix = "gs_"
	tokenBytes  = 32

	lifetime = 30 * 24 * time.Hour
)

// Presentation is how a client shows its session: the SDL's SessionPresentation.
type Presentation string

// The presentations.
const (
	Cookie Presentation = "COOKIE" // an HttpOnly cookie, for browsers
	Token  Presentation = "TOKEN"  // access and refresh tokens, for apps and machines
)

// Workflow does what the mutations of sessions ask for.
type Workflow struct {
	db      *database.DB
	secrets *secret.Ring
}

// New makes the workflow of a shop's sessions.
func New(db *database.DB, secrets *secret.Ring) *Workflow { return &Workflow{db: db, secrets: secrets} }

// Opened is what a client gets of a new session.
type Opened struct {
	ID        int64
	Token     *string // the access token; nil for a cookie, which is set instead
	ExpiresAt time.Time

	user   *ent.User
	held   []viewer.Permission
	secret string
}

// Begin opens a session for an account that the caller's transaction holds, and that has proven who it is.
// The client has it once Present was called, after the commit.
func (w *Workflow) Begin(ctx context.Context, tx *ent.Tx, u *ent.User, p Presentation) (*Opened, error) {
	ctx = viewer.AsSystem(ctx)
	text, err := token.New(w.db.Random(), tokenPrefix, tokenBytes)
	if err != nil {
		return nil, err
	}
	now := w.db.Now()
	if _, err := tx.Session.Delete().Where(session.UserID(u.ID), session.ExpiresAtLTE(now)).Exec(ctx); err != nil {
		return nil, fmt.Errorf("clear expired sessions: %w", err)
	}
	row, err := tx.Session.Create().SetUserID(u.ID).SetTokenHash(token.Hash(text)).SetExpiresAt(now.Add(lifetime)).Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("open session: %w", err)
	}
	held, err := PermissionsOf(ctx, tx, u)
	if err != nil {
		return nil, err
	}
	return &Opened{ID: row.ID, Token: &text, ExpiresAt: row.ExpiresAt, user: u, held: held, secret: text}, nil
}

// Present gives a new session to the client that asked for it, and lets the rest of the operation run as the
// account.
func (w *Workflow) Present(ctx context.Context, o *Opened) {
	v := viewerOf(o.user, o.held, o.ID)
	v.CartToken = viewer.From(ctx).CartToken // a guest's cart stays theirs
	viewer.Become(ctx, v)
}

// ParseToken checks that text has the form of a session's token, and returns what is stored of it.
func ParseToken(text string) (hash []byte, ok bool) {
	if !token.Valid(tokenPrefix, text, tokenBytes) {
		return nil, false
	}
	return token.Hash(text), true
}

// Authenticate finds out who brings a session's token: one statement for each request. All tokens that
// open nothing get the same answer.
func (w *Workflow) Authenticate(ctx context.Context, text string) (viewer.Viewer, error) {
	hash, ok := ParseToken(text)
	if !ok {
		return viewer.Viewer{}, Ended()
	}
	rows, err := w.db.Client.QueryContext(ctx, `
		SELECT s.id, u.id, u.staff, u.permissions, r.permissions
		FROM sessions s JOIN users u ON u.id = s.user_id
		LEFT JOIN user_roles ur ON ur.user_id = u.id AND u.staff LEFT JOIN roles r ON r.id = ur.role_id
		WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND u.active`, hash, w.db.Now())
	if err != nil {
		return viewer.Viewer{}, fmt.Errorf("find session: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var (
		u         ent.User
		sessionID int64
		held      viewer.PermissionList
	)
	for rows.Next() { // once for each role, once without any
		if err := rows.Scan(&sessionID, &u.ID, &u.Staff, &held, &held); err != nil {
			return viewer.Viewer{}, fmt.Errorf("read session: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return viewer.Viewer{}, fmt.Errorf("find session: %w", err)
	}
	if sessionID == 0 {
		return viewer.Viewer{}, Ended()
	}
	return viewerOf(&u, held, sessionID), nil
}

// viewerOf is who an account's session runs as, by what the account and its roles may do.
func viewerOf(u *ent.User, held []viewer.Permission, sessionID int64) viewer.Viewer {
	v := viewer.Viewer{Kind: viewer.Shopper, UserID: u.ID, SessionID: sessionID}
	if u.Staff {
		v.Kind, v.Permissions = viewer.Staff, viewer.InOrder(held)
	}
	return v
}

// Ended is the answer to every token that opens nothing.
func Ended() error {
	return fault.New(fault.Unauthenticated, "This session has ended: sign in again")
}

// SignOutPayload is the SDL's payload of the same name.
type SignOutPayload struct {
	SignedOut  bool
	UserErrors []fault.UserError
}

// SignOut ends the session that the request came with. The rest of the operation runs as anonymous.
func (w *Workflow) SignOut(ctx context.Context) (*SignOutPayload, error) {
	id := viewer.From(ctx).SessionID
	if id == 0 {
		return &SignOutPayload{}, nil
	}
	outcome, err := w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		ended, err := tx.Session.Update().Where(session.ID(id), session.RevokedAtIsNil()).
			SetRevokedAt(w.db.Now()).Save(viewer.AsSystem(ctx))
		if err != nil {
			return 0, fmt.Errorf("end session: %w", err)
		}
		return id * int64(ended), nil
	})
	if err != nil {
		return nil, err
	}
	viewer.Become(ctx, viewer.Viewer{})
	return &SignOutPayload{SignedOut: outcome.Key != 0}, nil
}

// EndAll ends all sessions of an account. Hold the account first: a sign-in at the same time
// comes before, and ends too, or after, and sees what has changed.
func (w *Workflow) EndAll(ctx context.Context, tx *ent.Tx, userID int64) error {
	err := tx.Session.Update().Where(session.UserID(userID), session.RevokedAtIsNil()).
		SetRevokedAt(w.db.Now()).Exec(viewer.AsSystem(ctx))
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// EndOthers ends all sessions of an account but one. Hold the account first.
func (w *Workflow) EndOthers(ctx context.Context, tx *ent.Tx, userID, keep int64) error {
	err := tx.Session.Update().Where(session.UserID(userID), session.IDNEQ(keep), session.RevokedAtIsNil()).
		SetRevokedAt(w.db.Now()).Exec(viewer.AsSystem(ctx))
	if err != nil {
		return fmt.Errorf("end other sessions: %w", err)
	}
	return nil
}

// Renew has the sessions of accounts get new secrets, because they may do something else than before.
func Renew(ctx context.Context, tx *ent.Tx, userIDs ...int64) error {
	if len(userIDs) == 0 {
		return nil
	}
	err := tx.Session.Update().Where(database.AnyOf(session.FieldUserID, userIDs), session.RevokedAtIsNil()).
		SetRenew(true).Exec(viewer.AsSystem(ctx))
	if err != nil {
		return fmt.Errorf("renew sessions: %w", err)
	}
	return nil
}
