package account_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"galley/ent/user"
	"galley/internal/account"
	"galley/internal/database"
	"galley/internal/fault"
)

func TestSignUp(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		s.in("opens an account that may do nothing special, and says its address as it is written here", func(t *testing.T, s shop) {
			out, err := s.w.SignUp(s.anonymous(), account.SignUpInput{Email: " Ada@Example.ORG", Password: password, Name: " Ada Lovelace "})
			if err != nil || len(out.UserErrors) > 0 || out.Email == nil || *out.Email != "ada@example.org" {
				t.Fatalf("got %+v, %v", out, err)
			}
			u := s.db.Client.User.Query().Where(user.Email("ada@example.org")).OnlyX(s.system())
			if u.Name != "Ada Lovelace" || string(u.NameKey) != "ada lovelace" || u.Staff || len(u.Permissions) > 0 || !u.Active || u.Version != 1 {
				t.Errorf("got %+v", u)
			}
			if hash := s.hash(u.ID); !strings.HasPrefix(hash, "$argon2id$") || strings.Contains(hash, password) {
				t.Errorf("stored %q", hash)
			}
			if n := s.openSessions(u.ID); n != 0 {
				t.Errorf("%d sessions without a sign-in", n)
			}
		})
		s.in("refuses an address that has an account, however it is written", func(t *testing.T, s shop) {
			s.user("taken@example.org")
			out, err := s.w.SignUp(s.anonymous(), account.SignUpInput{Email: "TAKEN@example.org ", Password: password})
			if err != nil || out.Email != nil {
				t.Fatalf("got %+v, %v", out, err)
			}
			wantErrors(t, out.UserErrors, "EMAIL_TAKEN/email")
		})
		s.in("says all that is wrong at once, and makes nothing", func(t *testing.T, s shop) {
			before := s.db.Client.User.Query().CountX(s.system())
			out, err := s.w.SignUp(s.anonymous(), account.SignUpInput{Email: "ada", Password: "password", Name: "a\nb"})
			if err != nil || out.Email != nil {
				t.Fatalf("got %+v, %v", out, err)
			}
			wantErrors(t, out.UserErrors, "INVALID/email", "PASSWORD_WEAK/password", "INVALID/name")
			if after := s.db.Client.User.Query().CountX(s.system()); after != before {
				t.Errorf("%d accounts more", after-before)
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
		s.in("may be sent again under its key: one account, the same answer", func(t *testing.T, s shop) {
			ctx := database.WithRequest(s.anonymous(), database.Request{Scope: "signUp", Key: "k", Hash: []byte("h")})
			for range 2 {
				out, err := s.w.SignUp(ctx, account.SignUpInput{Email: "twice@example.org", Password: password})
				if err != nil || out.Email == nil || *out.Email != "twice@example.org" || len(out.UserErrors) > 0 {
					t.Fatalf("got %+v, %v", out, err)
				}
			}
		})
	})
}

func TestSignUpsWithOneAddressAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		var (
			wg      sync.WaitGroup
			mu      sync.Mutex
			reasons []fault.Reason
		)
		for range 4 {
			wg.Go(func() {
				out, err := s.w.SignUp(s.anonymous(), account.SignUpInput{Email: "race@example.org", Password: password})
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				for _, e := range out.UserErrors {
					reasons = append(reasons, e.Code)
				}
			})
		}
		wg.Wait()
		if want := slices.Repeat([]fault.Reason{account.EmailTaken}, 3); !slices.Equal(reasons, want) {
			t.Errorf("got %q, want %q", reasons, want)
		}
		users, credentials := s.db.Client.User.Query().CountX(s.system()), s.db.Client.Credential.Query().CountX(s.system())
		if users != 1 || credentials != 1 {
			t.Errorf("%d accounts, %d credentials", users, credentials)
		}
	})
}
