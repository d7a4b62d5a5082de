package account_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"galley/ent"
	"galley/internal/account"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/mail"
	"galley/internal/viewer"
)

// move asks for another address, and returns the letter's secret.
func (s shop) move(ctx context.Context, to string) string {
	s.t.Helper()
	out, err := s.w.EmailChangeRequest(ctx, account.EmailChangeRequestInput{NewEmail: " " + to, Password: password})
	if err != nil || out.Email == nil || *out.Email != to {
		s.t.Fatalf("got %+v, %v", out, err)
	}
	return s.token(mail.ConfirmEmail, to)
}

func (s shop) confirm(ctx context.Context, text string) *database.Outcome {
	s.t.Helper()
	out, err := s.w.EmailChangeConfirm(ctx, account.EmailChangeConfirmInput{Token: text})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

func TestEmailChange(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		s.in("happens when the new address is confirmed, and the old one is told", func(t *testing.T, s shop) {
			u := s.member("ada@example.org", viewer.OrderRead)
			_, _ = s.signedIn(u)
			ctx, _ := s.signedIn(u)
			o := s.order("N1", "new@example.org", "ct_n")
			stale, text := s.move(ctx, "stale@example.org"), s.move(ctx, "new@example.org")
			if got := s.read(u.ID); got.Email != u.Email || got.Version != 1 {
				t.Errorf("changed before anybody confirmed: %+v", got)
			}
			if out := s.confirm(ctx, text); out.Key != u.ID {
				t.Fatalf("got %+v", out)
			}
			got := s.read(u.ID)
			if got.Email != "new@example.org" || got.EmailVerifiedAt == nil || got.Version != 2 || !got.Staff {
				t.Errorf("got %+v", got)
			}
			if s.openSessions(u.ID) != 1 || s.db.Client.Order.GetX(s.system(), o.ID).UserID == nil {
				t.Errorf("%d sessions", s.openSessions(u.ID))
			}
			if l := s.letter(mail.EmailChanged, "ada@example.org"); l.Data != (mail.EmailChangedData{NewEmail: "n…@example.org"}) {
				t.Errorf("sent %+v", l)
			}
			wantNoToken(t, s.confirm(ctx, text).UserErrors)
			wantNoToken(t, s.confirm(ctx, stale).UserErrors)
		})
		s.in("ends every session when somebody else confirms it, who is not signed in by that", func(t *testing.T, s shop) {
			u, other := s.user("elsewhere@example.org"), s.user("reader@example.org")
			ctx, _ := s.signedIn(u)
			theirs, _ := s.signedIn(other)
			text := s.move(ctx, "there@example.org")
			s.done(s.confirm(theirs, text), nil)
			if s.openSessions(u.ID) != 0 || s.openSessions(other.ID) != 1 || viewer.From(theirs).UserID != other.ID {
				t.Errorf("%d and %d sessions", s.openSessions(u.ID), s.openSessions(other.ID))
			}
			s.work()
		})
		s.in("does not tell whether another account has the address, but to its reader", func(t *testing.T, s shop) {
			taken, u := s.user("taken@example.org"), s.user("mover@example.org")
			ctx, _ := s.signedIn(u)
			out, err := s.w.EmailChangeRequest(ctx, account.EmailChangeRequestInput{NewEmail: taken.Email, Password: password})
			if err != nil || out.Email == nil || *out.Email != taken.Email {
				t.Fatalf("got %+v, %v", out, err)
			}
			s.letter(mail.HasAccount, taken.Email)
			text := s.move(ctx, "soon@example.org")
			s.user("soon@example.org")
			wantErrors(t, s.confirm(ctx, text).UserErrors, "EMAIL_TAKEN/token")
			if s.read(u.ID).Email != u.Email || s.openSessions(u.ID) != 1 {
				t.Error("something changed")
			}
		})
		s.in("is for who knows the password", func(t *testing.T, s shop) {
			u := s.user("thief@example.org")
			ctx, _ := s.signedIn(u)
			for in, want := range map[account.EmailChangeRequestInput]string{
				{NewEmail: "mine@example.org", Password: "wrong horse"}:  "CREDENTIALS_WRONG/password",
				{NewEmail: "mine@example.org"}:                           "CREDENTIALS_WRONG/password",
				{NewEmail: "no address", Password: password}:             "INVALID/newEmail",
				{NewEmail: " THIEF@example.org ", Password: password}:    "INVALID/newEmail",
				{NewEmail: "ada@exаmple.org", Password: password}:        "INVALID/newEmail", // a Cyrillic letter
				{NewEmail: "ada@example.org\x00.evil", Password: "none"}: "INVALID/newEmail",
			} {
				out, err := s.w.EmailChangeRequest(ctx, in)
				if err != nil || out.Email != nil {
					t.Fatalf("got %+v, %v", out, err)
				}
				wantErrors(t, out.UserErrors, want)
			}
			if sent := s.work(); len(sent) > 0 {
				t.Errorf("sent %+v", sent)
			}
		})
		s.in("of two accounts at once gives the address to one", func(t *testing.T, s shop) {
			var wg sync.WaitGroup
			outcomes, texts := make(chan *database.Outcome, 2), map[string]context.Context{}
			for _, email := range []string{"left@example.org", "right@example.org"} {
				ctx, _ := s.signedIn(s.user(email))
				texts[s.move(ctx, "one@example.org")] = ctx
			}
			for text, ctx := range texts {
				wg.Go(func() { outcomes <- s.confirm(ctx, text) })
			}
			wg.Wait()
			close(outcomes)
			refused := 0
			for out := range outcomes {
				refused += len(out.UserErrors)
			}
			if refused != 1 {
				t.Errorf("%d refused", refused)
			}
			s.work()
		})
		s.in("needs a sign-in", func(t *testing.T, s shop) {
			for _, ctx := range []context.Context{s.anonymous(), s.guest(), s.as(&ent.User{ID: 1})} {
				_, err := s.w.EmailChangeRequest(ctx, account.EmailChangeRequestInput{NewEmail: "x@example.org", Password: password})
				wantCode(t, err, fault.Unauthenticated)
			}
		})
	})
}

func TestEmailChangeExpires(t *testing.T) {
	moved(t, func(t *testing.T, s shop, later func(time.Duration)) {
		ctx, _ := s.signedIn(s.user("ada@example.org"))
		text := s.move(ctx, "new@example.org")
		later(24 * time.Hour)
		wantNoToken(t, s.confirm(ctx, text).UserErrors)
	})
}
