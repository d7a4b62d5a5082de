package account_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"galley/internal/account"
	"galley/internal/fault"
)

// refused tells whether a mutation was refused for its number.
func refused(t *testing.T, err error) bool {
	t.Helper()
	if err != nil {
		wantCode(t, err, fault.RateLimited)
	}
	return err != nil
}

func TestGuessesAreLimited(t *testing.T) {
	moved(t, func(t *testing.T, s shop, later func(time.Duration)) {
		u := s.user("ada@example.org")
		guess := func(address, email, password string) (signedIn, limited bool) {
			t.Helper()
			out, err := s.w.SignIn(at(s.anonymous(), address), account.SignInInput{Email: email, Password: password})
			if refused(t, err) {
				return false, true
			}
			return out.Token != nil, false
		}
		const stranger, home = "192.0.2.1", "2001:db8::1"
		compared := 0
		for range 500 {
			if _, limited := guess(stranger, u.Email, "wrong horse"); !limited {
				compared++
			}
		}
		if compared != 10 {
			t.Errorf("of 500 passwords %d were compared", compared)
		}
		if in, limited := guess(stranger, u.Email, password); in || !limited {
			t.Error("the right one is let in though nobody may try it")
		}
		for range 3 { // the owner is not locked out, and uses up nothing
			if in, limited := guess(home, u.Email, password); !in || limited {
				t.Fatal("the owner is not let in from elsewhere")
			}
		}
		if _, limited := guess(stranger, "other@example.org", "wrong horse"); limited {
			t.Error("another account cannot be tried from there")
		}
		later(2 * time.Minute)
		if in, _ := guess(stranger, u.Email, password); !in {
			t.Error("it is not tried again after a while")
		}
	})
}

func TestOwnPasswordsAreLimitedAsSignInsAre(t *testing.T) {
	moved(t, func(t *testing.T, s shop, _ func(time.Duration)) {
		u := s.user("ada@example.org")
		ctx, _ := s.signedIn(u)
		ctx = at(ctx, "192.0.2.1")
		wrong := ptr("wrong horse")
		tries := []func() error{
			func() error {
				_, err := s.w.PasswordChange(ctx, account.PasswordChangeInput{CurrentPassword: *wrong, NewPassword: another})
				return err
			},
			func() error {
				_, err := s.w.AccountDelete(ctx, account.DeleteInput{Password: wrong})
				return err
			},
			func() error {
				_, err := s.w.SignIn(ctx, account.SignInInput{Email: u.Email, Password: *wrong})
				return err
			},
		}
		for i := range 10 {
			if err := tries[i%3](); err != nil {
				t.Fatal(err)
			}
		}
		for _, try := range tries {
			if !refused(t, try()) {
				t.Error("an eleventh guess was compared")
			}
		}
	})
}

func TestLettersAreLimited(t *testing.T) {
	moved(t, func(t *testing.T, s shop, later func(time.Duration)) {
		reset := func(ctx context.Context, email string) bool {
			t.Helper()
			_, err := s.w.PasswordResetRequest(ctx, account.PasswordResetRequestInput{Email: email})
			return refused(t, err)
		}
		for i := range 5 {
			if reset(at(s.anonymous(), fmt.Sprintf("198.51.100.%d", i)), "ada@example.org") {
				t.Errorf("letter %d was refused", i)
			}
		}
		if !reset(at(s.anonymous(), "198.51.100.9"), "ADA@example.org") {
			t.Error("a sixth letter to one address")
		}
		_, err := s.w.SignUp(at(s.anonymous(), "198.51.100.9"), account.SignUpInput{Email: "ada@example.org", Password: password})
		if !refused(t, err) {
			t.Error("a sixth letter, of another kind")
		}
		sent := 0
		for i := range 40 {
			if !reset(at(s.anonymous(), "192.0.2.1"), fmt.Sprintf("a%d@example.org", i)) {
				sent++
			}
		}
		if sent != 20 {
			t.Errorf("%d letters from one address", sent)
		}
		later(10 * time.Minute)
		if reset(at(s.anonymous(), "198.51.100.9"), "ada@example.org") {
			t.Error("none is sent again after a while")
		}
	})
}

func TestTokensAreLimited(t *testing.T) {
	moved(t, func(t *testing.T, s shop, _ func(time.Duration)) {
		looked := 0
		for i := range 60 {
			_, err := s.w.EmailChangeConfirm(at(s.anonymous(), "192.0.2.1"), account.EmailChangeConfirmInput{Token: fmt.Sprintf("gv_%d", i)})
			if !refused(t, err) {
				looked++
			}
		}
		if looked != 30 {
			t.Errorf("%d secrets were looked up", looked)
		}
	})
}
