package account_test

import (
	"crypto/rand"
	"encoding/base64"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"galley/ent"
	"galley/ent/cart"
	"galley/ent/credential"
	"galley/internal/account"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/token"
	"galley/internal/viewer"
)

func TestSignIn(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		s.in("opens a session of 30 days, and goes on as the account", func(t *testing.T, s shop) {
			u := s.member("ada@example.org", viewer.OrderRead)
			ctx := s.guest()
			out, err := s.w.SignIn(ctx, account.SignInInput{Email: " ADA@example.org", Password: password})
			if err != nil || len(out.UserErrors) > 0 || out.UserID != u.ID || out.Token == nil {
				t.Fatalf("got %+v, %v", out, err)
			}
			if left := time.Until(*out.ExpiresAt); left < 30*24*time.Hour-time.Minute || left > 30*24*time.Hour {
				t.Errorf("expires in %v", left)
			}
			v := viewer.From(ctx)
			if v.Kind != viewer.Staff || v.UserID != u.ID || !slices.Equal(v.Permissions, u.Permissions) {
				t.Errorf("goes on as %+v", v)
			}
			if !slices.Equal(v.CartToken, token.Hash("gc_a")) {
				t.Error("the guest's cart was lost")
			}
			later, err := s.sessions.Authenticate(t.Context(), *out.Token)
			if err != nil || later.UserID != u.ID || later.SessionID != v.SessionID {
				t.Errorf("the token opens %+v, %v", later, err)
			}
		})
		s.in("merges the guest's cart, if the password is right", func(t *testing.T, s shop) {
			u, c := s.user("merging@example.org"), s.db.Client.Cart
			own := c.Create().SetUserID(u.ID).SetCurrency("GBP").SaveX(s.system())
			theirs := c.Create().SetTokenHash(token.Hash("gc_a")).SetCurrency("GBP").SetEmail("guest@example.org").SaveX(s.system())
			for _, step := range []struct {
				tried string
				want  cart.Status
			}{{"wrong horse", cart.StatusOPEN}, {password, cart.StatusMERGED}} {
				if _, err := s.w.SignIn(s.guest(), account.SignInInput{Email: u.Email, Password: step.tried}); err != nil {
					t.Fatal(err)
				}
				if got := c.GetX(s.system(), theirs.ID); got.Status != step.want {
					t.Errorf("%s: the cart is %s", step.tried, got.Status)
				}
			}
			if got := c.GetX(s.system(), own.ID); got.Email != "guest@example.org" {
				t.Errorf("got %+v", got)
			}
		})
		s.in("answers alike whatever is wrong, and stays who it was", func(t *testing.T, s shop) {
			known := s.user("known@example.org")
			s.user("closed@example.org", func(c *ent.UserCreate) { c.SetActive(false) })
			none := s.user("none@example.org")
			s.db.Client.Credential.Delete().Where(credential.UserID(none.ID)).ExecX(s.system())
			for says, in := range map[string]account.SignInInput{
				"wrong password":  {Email: known.Email, Password: "wrong horse"},
				"unknown address": {Email: "unknown@example.org", Password: password},
				"closed account":  {Email: "closed@example.org", Password: password},
				"no password":     {Email: none.Email, Password: ""},
				"no address":      {Email: "known", Password: password},
				"too long":        {Email: known.Email, Password: strings.Repeat("x", 1<<20)},
				"another account": {Email: "known@example.org\x00", Password: password},
			} {
				ctx := s.anonymous()
				out, err := s.w.SignIn(ctx, in)
				if err != nil || out.Token != nil || out.UserID != 0 || out.ExpiresAt != nil {
					t.Errorf("%s: got %+v, %v", says, out, err)
					continue
				}
				wantErrors(t, out.UserErrors, "CREDENTIALS_WRONG")
				if out.UserErrors[0].Message != "E-mail and password do not fit" || viewer.From(ctx).Identified() {
					t.Errorf("%s: got %+v as %+v", says, out, viewer.From(ctx))
				}
			}
			if n := s.openSessions(known.ID); n != 0 {
				t.Errorf("%d sessions", n)
			}
		})
		s.in("refuses an idempotency key, and opens nothing", func(t *testing.T, s shop) {
			u := s.user("key@example.org")
			ctx := database.WithRequest(s.anonymous(), database.Request{Scope: "signIn", Key: "k", Hash: []byte("h")})
			_, err := s.w.SignIn(ctx, account.SignInInput{Email: u.Email, Password: password})
			wantCode(t, err, fault.BadUserInput)
			if s.openSessions(u.ID) != 0 {
				t.Error("a session was opened")
			}
		})
		s.in("renews a hash of old parameters, and clears what has expired", func(t *testing.T, s shop) {
			u := s.user("old@example.org")
			s.session(u, time.Now().Add(-time.Hour))
			s.setHash(u, oldHash(password))
			out, err := s.w.SignIn(s.anonymous(), account.SignInInput{Email: u.Email, Password: password})
			if err != nil || out.Token == nil {
				t.Fatalf("got %+v, %v", out, err)
			}
			if hash := s.hash(u.ID); !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
				t.Errorf("stored %q", hash)
			}
			if n := s.openSessions(u.ID); n != 1 {
				t.Errorf("%d sessions", n)
			}
		})
	})
}

// oldHash is a hash of parameters that are out of date.
func oldHash(password string) string {
	// base64 of "saltsalt"; the key is not of today's length either.
	key := argon2.IDKey([]byte(password), []byte("saltsalt"), 1, 1024, 1, 16)
	return "$argon2id$v=19$m=1024,t=1,p=1$c2FsdHNhbHQ$" + base64.RawStdEncoding.EncodeToString(key)
}

func (s shop) setHash(u *ent.User, hash string) {
	s.db.Client.Credential.Update().Where(credential.UserID(u.ID)).SetPasswordHash(hash).ExecX(s.system())
}

// TestSignInTakesAlike is not parallel: it measures. Not the time, which other processes change, but the
// memory: a hash takes 19 MiB, and nearly all of a sign-in's time.
func TestSignInTakesAlike(t *testing.T) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			s := open(t, databasetest.New(t, engine))
			u := s.user("known@example.org")
			took := func(email string) uint64 {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				if _, err := s.w.SignIn(s.anonymous(), account.SignInInput{Email: email, Password: "wrong horse"}); err != nil {
					t.Fatal(err)
				}
				runtime.ReadMemStats(&after)
				return after.TotalAlloc - before.TotalAlloc
			}
			const hash = 19 << 20
			if known, unknown := took(u.Email), took("unknown@example.org"); known < hash || unknown < hash || known > 3*hash/2 || unknown > 3*hash/2 {
				t.Errorf("a known address takes %d bytes, an unknown one %d, and a hash %d", known, unknown, hash)
			}
		})
	}
}

// moments lets a test act where a sign-in reads randomness (its password was right, its transaction
// has not begun) or, after that, the clock (it holds the account).
type moments struct {
	random, clock atomic.Pointer[func()]
	armed         atomic.Bool
}

func (m *moments) Read(p []byte) (int, error) {
	if f := m.random.Swap(nil); f != nil {
		m.armed.Store(true)
		(*f)()
	}
	return io.ReadFull(rand.Reader, p)
}

func (m *moments) now() time.Time {
	if m.armed.Load() {
		if f := m.clock.Swap(nil); f != nil {
			(*f)()
		}
	}
	return time.Now()
}

// interrupted is a shop whose sign-ins a test may step into.
func interrupted(t *testing.T, engine databasetest.Engine) (shop, *moments) {
	t.Helper()
	m := new(moments)
	db, err := database.Open(t.Context(), database.Options{URL: databasetest.URL(t, engine), Now: m.now, Random: m, Instance: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return open(t, db), m
}

func TestSignInWhileTheAccountChanges(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		signIn := func(s shop, u *ent.User) *account.SignInPayload {
			s.t.Helper()
			out, err := s.w.SignIn(s.anonymous(), account.SignInInput{Email: u.Email, Password: password})
			if err != nil {
				s.t.Fatal(err)
			}
			return out
		}
		for name, change := range map[string]func(shop, *ent.User){
			"password": func(s shop, u *ent.User) { s.setHash(u, oldHash("another battery staple")) },
			"closed":   func(s shop, u *ent.User) { s.db.Client.User.UpdateOneID(u.ID).SetActive(false).ExecX(s.system()) },
		} {
			t.Run(string(engine)+": is refused if the change comes first: "+name, func(t *testing.T) {
				t.Parallel()
				s, m := interrupted(t, engine)
				u := s.user("ada@example.org")
				s.setHash(u, oldHash(password)) // the salt of its renewal is read between the comparison and the transaction
				m.random.Store(ptr(func() { change(s, u) }))
				out := signIn(s, u)
				wantErrors(t, out.UserErrors, "CREDENTIALS_WRONG")
				if n := s.openSessions(u.ID); n != 0 || out.Token != nil {
					t.Errorf("%d sessions, %+v", n, out)
				}
			})
		}
		for name, change := range map[string]func(shop, *ent.User) (*database.Outcome, error){
			"password": func(s shop, u *ent.User) (*database.Outcome, error) {
				return s.w.UserUpdate(s.system(), account.UserUpdateInput{ID: id(u), Password: ptr("another battery staple")})
			},
			"closed": func(s shop, u *ent.User) (*database.Outcome, error) {
				return s.w.UserDeactivate(s.system(), account.UserDeactivateInput{ID: id(u)})
			},
		} {
			t.Run(string(engine)+": ends if the change comes after: "+name, func(t *testing.T) {
				t.Parallel()
				s, m := interrupted(t, engine)
				u := s.user("ada@example.org")
				changed := make(chan error, 1)
				m.random.Store(ptr(func() {}))
				m.clock.Store(ptr(func() {
					go func() {
						_, err := change(s, u)
						changed <- err
					}()
					time.Sleep(300 * time.Millisecond) // if the change did not wait, it would be made by now
				}))
				out := signIn(s, u)
				if out.Token == nil {
					t.Fatalf("got %+v", out)
				}
				if err := <-changed; err != nil {
					t.Fatal(err)
				}
				_, err := s.sessions.Authenticate(t.Context(), *out.Token)
				wantCode(t, err, fault.Unauthenticated)
				if n := s.openSessions(u.ID); n != 0 {
					t.Errorf("%d sessions were not ended", n)
				}
			})
		}
		t.Run(string(engine)+": is let in if somebody else has renewed the hash of the same password", func(t *testing.T) {
			t.Parallel()
			s, m := interrupted(t, engine)
			u := s.user("ada@example.org")
			current := s.hash(u.ID)
			s.setHash(u, oldHash(password))
			m.random.Store(ptr(func() { s.setHash(u, current) }))
			if out := signIn(s, u); out.Token == nil || s.hash(u.ID) != current {
				t.Errorf("got %+v, stored %s", out, s.hash(u.ID))
			}
		})
	}
}
