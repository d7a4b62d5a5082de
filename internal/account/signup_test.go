package account_test

import (
	"strings"
	"testing"

	"galley/ent/confirmation"
	"galley/internal/account"
	"galley/internal/database"
	"galley/internal/mail"
)

// signUp asks for an account, and returns the letter's secret.
func (s shop) signUp(email, password string) string {
	s.t.Helper()
	out, err := s.w.SignUp(s.anonymous(), account.SignUpInput{Email: email, Password: password, Name: " Ada Lovelace "})
	if err != nil || len(out.UserErrors) > 0 || out.Email == nil || *out.Email != email {
		s.t.Fatalf("got %+v, %v", out, err)
	}
	return s.token(mail.ConfirmSignUp, email)
}

func TestSignUp(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		s.in("answers alike whether or not there is an account: the letter differs", func(t *testing.T, s shop) {
			closed := s.user("closed@example.org")
			s.db.Client.User.UpdateOne(closed).SetActive(false).ExecX(s.system())
			s.user("taken@example.org")
			type answer struct{ statements, users, jobs, confirmations int }
			ask := func(email string) answer {
				rows := func() answer {
					return answer{
						users: s.db.Client.User.Query().CountX(s.system()), jobs: s.db.Client.Job.Query().CountX(s.system()),
						confirmations: s.db.Client.Confirmation.Query().CountX(s.system()),
					}
				}
				before := rows()
				ctx, counter := database.WithCounter(at(s.anonymous(), "192.0.2.1"))
				out, err := s.w.SignUp(ctx, account.SignUpInput{Email: strings.ToUpper(" " + email), Password: password})
				if err != nil || out.Email == nil || *out.Email != email || len(out.UserErrors) > 0 {
					t.Fatalf("%s: got %+v, %v", email, out, err)
				}
				after := rows()
				return answer{counter.Statements(), after.users - before.users, after.jobs - before.jobs, after.confirmations - before.confirmations}
			}
			unknown := ask("unknown@example.org")
			if l := s.letter(mail.ConfirmSignUp, "unknown@example.org"); l.Data.(mail.TokenData).Hours != 24 {
				t.Errorf("sent %+v", l)
			}
			for _, email := range []string{"taken@example.org", "closed@example.org"} {
				if known := ask(email); known != unknown || known.users != 0 || known.jobs != 1 || known.confirmations != 1 {
					t.Errorf("an address with an account: %+v, without: %+v", known, unknown)
				}
				if l := s.letter(mail.HasAccount, email); l.Data != nil {
					t.Errorf("sent %+v", l)
				}
			}
		})
		s.in("stores neither the password nor the letter's secret", func(t *testing.T, s shop) {
			text := s.signUp("secret@example.org", password)
			c := s.db.Client.Confirmation.Query().Where(confirmation.Email("secret@example.org")).OnlyX(s.system())
			if !strings.HasPrefix(c.PasswordHash, "$argon2id$") || strings.Contains(c.PasswordHash, password) || strings.Contains(text, string(c.TokenHash)) {
				t.Errorf("stored %q", c.PasswordHash)
			}
			for _, j := range s.db.Client.Job.Query().AllX(s.system()) {
				if p := string(j.Payload); strings.Contains(p, text[3:]) || strings.Contains(p, "argon2") || strings.Contains(p, password) {
					t.Errorf("the job carries %s", p)
				}
			}
		})
		s.in("writes no name that a stranger gave", func(t *testing.T, s shop) {
			_, err := s.w.SignUp(s.anonymous(), account.SignUpInput{Email: "victim@example.org", Password: password, Name: "You have won, see https://evil.example"})
			if err != nil {
				t.Fatal(err)
			}
			if l := s.letter(mail.ConfirmSignUp, "victim@example.org"); l.Name != "" {
				t.Errorf("sent %+v", l)
			}
		})
		s.in("says all that is wrong at once, and asks for nothing", func(t *testing.T, s shop) {
			out, err := s.w.SignUp(s.anonymous(), account.SignUpInput{Email: "ada", Password: "password", Name: "a\nb"})
			if err != nil || out.Email != nil {
				t.Fatalf("got %+v, %v", out, err)
			}
			wantErrors(t, out.UserErrors, "INVALID/email", "PASSWORD_WEAK/password", "INVALID/name")
			if sent := s.work(); len(sent) > 0 {
				t.Errorf("sent %+v", sent)
			}
		})
		s.in("takes names of 200 characters, and no more", func(t *testing.T, s shop) {
			out, err := s.w.SignUp(s.anonymous(), account.SignUpInput{Email: "long@example.org", Password: "short", Name: strings.Repeat("é", 200)})
			if err != nil {
				t.Fatal(err)
			}
			wantErrors(t, out.UserErrors, "PASSWORD_WEAK/password")
			out, err = s.w.SignUp(s.anonymous(), account.SignUpInput{Email: "long@example.org", Password: "short", Name: strings.Repeat("é", 201)})
			if err != nil {
				t.Fatal(err)
			}
			wantErrors(t, out.UserErrors, "PASSWORD_WEAK/password", "INVALID/name")
		})
		s.in("may be sent again under its key: one letter, the same answer", func(t *testing.T, s shop) {
			ctx := database.WithRequest(s.anonymous(), database.Request{Scope: "signUp", Key: "k", Hash: []byte("h")})
			for range 2 {
				out, err := s.w.SignUp(ctx, account.SignUpInput{Email: "twice@example.org", Password: password})
				if err != nil || out.Email == nil || *out.Email != "twice@example.org" || len(out.UserErrors) > 0 {
					t.Fatalf("got %+v, %v", out, err)
				}
			}
			s.letter(mail.ConfirmSignUp, "twice@example.org")
		})
	})
}
