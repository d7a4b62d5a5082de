package account

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"galley/ent"
	"galley/ent/session"
	"galley/internal/fault"
	"galley/internal/token"
	"galley/internal/viewer"
)

const (
	tokenPrefix = "gs_"
	tokenBytes  = 32

	sessionLifetime = 30 * 24 * time.Hour
)

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
		return viewer.Viewer{}, sessionEnded()
	}
	rows, err := w.db.Client.QueryContext(ctx, `
		SELECT s.id, u.id, u.staff, u.permissions
		FROM sessions s JOIN users u ON u.id = s.user_id
		WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND u.active`, hash, w.db.Now())
	if err != nil {
		return viewer.Viewer{}, fmt.Errorf("find session: %w", err)
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return viewer.Viewer{}, fmt.Errorf("find session: %w", err)
		}
		return viewer.Viewer{}, sessionEnded()
	}
	var (
		u           ent.User
		sessionID   int64
		permissions []byte
	)
	if err := rows.Scan(&sessionID, &u.ID, &u.Staff, &permissions); err != nil {
		return viewer.Viewer{}, fmt.Errorf("read session: %w", err)
	}
	if len(permissions) > 0 {
		if err := json.Unmarshal(permissions, &u.Permissions); err != nil {
			return viewer.Viewer{}, fmt.Errorf("read permissions: %w", err)
		}
	}
	return viewerOf(&u, sessionID), nil
}

// viewerOf is who an account's session runs as.
func viewerOf(u *ent.User, sessionID int64) viewer.Viewer {
	v := viewer.Viewer{Kind: viewer.Shopper, UserID: u.ID, SessionID: sessionID}
	if u.Staff {
		v.Kind, v.Permissions = viewer.Staff, u.Permissions
	}
	return v
}

// sessionEnded is the answer to every token that opens nothing.
func sessionEnded() error {
	return fault.New(fault.Unauthenticated, "This session has ended: sign in again")
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

// endSessions ends all sessions of an account. Hold the account first: a sign-in at the same time
// comes before, and ends too, or after, and sees what has changed.
func (w *Workflow) endSessions(ctx context.Context, tx *ent.Tx, userID int64) error {
	err := tx.Session.Update().Where(session.UserID(userID), session.RevokedAtIsNil()).
		SetRevokedAt(w.db.Now()).Exec(viewer.AsSystem(ctx))
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}
