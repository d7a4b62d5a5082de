package session_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/session"
	"galley/internal/token"
	"galley/internal/viewer"
)

// bring sends a cookie, and returns the one that the answer sets.
func (s shop) bring(secret string) (viewer.Viewer, string, error) {
	ctx, cookie := s.browser()
	v, err := s.w.AuthenticateCookie(ctx, secret)
	change, _ := cookie.Change()
	return v, change.Secret, err
}

// stays fails unless a cookie opens its session, and is left alone.
func (s shop) stays(secret string) {
	s.t.Helper()
	if _, next, err := s.bring(secret); err != nil || next != "" {
		s.t.Errorf("got %q, %v", next, err)
	}
}

func TestCookies(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		s.in("know their session by one statement", func(t *testing.T, s shop) {
			u := s.user("ada@example.org")
			o, secret := s.cookie(u)
			if o.Token != nil || o.RefreshToken != nil || o.TokenExpiresAt != nil {
				t.Errorf("gave tokens: %+v", o)
			}
			ctx, counter := database.WithCounter(t.Context())
			v, err := s.w.AuthenticateCookie(ctx, secret)
			if err != nil || v.UserID != u.ID || v.SessionID != o.ID || v.Kind != viewer.Shopper || counter.Statements() != 1 {
				t.Errorf("got %+v, %v by %d statements", v, err, counter.Statements())
			}
			row := s.db.Client.Session.GetX(s.system(), o.ID)
			if string(row.TokenHash) != string(token.Hash(secret)) || row.Address != "192.0.2.1" || row.UserAgent != "Mosaic" {
				t.Errorf("stored %+v", row)
			}
		})
		s.in("need somewhere to be set", func(t *testing.T, s shop) {
			u := s.user("machine@example.org")
			err := s.db.InTx(t.Context(), func(ctx context.Context, tx *ent.Tx) error {
				_, err := s.w.Begin(ctx, tx, u, session.Cookie)
				return err
			})
			wantCode(t, err, fault.BadUserInput)
		})
		s.in("are no bearer tokens, and bearer tokens are none", func(t *testing.T, s shop) {
			u := s.user("mixed@example.org")
			_, secret := s.cookie(u)
			_, err := s.w.Authenticate(t.Context(), secret)
			ended(t, err)
			o := s.tokens(u)
			_, _, err = s.bring(*o.Token)
			ended(t, err)
			hashed := token.Derive("gs_", "a session of tokens", 32) // nothing gives one a hash; if it had one, it would be no cookie
			s.db.Client.Session.UpdateOneID(o.ID).SetTokenHash(token.Hash(hashed)).ExecX(s.system())
			_, _, err = s.bring(hashed)
			ended(t, err)
		})
		s.in("that open nothing get one answer", func(t *testing.T, s shop) {
			u := s.user("ended@example.org")
			o, revoked := s.cookie(u)
			s.db.Client.Session.UpdateOneID(o.ID).SetRevokedAt(s.db.Now()).ExecX(s.system())
			o, expired := s.cookie(u)
			s.db.Client.Session.UpdateOneID(o.ID).SetExpiresAt(s.db.Now()).ExecX(s.system())
			_, good := s.cookie(u)
			for says, text := range map[string]string{
				"revoked": revoked, "expired": expired, "unknown": token.Derive("gs_", "nobody's", 32), "nothing": "", "cut": good[:len(good)-1], "padded": good + "=",
				"the stored hash": string(token.Hash(good)), "a guest's cart": token.Derive("gc_", "cart", 16), "SQL": "gs_' OR 1=1 --", "capitals": strings.ToUpper(good),
			} {
				if v, next, err := s.bring(text); err == nil || v.Identified() || next != "" {
					t.Errorf("%s: got %+v, %q, %v", says, v, next, err)
				} else {
					ended(t, err)
				}
			}
			s.stays(good)
		})
		s.in("last thirty days from their last use, noted once a day", func(t *testing.T, s shop) {
			o, secret := s.cookie(s.user("sliding@example.org"))
			s.wait(24*time.Hour - time.Microsecond)
			s.stays(secret)
			s.wait(time.Microsecond)
			if _, next, err := s.bring(secret); err != nil || next != secret {
				t.Errorf("got %q, %v", next, err)
			}
			row := s.db.Client.Session.GetX(s.system(), o.ID)
			if !row.ExpiresAt.Equal(s.db.Now().Add(30*24*time.Hour)) || !row.UsedAt.Equal(s.db.Now()) {
				t.Errorf("ends %v, used %v", row.ExpiresAt, row.UsedAt)
			}
			s.stays(secret)
			s.wait(30 * 24 * time.Hour)
			_, _, err := s.bring(secret)
			ended(t, err)
		})
		s.in("do not show their secrets or hashes to who prints a row", func(t *testing.T, s shop) {
			o, secret := s.cookie(s.user("printed@example.org"))
			if printed := s.db.Client.Session.GetX(s.system(), o.ID).String(); strings.Contains(printed, secret[3:]) || strings.Contains(printed, string(token.Hash(secret))) {
				t.Errorf("printed %s", printed)
			}
		})
	})
}

func TestRenewedCookies(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		renew := func(s shop, u *ent.User) {
			s.tx(func(ctx context.Context, tx *ent.Tx) error { return s.w.Renew(ctx, tx, u.ID) })
		}
		s.in("take a new secret at their next use, and the old one is good for a minute", func(t *testing.T, s shop) {
			u := s.user("ada@example.org")
			_, old := s.cookie(u)
			tokens := s.tokens(u)
			_, bystander := s.cookie(s.user("bob@example.org"))
			renew(s, u)
			_, next, err := s.bring(old)
			if err != nil || next == "" || next == old {
				t.Fatalf("got %q, %v", next, err)
			}
			s.stays(next)
			s.stays(bystander)
			s.opens(*tokens.Token)
			// A browser that heard no answer asks with the old one, and gets the same new one.
			s.wait(time.Minute - time.Microsecond)
			if _, again, err := s.bring(old); err != nil || again != next {
				t.Errorf("got %q instead of %q, %v", again, next, err)
			}
			s.wait(time.Microsecond)
			_, _, err = s.bring(old)
			ended(t, err)
			s.stays(next)
		})
		s.in("cannot be worked out from the old one without the shop's key", func(t *testing.T, s shop) {
			u := s.user("key@example.org")
			_, old := s.cookie(u)
			renew(s, u)
			_, next, err := s.bring(old)
			if err != nil {
				t.Fatal(err)
			}
			s.w = session.New(s.db, newRing(t))
			if _, again, err := s.bring(old); err != nil || again != "" {
				t.Errorf("another key gives %q, %v", again, err)
			}
			s.stays(next)
		})
		s.in("are renewed once, however many requests bring the old one", func(t *testing.T, s shop) {
			u := s.user("many@example.org")
			_, old := s.cookie(u)
			renew(s, u)
			var mu sync.Mutex
			set := map[string]int{}
			var all sync.WaitGroup
			for range 16 {
				all.Go(func() {
					_, next, err := s.bring(old)
					mu.Lock()
					defer mu.Unlock()
					if err != nil {
						t.Error(err)
					}
					set[next]++
				})
			}
			all.Wait()
			delete(set, "") // another was under way
			if len(set) != 1 {
				t.Errorf("set %v", set)
			}
			for next := range set {
				s.stays(next)
			}
		})
		s.in("are left alone where nothing can be set", func(t *testing.T, s shop) {
			u := s.user("get@example.org")
			_, old := s.cookie(u)
			renew(s, u)
			if _, err := s.w.AuthenticateCookie(t.Context(), old); err != nil {
				t.Error(err)
			}
			if _, next, err := s.bring(old); err != nil || next == "" {
				t.Errorf("got %q, %v", next, err)
			}
		})
	})
}
