package account_test

import (
	"encoding/json"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"galley/ent"
	entsession "galley/ent/session"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/session"
	"galley/internal/token"
	"galley/internal/viewer"
)

func TestParseToken(t *testing.T) {
	t.Parallel()
	good := token.Derive("gs_", "a", 32)
	if hash, ok := session.ParseToken(good); !ok || string(hash) != string(token.Hash(good)) {
		t.Errorf("a good token: %x, %v", hash, ok)
	}
	for _, text := range []string{"", "gs_", good[3:], good[:len(good)-1], good + "a", good + "=", strings.ToUpper(good), token.Derive("gc_", "a", 32), token.Derive("gs_", "a", 16)} {
		if hash, ok := session.ParseToken(text); ok || hash != nil {
			t.Errorf("took %q", text)
		}
	}
}

func TestAuthenticate(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			var ahead atomic.Int64
			start := time.Now()
			s := open(t, databasetest.Open(t, engine, func() time.Time { return start.Add(time.Duration(ahead.Load())) }))
			later := start.Add(time.Hour)

			s.in("knows a shopper by one statement", func(t *testing.T, s shop) {
				u := s.user("shopper@example.org")
				text := s.session(u, later)
				ctx, counter := database.WithCounter(t.Context())
				v, err := s.sessions.Authenticate(ctx, text)
				if err != nil || v.Kind != viewer.Shopper || v.UserID != u.ID || v.SessionID == 0 || len(v.Permissions) > 0 {
					t.Fatalf("got %+v, %v", v, err)
				}
				if counter.Statements() != 1 {
					t.Errorf("%d statements", counter.Statements())
				}
			})
			s.in("knows staff and what they may do", func(t *testing.T, s shop) {
				u := s.member("staff@example.org", viewer.CatalogWrite, viewer.OrderRead)
				v, err := s.sessions.Authenticate(t.Context(), s.session(u, later))
				if err != nil || v.Kind != viewer.Staff || !slices.Equal(v.Permissions, []viewer.Permission{viewer.CatalogWrite, viewer.OrderRead}) {
					t.Fatalf("got %+v, %v", v, err)
				}
			})
			s.in("gives no permissions to who is not staff", func(t *testing.T, s shop) {
				u := s.user("was-staff@example.org", func(c *ent.UserCreate) { c.SetPermissions(viewer.Permissions()) })
				v, err := s.sessions.Authenticate(t.Context(), s.session(u, later))
				if err != nil || v.Kind != viewer.Shopper || v.Has(viewer.UserWrite) {
					t.Fatalf("got %+v, %v", v, err)
				}
			})
			s.in("answers alike whatever a token does not open", func(t *testing.T, s shop) {
				u := s.user("ended@example.org")
				expired, revoked := s.session(u, start.Add(-time.Second)), s.session(u, later)
				closed := s.session(s.user("closed@example.org", func(c *ent.UserCreate) { c.SetActive(false) }), later)
				s.db.Client.Session.Update().Where(entsession.TokenHash(token.Hash(revoked))).SetRevokedAt(start).ExecX(s.system())
				good := s.session(u, later)
				var answer string
				for says, text := range map[string]string{
					"expired": expired, "revoked": revoked, "closed account": closed, "unknown": token.Derive("gs_", "nobody's", 32),
					"nothing": "", "cut": good[:len(good)-1], "padded": good + "=", "the stored hash": string(token.Hash(good)),
					"a guest's cart": token.Derive("gc_", "cart", 16), "SQL": "gs_' OR 1=1 --", "capitals": strings.ToUpper(good),
				} {
					v, err := s.sessions.Authenticate(t.Context(), text)
					if code, _ := fault.CodeOf(err); code != fault.Unauthenticated || v.Identified() || v.UserID != 0 {
						t.Errorf("%s: got %+v, %v", says, v, err)
						continue
					}
					if answer == "" {
						answer = err.Error()
					}
					if err.Error() != answer {
						t.Errorf("%s: %q, others %q", says, err, answer)
					}
				}
			})
			s.in("knows a session until the moment that it expires", func(t *testing.T, s shop) {
				text := s.session(s.user("clock@example.org"), s.db.Now().Add(time.Hour))
				ahead.Store(int64(time.Hour - time.Microsecond))
				if _, err := s.sessions.Authenticate(t.Context(), text); err != nil {
					t.Error(err)
				}
				ahead.Store(int64(time.Hour))
				_, err := s.sessions.Authenticate(t.Context(), text)
				wantCode(t, err, fault.Unauthenticated)
			})
		})
	}
}

func TestSignOut(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		later := time.Now().Add(time.Hour)
		s.in("ends the session at once, that one only, and goes on as anonymous", func(t *testing.T, s shop) {
			u := s.user("out@example.org")
			text, other := s.session(u, later), s.session(u, later)
			v, err := s.sessions.Authenticate(t.Context(), text)
			if err != nil {
				t.Fatal(err)
			}
			ctx := viewer.With(t.Context(), v)
			out, err := s.sessions.SignOut(ctx)
			if err != nil || !out.SignedOut || len(out.UserErrors) > 0 {
				t.Fatalf("got %+v, %v", out, err)
			}
			if viewer.From(ctx).Identified() {
				t.Errorf("goes on as %+v", viewer.From(ctx))
			}
			_, err = s.sessions.Authenticate(t.Context(), text)
			wantCode(t, err, fault.Unauthenticated)
			if _, err := s.sessions.Authenticate(t.Context(), other); err != nil {
				t.Errorf("the other session: %v", err)
			}

			again, err := s.sessions.SignOut(viewer.With(t.Context(), v))
			if err != nil || again.SignedOut {
				t.Errorf("a second time: %+v, %v", again, err)
			}
		})
		s.in("ends nothing for a guest, who stays one", func(t *testing.T, s shop) {
			ctx := s.guest()
			out, err := s.sessions.SignOut(ctx)
			if err != nil || out.SignedOut || viewer.From(ctx).Kind != viewer.Guest {
				t.Errorf("got %+v, %v as %+v", out, err, viewer.From(ctx))
			}
		})
		s.in("does not show tokens or hashes to who prints a row", func(t *testing.T, s shop) {
			u := s.user("printed@example.org")
			text := s.session(u, later)
			row := s.db.Client.Session.Query().Where(entsession.UserID(u.ID)).OnlyX(s.system())
			printed, err := json.Marshal(row)
			if err != nil {
				t.Fatal(err)
			}
			for _, in := range []string{row.String(), string(printed)} {
				if strings.Contains(in, text[3:]) || strings.Contains(in, "token_hash\":") {
					t.Errorf("printed %s", in)
				}
			}
		})
	})
}
