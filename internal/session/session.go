// Package session opens, recognises and ends sessions. Whoever proves who they are begins one: by a
// password, an e-mail, or an account elsewhere. A browser shows it by a cookie, others by access and refresh
// tokens.
package session

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"galley/ent"
	"galley/ent/session"
	"galley/internal/audit"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/job"
	"galley/internal/live"
	"galley/internal/origin"
	"galley/internal/secret"
	"galley/internal/token"
	"galley/internal/viewer"
)

const (
	cookiePrefix, refreshPrefix = "gs_", "gr_"
	secretBytes                 = 32

	lifetime = 30 * 24 * time.Hour // from its last use
	// mostSessions bounds an account's list: who begins another ends the one that was used longest ago.
	mostSessions = 100
	// mostVerified is how many access tokens' signatures are remembered, some 200 bytes each.
	mostVerified = 10_000
)

// Presentation is how a client shows its session: the SDL's SessionPresentation.
type Presentation = session.Presentation

// The presentations.
const (
	Cookie = session.PresentationCOOKIE // an HttpOnly cookie, for browsers
	Token  = session.PresentationTOKEN  // access and refresh tokens, for apps and machines
)

// Workflow does what the mutations of sessions ask for.
type Workflow struct {
	db       *database.DB
	secrets  *secret.Ring
	queue    *job.Queue
	log      *slog.Logger
	live     *live.Broker
	keys     keys
	verified *lru.Cache[[32]byte, verified]

	accessLifetime time.Duration // zero is ten minutes
}

// New makes the workflow of a shop's sessions.
func New(db *database.DB, secrets *secret.Ring) *Workflow {
	cache, err := lru.New[[32]byte, verified](mostVerified)
	if err != nil { // only for less than one entry
		panic(err)
	}
	return &Workflow{db: db, secrets: secrets, log: slog.New(slog.DiscardHandler), live: new(live.Broker), verified: cache}
}

// WithQueue has account owners written to when they sign in from somewhere new, and looks once a day whether the
// signing key has served its time.
func (w *Workflow) WithQueue(q *job.Queue) *Workflow {
	w.queue = q
	q.Handle(rotateKeys, func(ctx context.Context, _ job.Job) error { return w.RotateIfDue(ctx) })
	q.Every(rotateKeys, "43 3 * * *", rotateKeys)
	return w
}

// WithLogger has it log what goes wrong beside a request.
func (w *Workflow) WithLogger(l *slog.Logger) *Workflow { w.log = l; return w }

// WithLive has it tell those who watch that a session of theirs has ended.
func (w *Workflow) WithLive(b *live.Broker) *Workflow { w.live = b; return w }

// Opened is what a client gets of a new session. All but the session's end is nil for a cookie, which is
// set instead.
type Opened struct {
	ID             int64
	Token          *string
	TokenExpiresAt *time.Time
	RefreshToken   *string
	ExpiresAt      time.Time

	user   *ent.User
	held   []viewer.Permission
	cookie string
}

// Begin opens a session for an account that the caller's transaction holds, and that has proven who it is.
// The client has it once Present was called, after the commit.
func (w *Workflow) Begin(ctx context.Context, tx *ent.Tx, u *ent.User, p Presentation) (*Opened, error) {
	if p == Cookie && origin.From(ctx).Cookie == nil {
		return nil, fault.New(fault.BadUserInput, "A cookie cannot be set here: ask for the presentation TOKEN")
	}
	system := viewer.AsSystem(ctx)
	if err := w.makeRoom(system, tx, u.ID); err != nil {
		return nil, err
	}
	if err := w.noticeDevice(system, tx, u); err != nil {
		return nil, err
	}
	held, err := PermissionsOf(ctx, tx, u)
	if err != nil {
		return nil, err
	}
	o := &Opened{ExpiresAt: w.db.Now().Add(lifetime), user: u, held: held}
	if p == Cookie {
		err = w.openCookie(system, tx, o)
	} else {
		err = w.openTokens(system, tx, o)
	}
	if err != nil {
		return nil, err
	}
	actor := viewerOf(u, held, o.ID)
	return o, audit.Note(ctx, tx, audit.Event{Action: "signIn", Table: session.Table, Key: o.ID, Actor: &actor})
}

// makeRoom clears an account's sessions that have ended by themselves, and ends the oldest of too many.
func (w *Workflow) makeRoom(ctx context.Context, tx *ent.Tx, userID int64) error {
	now := w.db.Now()
	if _, err := tx.Session.Delete().Where(session.UserID(userID), session.ExpiresAtLTE(now)).Exec(ctx); err != nil {
		return fmt.Errorf("clear expired sessions: %w", err)
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE sessions SET revoked_at = $1 WHERE id IN (
			SELECT id FROM sessions WHERE user_id = $2 AND revoked_at IS NULL ORDER BY COALESCE(used_at, created_at) DESC LIMIT 1000 OFFSET $3)`,
		now, userID, mostSessions-1)
	if err != nil {
		return fmt.Errorf("end the oldest of too many sessions: %w", err)
	}
	return nil
}

// create makes a session's row, used from the context's origin.
func (w *Workflow) create(ctx context.Context, tx *ent.Tx, o *Opened, p Presentation) *ent.SessionCreate {
	address, agent := from(ctx)
	return tx.Session.Create().SetUserID(o.user.ID).SetPresentation(p).SetExpiresAt(o.ExpiresAt).
		SetUsedAt(w.db.Now()).SetAddress(address).SetUserAgent(agent)
}

func (w *Workflow) openCookie(ctx context.Context, tx *ent.Tx, o *Opened) error {
	text, err := token.New(w.db.Random(), cookiePrefix, secretBytes)
	if err != nil {
		return err
	}
	row, err := w.create(ctx, tx, o, Cookie).SetTokenHash(token.Hash(text)).Save(ctx)
	if err != nil {
		return fmt.Errorf("open session: %w", err)
	}
	o.ID, o.cookie = row.ID, text
	return nil
}

func (w *Workflow) openTokens(ctx context.Context, tx *ent.Tx, o *Opened) error {
	row, err := w.create(ctx, tx, o, Token).Save(ctx)
	if err != nil {
		return fmt.Errorf("open session: %w", err)
	}
	refresh, err := token.New(w.db.Random(), refreshPrefix, secretBytes)
	if err != nil {
		return err
	}
	if err := w.keepRefresh(ctx, tx, row.ID, refresh); err != nil {
		return err
	}
	access, expires, err := w.access(ctx, tx, o.user.ID, row.ID)
	if err != nil {
		return err
	}
	o.ID, o.Token, o.TokenExpiresAt, o.RefreshToken = row.ID, &access, &expires, &refresh
	return nil
}

// Present gives a new session to the client that asked for it, and lets the rest of the operation run as the
// account.
func (w *Workflow) Present(ctx context.Context, o *Opened) {
	if o.cookie != "" {
		origin.From(ctx).Cookie.Set(o.cookie, o.ExpiresAt)
	}
	v := viewerOf(o.user, o.held, o.ID)
	before := viewer.From(ctx)
	v.CartToken, v.OrderToken = before.CartToken, before.OrderToken // a guest's cart and order stay theirs
	viewer.Become(ctx, v)
}

// viewerOf is who an account's session runs as, by what the account and its roles may do.
func viewerOf(u *ent.User, held []viewer.Permission, sessionID int64) viewer.Viewer {
	v := viewer.Viewer{Kind: viewer.Shopper, UserID: u.ID, SessionID: sessionID}
	if u.Staff {
		v.Kind, v.Permissions = viewer.Staff, viewer.InOrder(held)
	}
	return v
}

// Ended is the answer to everything that opens nothing.
func Ended() error {
	return fault.New(fault.Unauthenticated, "This session has ended: sign in again")
}

// from is the client's address and program, as far as they are known.
func from(ctx context.Context) (address, agent string) {
	o := origin.From(ctx)
	if o.Address.IsValid() {
		address = o.Address.String()
	}
	return address, o.UserAgent
}
