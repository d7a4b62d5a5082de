package session

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"galley/ent"
	"galley/ent/session"
	"galley/internal/origin"
	"galley/internal/token"
	"galley/internal/viewer"
)

const (
	// touchEvery is how often a cookie's use is written down, and its end put off.
	touchEvery = 24 * time.Hour
	// overlap is how long a cookie that was renewed is still taken: requests with it may be under way.
	overlap = time.Minute
)

// ParseCookie checks that text has the form of a session cookie's secret, and returns what is stored of it.
func ParseCookie(text string) (hash []byte, ok bool) {
	if !token.Valid(cookiePrefix, text, secretBytes) {
		return nil, false
	}
	return token.Hash(text), true
}

// AuthenticateCookie finds out who brings a session's cookie: one statement for each request. Once a day, and when
// its account may do something else than before, it writes too, and sets the cookie anew.
func (w *Workflow) AuthenticateCookie(ctx context.Context, text string) (viewer.Viewer, error) {
	hash, ok := ParseCookie(text)
	if !ok {
		return viewer.Viewer{}, Ended()
	}
	f, err := w.find(ctx, `s.presentation = 'COOKIE' AND (s.token_hash = $2 OR s.previous_hash = $2 AND s.previous_until > $1)`, hash)
	if err != nil {
		return viewer.Viewer{}, err
	}
	if origin.From(ctx).Cookie != nil {
		if err := w.touch(ctx, f, text, hash); err != nil { // which is no reason not to read
			w.log.WarnContext(ctx, "a session's use could not be noted", "error", err)
		}
	}
	return f.viewer, nil
}

// successor is the cookie that takes this one's place. It is the same each time, so that a browser that heard
// no answer gets it with the next one, and nobody makes it without the shop's key.
func (w *Workflow) successor(text string) string {
	return token.Derive(cookiePrefix, hex.EncodeToString(w.secrets.Derive("session cookie", text)), secretBytes)
}

// touch notes that a cookie was used, where that is due, and sets it anew.
func (w *Workflow) touch(ctx context.Context, f found, text string, hash []byte) error {
	next := w.successor(text)
	switch now := w.db.Now(); {
	case !bytes.Equal(f.hash, hash): // it has been renewed
		if bytes.Equal(f.hash, token.Hash(next)) {
			origin.From(ctx).Cookie.Set(next, f.expiresAt)
		}
		return nil
	case f.renew:
	case !f.usedAt.Valid || now.Sub(f.usedAt.Time) >= touchEvery:
		next = text
	default:
		return nil
	}
	return w.use(ctx, f, hash, next)
}

// use writes a cookie's use down, unless another request does at the same time.
func (w *Workflow) use(ctx context.Context, f found, hash []byte, next string) error {
	now, written := w.db.Now(), 0
	address, agent := from(ctx)
	err := w.db.InTx(viewer.AsSystem(ctx), func(ctx context.Context, tx *ent.Tx) (err error) {
		update := tx.Session.Update().Where(session.ID(f.viewer.SessionID), session.TokenHash(hash)).
			SetUsedAt(now).SetExpiresAt(now.Add(lifetime)).SetAddress(address).SetUserAgent(agent)
		if nextHash := token.Hash(next); !bytes.Equal(nextHash, hash) {
			update.SetTokenHash(nextHash).SetPreviousHash(hash).SetPreviousUntil(now.Add(overlap)).SetRenew(false)
		}
		written, err = update.Save(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("note use of session: %w", err)
	}
	if written > 0 {
		origin.From(ctx).Cookie.Set(next, now.Add(lifetime))
	}
	return nil
}
