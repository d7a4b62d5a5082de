package session

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"time"

	"galley/ent"
	"galley/internal/nodeid"
	"galley/internal/token"
	"galley/internal/viewer"
)

const (
	issuer = "galley"

	// accessLifetime is how long an access token is good for, unless told otherwise.
	accessLifetime = 10 * time.Minute
	// clockSkew is how far the clock of the process that signed a token may be ahead of this one's.
	clockSkew = 30 * time.Second
)

// WithAccessLifetime has access tokens be good for so long; zero is ten minutes.
func (w *Workflow) WithAccessLifetime(d time.Duration) *Workflow { w.accessLifetime = d; return w }

// verified is what an access token said whose signature was right. Signatures take most of the time, and do
// not change; whether the session still stands is read each time.
type verified struct {
	user, session  int64
	issued, expiry time.Time
}

// Authenticate finds out who brings an access token: one statement for each request, so that a session that was
// ended anywhere ends here at once. All tokens that open nothing get the same answer.
func (w *Workflow) Authenticate(ctx context.Context, text string) (viewer.Viewer, error) {
	t, ok, err := w.verify(ctx, text)
	if err != nil {
		return viewer.Viewer{}, err
	}
	now := w.db.Now()
	if !ok || !now.Before(t.expiry) || now.Add(clockSkew).Before(t.issued) {
		return viewer.Viewer{}, Ended()
	}
	found, err := w.find(ctx, `s.id = $2 AND s.user_id = $3 AND s.presentation = 'TOKEN'`, t.session, t.user)
	if err != nil {
		return viewer.Viewer{}, err
	}
	return found.viewer, nil
}

// verify checks an access token's signature, and reads what it says.
func (w *Workflow) verify(ctx context.Context, text string) (verified, bool, error) {
	head, ok := token.HeadOf(text)
	if !ok {
		return verified{}, false, nil
	}
	key, err := w.publicKey(ctx, head)
	if key == nil || err != nil {
		return verified{}, false, err
	}
	sum := sha256.Sum256([]byte(text))
	if v, ok := w.verified.Get(sum); ok {
		return v, true, nil
	}
	a, ok := token.Verify(key, text)
	if !ok || a.Issuer != issuer {
		return verified{}, false, nil
	}
	user, userErr := nodeid.Parse(a.Subject)
	session, sessionErr := nodeid.Parse(a.Session)
	if userErr != nil || sessionErr != nil {
		return verified{}, false, nil
	}
	v := verified{
		user: user.KeyOf(nodeid.User), session: session.KeyOf(nodeid.Session),
		issued: time.Unix(a.IssuedAt, 0), expiry: time.Unix(a.ExpiresAt, 0),
	}
	w.verified.Add(sum, v)
	return v, true, nil
}

// access makes an access token for a session, in the transaction that opens or refreshes it.
func (w *Workflow) access(ctx context.Context, tx *ent.Tx, userID, sessionID int64) (string, time.Time, error) {
	key, err := w.signingKey(ctx, tx)
	if err != nil {
		return "", time.Time{}, err
	}
	now := w.db.Now().Truncate(time.Second)
	expires := now.Add(cmp.Or(w.accessLifetime, accessLifetime))
	text, err := token.Sign(key.private, key.kid, token.Access{
		Issuer: issuer, Subject: nodeid.User.ID(userID).String(), Session: nodeid.Session.ID(sessionID).String(),
		IssuedAt: now.Unix(), ExpiresAt: expires.Unix(),
	})
	return text, expires, err
}

// found is a session that stands, and who it runs as.
type found struct {
	viewer    viewer.Viewer
	hash      []byte // of the cookie
	renew     bool
	usedAt    sql.NullTime
	expiresAt time.Time
}

// find reads the session that a condition names, with the account that it belongs to: what everybody's every
// request costs. The condition's parameters begin with $2.
func (w *Workflow) find(ctx context.Context, condition string, args ...any) (found, error) {
	rows, err := w.db.Client.QueryContext(ctx, `
		SELECT s.id, s.token_hash, s.renew, s.used_at, s.expires_at, u.id, u.staff, u.permissions, r.permissions
		FROM sessions s JOIN users u ON u.id = s.user_id
		LEFT JOIN user_roles ur ON ur.user_id = u.id AND u.staff LEFT JOIN roles r ON r.id = ur.role_id
		WHERE s.expires_at > $1 AND s.revoked_at IS NULL AND u.active AND `+condition, append([]any{w.db.Now()}, args...)...)
	if err != nil {
		return found{}, fmt.Errorf("find session: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var (
		f    found
		u    ent.User
		id   int64
		held viewer.PermissionList
	)
	for rows.Next() { // once for each role, once without any
		if err := rows.Scan(&id, &f.hash, &f.renew, &f.usedAt, &f.expiresAt, &u.ID, &u.Staff, &held, &held); err != nil {
			return found{}, fmt.Errorf("read session: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return found{}, fmt.Errorf("find session: %w", err)
	}
	if id == 0 {
		return found{}, Ended()
	}
	f.viewer = viewerOf(&u, held, id)
	return f, nil
}
