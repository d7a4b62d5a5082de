package account_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/confirmation"
	entsession "galley/ent/session"
	"galley/internal/account"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/mail"
	"galley/internal/viewer"
)

const another = "another battery staple"

// forgot asks for a new password, and returns the letter's secret.
func (s shop) forgot(u *ent.User) string {
	s.t.Helper()
	out, err := s.w.PasswordResetRequest(s.anonymous(), account.PasswordResetRequestInput{Email: " " + u.Email})
	if err != nil || out.Email == nil || *out.Email != u.Email {
		s.t.Fatalf("got %+v, %v", out, err)
	}
	return s.token(mail.ResetPassword, u.Email)
}

func (s shop) reset(text, password string) *database.Outcome {
	s.t.Helper()
	out, err := s.w.PasswordReset(s.anonymous(), account.PasswordResetInput{Token: text, NewPassword: password})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// signsIn tells whether an account signs in with a password.
func (s shop) signsIn(u *ent.User, password string) bool {
	s.t.Helper()
	out, err := s.w.SignIn(s.anonymous(), account.SignInInput{Email: u.Email, Password: password})
	if err != nil {
		s.t.Fatal(err)
	}
	return len(out.UserErrors) == 0
}

// signedIn is the context of an account with a session, and the session's key.
func (s shop) signedIn(u *ent.User) (context.Context, int64) {
	s.t.Helper()
	s.session(u, s.db.Now().Add(1000*time.Hour))
	id := s.db.Client.Session.Query().Where(entsession.UserID(u.ID)).Order(entsession.ByID()).IDsX(s.system())
	v := viewer.From(s.as(u))
	v.SessionID = id[len(id)-1]
	return viewer.With(s.t.Context(), v), v.SessionID
}

func TestPasswordResetRequest(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		s.in("answers alike whether or not there is an account: the letter differs", func(t *testing.T, s shop) {
			s.user("known@example.org")
			s.user("closed@example.org", func(c *ent.UserCreate) { c.SetActive(false) })
			want := map[string]mail.Template{
				"known@example.org": mail.ResetPassword, "closed@example.org": mail.NoAccount, "unknown@example.org": mail.NoAccount,
			}
			statements := map[int]bool{}
			for email, template := range want {
				ctx, counter := database.WithCounter(at(s.anonymous(), "192.0.2.1"))
				out, err := s.w.PasswordResetRequest(ctx, account.PasswordResetRequestInput{Email: email})
				if err != nil || out.Email == nil || *out.Email != email || len(out.UserErrors) > 0 {
					t.Errorf("%s: got %+v, %v", email, out, err)
				}
				statements[counter.Statements()] = true
				s.letter(template, email)
			}
			if len(statements) != 1 {
				t.Errorf("statements differ: %v", statements)
			}
		})
		s.in("refuses what is no address", func(t *testing.T, s shop) {
			out, err := s.w.PasswordResetRequest(s.anonymous(), account.PasswordResetRequestInput{Email: "ada\x00@example.org"})
			if err != nil {
				t.Fatal(err)
			}
			wantErrors(t, out.UserErrors, "INVALID/email")
		})
		s.in("is tried again when the letter was not sent, with the same secret", func(t *testing.T, s shop) {
			u := s.user("again@example.org")
			if _, err := s.w.PasswordResetRequest(s.anonymous(), account.PasswordResetRequestInput{Email: u.Email}); err != nil {
				t.Fatal(err)
			}
			s.letters.fail = errors.New("no mail server")
			row := s.db.Client.Job.Query().Order(ent.Desc("id")).FirstX(s.system())
			if err := s.w.Handlers()[row.Kind](s.system(), jobOf(row)); !errors.Is(err, s.letters.fail) {
				t.Errorf("got %v", err)
			}
			s.letters.fail = nil
			s.token(mail.ResetPassword, u.Email)
			if n := s.db.Client.Confirmation.Query().Where(confirmation.UserID(u.ID)).CountX(s.system()); n != 1 {
				t.Errorf("%d confirmations", n)
			}
		})
	})
}

func TestPasswordReset(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		s.in("changes the password, verifies the address, and ends every session", func(t *testing.T, s shop) {
			u := s.user("ada@example.org", func(c *ent.UserCreate) { c.SetName("Ada") })
			other, o := s.user("other@example.org"), s.order("R1", u.Email, "ct_r")
			_, _ = s.signedIn(u)
			_, _ = s.signedIn(other)
			stale, text := s.forgot(u), s.forgot(u)
			if out := s.reset(text, another); out.Key != u.ID {
				t.Fatalf("got %+v", out)
			}
			if s.openSessions(u.ID) != 0 || s.openSessions(other.ID) != 1 {
				t.Errorf("%d sessions, and %d of another account", s.openSessions(u.ID), s.openSessions(other.ID))
			}
			if s.read(u.ID).EmailVerifiedAt == nil || s.db.Client.Order.GetX(s.system(), o.ID).UserID == nil {
				t.Errorf("got %+v", s.read(u.ID))
			}
			if s.signsIn(u, password) || !s.signsIn(u, another) {
				t.Error("the old password signs in, or the new one does not")
			}
			if l := s.letter(mail.PasswordChanged, u.Email); l.Name != "Ada" {
				t.Errorf("sent %+v", l)
			}
			wantNoToken(t, s.reset(text, password).UserErrors)
			wantNoToken(t, s.reset(stale, password).UserErrors)
		})
		s.in("gives a password to an account without one", func(t *testing.T, s shop) {
			u := s.user("none@example.org")
			s.db.Client.Credential.Delete().ExecX(s.system())
			s.done(s.reset(s.forgot(u), another), nil)
			if !s.signsIn(u, another) {
				t.Error("it does not sign in")
			}
		})
		s.in("leaves the letter as it is if the password is weak", func(t *testing.T, s shop) {
			u := s.user("weak@example.org")
			text := s.forgot(u)
			wantErrors(t, s.reset(text, "password").UserErrors, "PASSWORD_WEAK/newPassword")
			if !s.signsIn(u, password) {
				t.Error("the old password does not sign in any more")
			}
			s.done(s.reset(text, another), nil)
		})
		s.in("is void once the account has another address, or is closed", func(t *testing.T, s shop) {
			for email, change := range map[string]account.UserUpdateInput{
				"moved@example.org": {Email: ptr("elsewhere@example.org")}, "shut@example.org": {Active: ptr(false)},
			} {
				u := s.user(email)
				text := s.forgot(u)
				change.ID = id(u)
				s.done(s.w.UserUpdate(s.system(), change))
				wantNoToken(t, s.reset(text, another).UserErrors)
			}
		})
		s.in("happens once, of many at once", func(t *testing.T, s shop) {
			u := s.user("many@example.org")
			text := s.forgot(u)
			var (
				wg   sync.WaitGroup
				done atomic.Int64
			)
			for range 6 {
				wg.Go(func() {
					if out := s.reset(text, another); len(out.UserErrors) == 0 {
						done.Add(1)
					}
				})
			}
			wg.Wait()
			if done.Load() != 1 {
				t.Errorf("%d went through", done.Load())
			}
		})
		s.in("may be sent again under its key", func(t *testing.T, s shop) {
			u := s.user("key@example.org")
			ctx := database.WithRequest(s.anonymous(), database.Request{Scope: "x", Key: "k", Hash: []byte("h")})
			in := account.PasswordResetInput{Token: s.forgot(u), NewPassword: another}
			for range 2 {
				s.done(s.w.PasswordReset(ctx, in))
			}
		})
	})
}

func TestPasswordResetExpires(t *testing.T) {
	moved(t, func(t *testing.T, s shop, later func(time.Duration)) {
		u := s.user("ada@example.org")
		text := s.forgot(u)
		later(time.Hour)
		wantNoToken(t, s.reset(text, another).UserErrors)
		text = s.forgot(u)
		later(time.Hour - time.Microsecond)
		s.done(s.reset(text, another), nil)
	})
}

func TestPasswordChange(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		s.in("ends the other sessions, has a cookie renewed, and makes letters under way useless", func(t *testing.T, s shop) {
			u := s.user("ada@example.org")
			_, _ = s.signedIn(u)
			ctx, kept := s.signedIn(u)
			_, err := s.db.Client.ExecContext(s.system(), "UPDATE sessions SET presentation = 'COOKIE', token_hash = $1 WHERE id = $2", []byte("cookie"), kept)
			if err != nil {
				t.Fatal(err)
			}
			reset := s.forgot(u)
			s.done(s.w.PasswordChange(ctx, account.PasswordChangeInput{CurrentPassword: password, NewPassword: another}))
			open := s.db.Client.Session.Query().Where(entsession.UserID(u.ID), entsession.RevokedAtIsNil()).OnlyX(s.system())
			if open.ID != kept || !open.Renew {
				t.Errorf("left %+v", open)
			}
			s.letter(mail.PasswordChanged, u.Email)
			wantNoToken(t, s.reset(reset, password).UserErrors)
			if s.signsIn(u, password) || !s.signsIn(u, another) {
				t.Error("the old password signs in, or the new one does not")
			}
		})
		s.in("refuses a wrong password and a weak one, and changes nothing", func(t *testing.T, s shop) {
			u := s.user("wrong@example.org")
			ctx, _ := s.signedIn(u)
			before := s.hash(u.ID)
			for _, c := range []struct{ current, next, want string }{
				{"wrong horse", another, "CREDENTIALS_WRONG/currentPassword"}, {"", another, "CREDENTIALS_WRONG/currentPassword"},
				{password, "password", "PASSWORD_WEAK/newPassword"},
			} {
				out, err := s.w.PasswordChange(ctx, account.PasswordChangeInput{CurrentPassword: c.current, NewPassword: c.next})
				wantRejected(t, out, err, c.want)
			}
			if s.hash(u.ID) != before || s.openSessions(u.ID) != 1 || len(s.work()) != 0 {
				t.Error("something changed")
			}
		})
		s.in("is refused where the password was changed meanwhile", func(t *testing.T, s shop) {
			u := s.user("meanwhile@example.org")
			ctx, _ := s.signedIn(u)
			var wg sync.WaitGroup
			var done atomic.Int64
			for range 4 {
				wg.Go(func() {
					out, err := s.w.PasswordChange(ctx, account.PasswordChangeInput{CurrentPassword: password, NewPassword: another})
					if err != nil {
						t.Error(err)
					} else if len(out.UserErrors) == 0 {
						done.Add(1)
					}
				})
			}
			wg.Wait()
			if done.Load() != 1 {
				t.Errorf("%d went through", done.Load())
			}
			s.work()
		})
		s.in("may be sent again under its key, though the old password is gone", func(t *testing.T, s shop) {
			u := s.user("key@example.org")
			ctx, _ := s.signedIn(u)
			ctx = database.WithRequest(ctx, database.Request{Scope: "u", Key: "k", Hash: []byte("h")})
			for range 2 {
				s.done(s.w.PasswordChange(ctx, account.PasswordChangeInput{CurrentPassword: password, NewPassword: another}))
			}
			s.letter(mail.PasswordChanged, u.Email)
		})
		s.in("needs a sign-in", func(t *testing.T, s shop) {
			closed := s.user("closed@example.org", func(c *ent.UserCreate) { c.SetActive(false) })
			for _, ctx := range []context.Context{s.anonymous(), s.guest(), s.as(closed), s.as(&ent.User{ID: 1})} {
				_, err := s.w.PasswordChange(ctx, account.PasswordChangeInput{CurrentPassword: password, NewPassword: another})
				wantCode(t, err, fault.Unauthenticated)
			}
		})
	})
}
