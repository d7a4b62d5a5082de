package session

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"galley/ent"
	"galley/ent/refreshtoken"
	"galley/ent/session"
	"galley/internal/audit"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/token"
	"galley/internal/viewer"
)

// askAgain is how long a refresh token that was used may be sent again by who heard no answer.
const askAgain = 10 * time.Second

// RefreshInput is the SDL's SessionRefreshInput.
type RefreshInput struct{ RefreshToken string }

// RefreshPayload is the SDL's SessionRefreshPayload.
type RefreshPayload struct {
	Token, RefreshToken       *string
	TokenExpiresAt, ExpiresAt *time.Time
	UserErrors                []fault.UserError
}

// Refresh gives a session's next tokens for its refresh token. Of many who ask with the same one at once, all get
// the same successor; whoever comes with it later has it from somewhere else, so the session ends.
func (w *Workflow) Refresh(ctx context.Context, in RefreshInput) (*RefreshPayload, error) {
	if database.RequestFrom(ctx) != nil {
		return nil, fault.New(fault.BadUserInput, "A refresh token is safe to send again by itself: send it without @idempotent")
	}
	if !token.Valid(refreshPrefix, in.RefreshToken, secretBytes) {
		return nil, Ended()
	}
	var payload *RefreshPayload
	err := w.db.InTx(viewer.AsSystem(ctx), func(ctx context.Context, tx *ent.Tx) (err error) {
		payload, err = w.refresh(ctx, tx, in.RefreshToken)
		return err
	})
	if err == nil && payload == nil {
		return nil, Ended()
	}
	return payload, err
}

// refresh is Refresh within its transaction; nil stands for a session that has ended, or does now.
func (w *Workflow) refresh(ctx context.Context, tx *ent.Tx, text string) (*RefreshPayload, error) {
	r, err := w.holdRefresh(ctx, tx, text)
	if r == nil || err != nil {
		return nil, err
	}
	next := token.Derive(refreshPrefix, text+hex.EncodeToString(r.nonce), secretBytes)
	expires := w.db.Now().Add(lifetime)
	if r.usedAt.Valid {
		again, err := w.mayAskAgain(ctx, tx, r, next)
		if err != nil {
			return nil, err
		}
		if !again {
			return nil, w.endFamily(ctx, tx, r)
		}
		expires = r.usedAt.Time.Add(lifetime)
	} else if err := w.spend(ctx, tx, r, next, expires); err != nil {
		return nil, err
	}
	access, accessExpires, err := w.access(ctx, tx, r.user, r.session)
	if err != nil {
		return nil, err
	}
	return &RefreshPayload{Token: &access, TokenExpiresAt: &accessExpires, RefreshToken: &next, ExpiresAt: &expires}, nil
}

// held is a refresh token of a session that stands.
type held struct {
	id, session, user int64
	nonce             []byte
	usedAt            sql.NullTime
}

// holdRefresh reads a refresh token, and keeps it and its session as they are until the transaction ends.
// SQLite has one writer.
func (w *Workflow) holdRefresh(ctx context.Context, tx *ent.Tx, text string) (*held, error) {
	query := `
		SELECT r.id, r.nonce, r.used_at, s.id, s.user_id
		FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id JOIN users u ON u.id = s.user_id
		WHERE r.token_hash = $1 AND s.expires_at > $2 AND s.revoked_at IS NULL AND u.active`
	if w.db.Postgres() {
		query += ` FOR NO KEY UPDATE OF r, s`
	}
	rows, err := tx.QueryContext(ctx, query, token.Hash(text), w.db.Now())
	if err != nil {
		return nil, fmt.Errorf("find refresh token: %w", err)
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return nil, fmt.Errorf("find refresh token: %w", err)
		}
		return nil, nil //nolint:nilnil // there is none
	}
	r := &held{}
	if err := rows.Scan(&r.id, &r.nonce, &r.usedAt, &r.session, &r.user); err != nil {
		return nil, fmt.Errorf("read refresh token: %w", err)
	}
	return r, nil
}

// mayAskAgain tells whether who brings a used token can be one who heard no answer: it was used a moment
// ago, and what it was exchanged for has not been used.
func (w *Workflow) mayAskAgain(ctx context.Context, tx *ent.Tx, r *held, next string) (bool, error) {
	if w.db.Now().Sub(r.usedAt.Time) >= askAgain {
		return false, nil
	}
	unused, err := tx.RefreshToken.Query().Where(refreshtoken.TokenHash(token.Hash(next)), refreshtoken.UsedAtIsNil()).Exist(ctx)
	if err != nil {
		return false, fmt.Errorf("find the next refresh token: %w", err)
	}
	return unused, nil
}

// spend exchanges a refresh token for the next one, and puts the session's end off.
func (w *Workflow) spend(ctx context.Context, tx *ent.Tx, r *held, next string, expires time.Time) error {
	now := w.db.Now()
	if err := tx.RefreshToken.Update().Where(refreshtoken.ID(r.id)).SetUsedAt(now).Exec(ctx); err != nil {
		return fmt.Errorf("spend refresh token: %w", err)
	}
	if err := w.keepRefresh(ctx, tx, r.session, next); err != nil {
		return err
	}
	address, agent := from(ctx)
	err := tx.Session.Update().Where(session.ID(r.session)).SetUsedAt(now).SetExpiresAt(expires).
		SetAddress(address).SetUserAgent(agent).Exec(ctx)
	if err != nil {
		return fmt.Errorf("note use of session: %w", err)
	}
	return nil
}

// keepRefresh stores a refresh token, and what its successor will be made of besides.
func (w *Workflow) keepRefresh(ctx context.Context, tx *ent.Tx, sessionID int64, text string) error {
	nonce := make([]byte, secretBytes)
	if _, err := io.ReadFull(w.db.Random(), nonce); err != nil {
		return fmt.Errorf("make nonce: %w", err)
	}
	err := tx.RefreshToken.Create().SetSessionID(sessionID).SetTokenHash(token.Hash(text)).SetNonce(nonce).Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep refresh token: %w", err)
	}
	return nil
}

// endFamily ends the session of a refresh token that was used once more.
func (w *Workflow) endFamily(ctx context.Context, tx *ent.Tx, r *held) error {
	if _, err := w.endWhere(ctx, tx, r.user, session.ID(r.session)); err != nil {
		return err
	}
	return audit.Note(ctx, tx, audit.Event{Action: "sessionRefreshReused", Table: session.Table, Key: r.session})
}
