package account_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/auditentry"
	"galley/ent/user"
	"galley/internal/account"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/mail"
	"galley/internal/session"
	"galley/internal/token"
	"galley/internal/viewer"
)

func (s shop) verify(ctx context.Context, text, password string) *account.SignInPayload {
	s.t.Helper()
	out, err := s.w.EmailVerify(ctx, account.EmailVerifyInput{Token: text, Password: &password, Presentation: session.Token})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// wantNoToken fails unless the answer is the one to every secret that confirms nothing.
func wantNoToken(t *testing.T, got []fault.UserError) {
	t.Helper()
	wantErrors(t, got, "TOKEN_INVALID/token")
	if len(got) == 1 && got[0].Message != "This link has been used, has expired, or is none of ours: ask for another" {
		t.Errorf("got %q", got[0].Message)
	}
}

// order places an order of a guest.
func (s shop) order(number, email, guest string) *ent.Order {
	s.t.Helper()
	create := s.db.Client.Order.Create().SetNumber(number).SetEmail(email).SetSubtotalAmount(100).SetTotalAmount(100).SetCurrency("GBP").
		SetPlacedAt(s.db.Now()).SetTokenHash(token.Hash(guest))
	return create.SaveX(s.system())
}

func TestEmailVerifyOpensAnAccount(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		s.in("that is verified, signed in, and may do nothing special", func(t *testing.T, s shop) {
			text := s.signUp("ada@example.org", password)
			if n := s.db.Client.User.Query().CountX(s.system()); n != 0 {
				t.Fatalf("%d accounts before anybody confirmed", n)
			}
			ctx := s.guest()
			out := s.verify(ctx, text, password)
			u := s.db.Client.User.Query().Where(user.Email("ada@example.org")).OnlyX(s.system())
			if u.Name != "Ada Lovelace" || string(u.NameKey) != "ada lovelace" || u.Staff || len(u.Permissions) > 0 || !u.Active || u.EmailVerifiedAt == nil {
				t.Errorf("got %+v", u)
			}
			if v := viewer.From(ctx); out.Token == nil || out.UserID != u.ID || len(out.UserErrors) > 0 || v.UserID != u.ID || v.Kind != viewer.Shopper {
				t.Errorf("got %+v as %+v", out, v)
			}
			if n := s.openSessions(u.ID); n != 1 {
				t.Errorf("%d sessions", n)
			}
			in, err := s.w.SignIn(s.anonymous(), account.SignInInput{Email: u.Email, Password: password})
			if err != nil || in.Token == nil {
				t.Errorf("signing in with the password: %+v, %v", in, err)
			}
			if n := s.db.Client.AuditEntry.Query().Where(auditentry.Action("signUp"), auditentry.ActorID(u.ID)).CountX(s.system()); n != 1 {
				t.Errorf("%d notes", n)
			}
			wantNoToken(t, s.verify(s.anonymous(), text, password).UserErrors)
		})
		s.in("and claims the guest's orders and carts, and nobody else's", func(t *testing.T, s shop) {
			theirs, held := s.order("E1", "guest@example.org", "ct_x"), s.order("T1", "other@example.org", "gc_a")
			stranger := s.order("S1", "other@example.org", "ct_y")
			// Whoever has an account may type somebody else's address at checkout: the order stays theirs.
			owned, buyer := s.order("P1", "guest@example.org", "ct_q"), s.user("buyer@example.org")
			s.db.Client.Order.UpdateOne(owned).SetUserID(buyer.ID).ExecX(s.system())
			cart := s.db.Client.Cart.Create().SetTokenHash(token.Hash("gc_a")).SetCurrency("GBP").SaveX(s.system())
			another := s.db.Client.Cart.Create().SetTokenHash(token.Hash("gc_b")).SetCurrency("GBP").SaveX(s.system())
			out := s.verify(s.guest(), s.signUp("guest@example.org", password), password)
			for _, o := range []*ent.Order{theirs, held} {
				if got := s.db.Client.Order.GetX(s.system(), o.ID); got.UserID == nil || *got.UserID != out.UserID || got.Version != 2 {
					t.Errorf("order %s: %+v", o.Number, got)
				}
			}
			if got := s.db.Client.Order.GetX(s.system(), stranger.ID); got.UserID != nil {
				t.Errorf("a stranger's order: %+v", got)
			}
			if got := s.db.Client.Order.GetX(s.system(), owned.ID); *got.UserID != buyer.ID {
				t.Errorf("another account's order: %+v", got)
			}
			if got := s.db.Client.Cart.GetX(s.system(), cart.ID); got.UserID == nil || *got.UserID != out.UserID {
				t.Errorf("the cart: %+v", got)
			}
			if got := s.db.Client.Cart.GetX(s.system(), another.ID); got.UserID != nil {
				t.Errorf("a stranger's cart: %+v", got)
			}
		})
		s.in("only for who knows the password that was chosen", func(t *testing.T, s shop) {
			text := s.signUp("stranger@example.org", "the stranger's choice")
			for _, wrong := range []string{password, "", strings.Repeat("x", 1<<20)} {
				wantErrors(t, s.verify(s.anonymous(), text, wrong).UserErrors, "CREDENTIALS_WRONG/password")
			}
			out, err := s.w.EmailVerify(s.anonymous(), account.EmailVerifyInput{Token: text})
			if err != nil {
				t.Fatal(err)
			}
			wantErrors(t, out.UserErrors, "CREDENTIALS_WRONG/password")
			// The address's owner signs up too, and what the stranger asked for opens nothing any more.
			if out := s.verify(s.anonymous(), s.signUp("stranger@example.org", password), password); out.Token == nil {
				t.Fatalf("got %+v", out)
			}
			wantNoToken(t, s.verify(s.anonymous(), text, "the stranger's choice").UserErrors)
		})
		s.in("unless somebody else was faster", func(t *testing.T, s shop) {
			text := s.signUp("staff@example.org", password)
			s.user("staff@example.org")
			ctx := s.anonymous()
			wantNoToken(t, s.verify(ctx, text, password).UserErrors)
			if viewer.From(ctx).Identified() {
				t.Errorf("goes on as %+v", viewer.From(ctx))
			}
		})
		s.in("once, of many at once", func(t *testing.T, s shop) {
			text := s.signUp("many@example.org", password)
			var (
				wg     sync.WaitGroup
				opened atomic.Int64
			)
			for range 6 {
				wg.Go(func() {
					if out := s.verify(s.anonymous(), text, password); out.Token != nil {
						opened.Add(1)
					}
				})
			}
			wg.Wait()
			u := s.db.Client.User.Query().Where(user.Email("many@example.org")).OnlyX(s.system())
			if opened.Load() != 1 || s.openSessions(u.ID) != 1 {
				t.Errorf("%d were signed in, with %d sessions", opened.Load(), s.openSessions(u.ID))
			}
		})
		s.in("but not under an idempotency key", func(t *testing.T, s shop) {
			ctx := database.WithRequest(s.anonymous(), database.Request{Scope: "x", Key: "k", Hash: []byte("h")})
			_, err := s.w.EmailVerify(ctx, account.EmailVerifyInput{Token: "x"})
			wantCode(t, err, fault.BadUserInput)
		})
	})
}

func TestTokensThatConfirmNothingAreAnsweredAlike(t *testing.T) {
	moved(t, func(t *testing.T, s shop, later func(time.Duration)) {
		u := s.user("reset@example.org")
		if _, err := s.w.PasswordResetRequest(s.anonymous(), account.PasswordResetRequestInput{Email: u.Email}); err != nil {
			t.Fatal(err)
		}
		reset := s.token(mail.ResetPassword, u.Email)
		expired := s.signUp("expired@example.org", password)
		later(24 * time.Hour)
		good := s.signUp("good@example.org", password)
		for says, text := range map[string]string{
			"nothing": "", "expired": expired, "cut": good[:len(good)-1], "padded": good + "=", "capitals": strings.ToUpper(good), "another letter's": reset,
			"unknown": token.Derive("gv_", "nobody's", 32), "a session's": token.Derive("gs_", "a", 32), "SQL": "gv_' OR 1=1 --", "a megabyte": strings.Repeat("a", 1<<20),
		} {
			s.in(says, func(t *testing.T, s shop) {
				wantNoToken(t, s.verify(s.anonymous(), text, password).UserErrors)
				out, err := s.w.EmailChangeConfirm(s.anonymous(), account.EmailChangeConfirmInput{Token: text})
				if err != nil {
					t.Fatal(err)
				}
				wantNoToken(t, out.UserErrors)
				if out, err = s.w.PasswordReset(s.anonymous(), account.PasswordResetInput{Token: text, NewPassword: "another battery staple"}); err != nil {
					t.Fatal(err)
				}
				wantNoToken(t, out.UserErrors)
			})
		}
		later(24*time.Hour - time.Microsecond)
		if out := s.verify(s.anonymous(), good, password); out.Token == nil {
			t.Errorf("a moment before it expires: %+v", out)
		}
	})
}

func TestEmailVerifyRequest(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		ask := func(s shop, u *ent.User) *account.LetterPayload {
			s.t.Helper()
			out, err := s.w.EmailVerifyRequest(s.as(u))
			if err != nil {
				s.t.Fatal(err)
			}
			return out
		}
		s.in("verifies an account's address, claims its orders, and signs nobody in", func(t *testing.T, s shop) {
			u := s.user("old@example.org", func(c *ent.UserCreate) { c.SetName("Ada") })
			o := s.order("O1", u.Email, "ct_z")
			if out := ask(s, u); out.Email == nil || *out.Email != u.Email {
				t.Fatalf("got %+v", out)
			}
			l := s.letter(mail.VerifyEmail, u.Email)
			ctx := s.anonymous()
			out, err := s.w.EmailVerify(ctx, account.EmailVerifyInput{Token: l.Data.(mail.TokenData).Token})
			if err != nil || len(out.UserErrors) > 0 || out.Token != nil || out.UserID != u.ID || viewer.From(ctx).Identified() || l.Name != "Ada" {
				t.Errorf("got %+v, %v as %+v", out, err, viewer.From(ctx))
			}
			if s.read(u.ID).EmailVerifiedAt == nil || s.openSessions(u.ID) != 0 || *s.db.Client.Order.GetX(s.system(), o.ID).UserID != u.ID {
				t.Errorf("got %+v", s.read(u.ID))
			}
			wantErrors(t, ask(s, u).UserErrors, "INVALID")
		})
		s.in("verifies nothing when the account has another address by then, or is closed", func(t *testing.T, s shop) {
			for email, change := range map[string]account.UserUpdateInput{
				"moved@example.org": {Email: ptr("elsewhere@example.org")}, "closed2@example.org": {Active: ptr(false)},
			} {
				u := s.user(email)
				ask(s, u)
				text := s.token(mail.VerifyEmail, email)
				change.ID = id(u)
				s.done(s.w.UserUpdate(s.system(), change))
				out, err := s.w.EmailVerify(s.anonymous(), account.EmailVerifyInput{Token: text})
				if err != nil {
					t.Fatal(err)
				}
				wantNoToken(t, out.UserErrors)
				if s.read(u.ID).EmailVerifiedAt != nil {
					t.Error("verified")
				}
			}
		})
		s.in("is void when staff give the account another address", func(t *testing.T, s shop) {
			u := s.user("verified@example.org", func(c *ent.UserCreate) { c.SetEmailVerifiedAt(time.Now()) })
			s.done(s.w.UserUpdate(s.system(), account.UserUpdateInput{ID: id(u), Name: ptr("Ada")}))
			if s.read(u.ID).EmailVerifiedAt == nil {
				t.Error("another name needs no letter")
			}
			s.done(s.w.UserUpdate(s.system(), account.UserUpdateInput{ID: id(u), Email: ptr("typed@example.org")}))
			if s.read(u.ID).EmailVerifiedAt != nil {
				t.Error("nobody has shown to read the new address")
			}
		})
		s.in("needs a sign-in", func(t *testing.T, s shop) {
			for _, ctx := range []context.Context{s.anonymous(), s.guest(), s.as(&ent.User{ID: 1})} {
				_, err := s.w.EmailVerifyRequest(ctx)
				wantCode(t, err, fault.Unauthenticated)
			}
		})
	})
}
