package session_test

import (
	"context"
	"encoding/hex"
	"strings"
	"sync"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/auditentry"
	"galley/ent/refreshtoken"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/session"
	"galley/internal/token"
	"galley/internal/viewer"
)

// must fails unless a refresh token gave the next ones.
func (s shop) must(text string) *session.RefreshPayload {
	s.t.Helper()
	p, err := s.refresh(text)
	if err != nil || p.Token == nil || p.RefreshToken == nil || *p.RefreshToken == text {
		s.t.Fatalf("got %+v, %v", p, err)
	}
	return p
}

// over fails unless a session has ended: its access token opens nothing, and a refresh token gives nothing.
func (s shop) over(access, refresh string) {
	s.t.Helper()
	_, err := s.w.Authenticate(s.t.Context(), access)
	ended(s.t, err)
	_, err = s.refresh(refresh)
	ended(s.t, err)
}

func TestRefresh(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		s.in("gives the next tokens of the same session, for another thirty days", func(t *testing.T, s shop) {
			u := s.user("ada@example.org")
			o := s.tokens(u)
			s.wait(29 * 24 * time.Hour)
			_, err := s.w.Authenticate(t.Context(), *o.Token)
			ended(t, err)
			p := s.must(*o.RefreshToken)
			v, err := s.w.Authenticate(t.Context(), *p.Token)
			if err != nil || v.SessionID != o.ID || v.UserID != u.ID {
				t.Errorf("got %+v, %v", v, err)
			}
			if !p.ExpiresAt.Equal(s.db.Now().Add(30*24*time.Hour)) || p.TokenExpiresAt.Sub(s.db.Now()).Round(time.Second) != 10*time.Minute {
				t.Errorf("the session ends %v, the token %v", p.ExpiresAt, p.TokenExpiresAt)
			}
			row := s.db.Client.Session.GetX(s.system(), o.ID)
			if !row.ExpiresAt.Equal(*p.ExpiresAt) || !row.UsedAt.Equal(s.db.Now()) {
				t.Errorf("stored %v, %v", row.ExpiresAt, row.UsedAt)
			}
			s.wait(30*24*time.Hour - time.Minute)
			p = s.must(*p.RefreshToken)
			s.wait(30 * 24 * time.Hour)
			_, err = s.refresh(*p.RefreshToken)
			ended(t, err)
		})
		s.in("stores no token that could be read", func(t *testing.T, s shop) {
			o := s.tokens(s.user("hashes@example.org"))
			p := s.must(*o.RefreshToken)
			for _, r := range s.db.Client.RefreshToken.Query().AllX(s.system()) {
				for _, text := range []string{*o.RefreshToken, *p.RefreshToken} {
					if strings.Contains(string(r.TokenHash)+string(r.Nonce)+r.String(), text[3:]) {
						t.Errorf("stored %v", r)
					}
				}
				// The nonce alone is not enough for the next token: the one before it is not there.
				next := token.Hash(token.Derive("gr_", hex.EncodeToString(r.Nonce), 32))
				if s.db.Client.RefreshToken.Query().Where(refreshtoken.TokenHash(next)).ExistX(s.system()) {
					t.Error("what is stored gives the next token")
				}
			}
		})
		s.in("answers again who heard no answer, with the same refresh token", func(t *testing.T, s shop) {
			o := s.tokens(s.user("again@example.org"))
			first := s.must(*o.RefreshToken)
			s.wait(10*time.Second - time.Microsecond)
			again := s.must(*o.RefreshToken)
			if *again.RefreshToken != *first.RefreshToken || !again.ExpiresAt.Equal(*first.ExpiresAt) {
				t.Errorf("got %+v, then %+v", first, again)
			}
			s.opens(*again.Token)
			s.opens(*s.must(*again.RefreshToken).Token)
		})
		s.in("ends the session when a token comes again too late", func(t *testing.T, s shop) {
			u := s.user("late@example.org")
			o, other := s.tokens(u), s.tokens(u)
			next := s.must(*o.RefreshToken)
			s.wait(10 * time.Second)
			_, err := s.refresh(*o.RefreshToken)
			ended(t, err)
			s.over(*next.Token, *next.RefreshToken)
			s.opens(*other.Token)
			if n := s.db.Client.AuditEntry.Query().Where(auditentry.Action("sessionRefreshReused"), auditentry.ObjectID(o.ID)).CountX(s.system()); n != 1 {
				t.Errorf("%d entries in the log", n)
			}
		})
		s.in("ends the session when a token comes again whose successor was used", func(t *testing.T, s shop) {
			o := s.tokens(s.user("reuse@example.org"))
			second := s.must(*o.RefreshToken)
			third := s.must(*second.RefreshToken)
			_, err := s.refresh(*o.RefreshToken)
			ended(t, err)
			s.over(*third.Token, *third.RefreshToken)
		})
		s.in("refuses what is no refresh token, and an account that was closed", func(t *testing.T, s shop) {
			u := s.user("closed@example.org")
			o := s.tokens(u)
			good := *o.RefreshToken
			for says, text := range map[string]string{
				"nothing": "", "the prefix": "gr_", "cut": good[:len(good)-1], "padded": good + "=", "capitals": strings.ToUpper(good), "an access token": *o.Token,
				"unknown": token.Derive("gr_", "nobody's", 32), "a cookie's": "gs_" + good[3:], "a zero byte": good + "\x00", "SQL": "gr_' OR 1=1 --", "a megabyte": strings.Repeat("a", 1<<20),
			} {
				if _, err := s.refresh(text); err == nil {
					t.Errorf("took %s", says)
				} else {
					ended(t, err)
				}
			}
			ctx := database.WithRequest(viewer.With(t.Context(), viewer.Viewer{}), database.Request{Scope: "s", Key: "k", Hash: []byte("h")})
			_, err := s.w.Refresh(ctx, session.RefreshInput{RefreshToken: good})
			wantCode(t, err, fault.BadUserInput)
			s.db.Client.User.UpdateOneID(u.ID).SetActive(false).ExecX(s.system())
			_, err = s.refresh(good)
			ended(t, err)
			s.db.Client.User.UpdateOneID(u.ID).SetActive(true).ExecX(s.system())
			s.must(good) // nothing of this has used it
		})
		s.in("knows what the account may do by then", func(t *testing.T, s shop) {
			u := s.user("promoted@example.org")
			o := s.tokens(u)
			s.db.Client.User.UpdateOneID(u.ID).SetStaff(true).SetPermissions([]viewer.Permission{viewer.StockRead}).ExecX(s.system())
			for _, text := range []string{*o.Token, *s.must(*o.RefreshToken).Token} {
				if v, err := s.w.Authenticate(t.Context(), text); err != nil || !v.Has(viewer.StockRead) {
					t.Errorf("got %+v, %v", v, err)
				}
			}
		})
	})
}

// TestManyRefreshAtOnce has 64 send the same refresh token, over two processes: all get the same next one, and
// the session goes on.
func TestManyRefreshAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		u := s.user("ada@example.org")
		o := s.tokens(u)
		processes := []shop{s.other(), s.other()}
		const many = 64
		answers := make([]*session.RefreshPayload, many)
		var ready, done sync.WaitGroup
		ready.Add(many)
		for i := range many {
			done.Go(func() {
				ready.Done()
				ready.Wait()
				var err error
				if answers[i], err = processes[i%2].refresh(*o.RefreshToken); err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		for i, p := range answers {
			if p == nil || *p.RefreshToken != *answers[0].RefreshToken {
				t.Fatalf("the %dth got %+v, the first %+v", i, p, answers[0])
			}
			s.opens(*p.Token)
		}
		if n := s.db.Client.RefreshToken.Query().CountX(s.system()); n != 2 {
			t.Errorf("%d refresh tokens", n)
		}
		s.must(*answers[0].RefreshToken)
	})
}

// TestRefreshWhileTheSessionEnds ends an account's sessions while they are refreshed: whichever comes first, none
// is left.
func TestRefreshWhileTheSessionEnds(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		u := s.user("ada@example.org")
		for range 8 {
			o := s.tokens(u)
			var both sync.WaitGroup
			both.Go(func() { _, _ = s.refresh(*o.RefreshToken) }) // it may be refused
			both.Go(func() {
				err := s.db.InTx(s.system(), func(ctx context.Context, tx *ent.Tx) error { return s.w.EndAll(ctx, tx, u.ID) })
				if err != nil {
					t.Error(err)
				}
			})
			both.Wait()
			_, err := s.w.Authenticate(t.Context(), *o.Token)
			ended(t, err)
			_, err = s.refresh(*o.RefreshToken)
			ended(t, err)
		}
	})
}
