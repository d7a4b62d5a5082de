package session_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/signingkey"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/secret"
	"galley/internal/session"
	"galley/internal/token"
)

// keys are the shop's signing keys, by their status.
func (s shop) keys() map[signingkey.Status][]*ent.SigningKey {
	s.t.Helper()
	all, err := s.w.Keys(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	by := map[signingkey.Status][]*ent.SigningKey{}
	for _, k := range all {
		by[k.Status] = append(by[k.Status], k)
	}
	return by
}

// kid is the name of the one key of a status.
func (s shop) kid(status signingkey.Status) string {
	s.t.Helper()
	found := s.keys()[status]
	if len(found) != 1 {
		s.t.Fatalf("%d keys are %s", len(found), status)
	}
	return found[0].Kid
}

func (s shop) done(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

const (
	next     = signingkey.StatusNEXT
	current  = signingkey.StatusCURRENT
	previous = signingkey.StatusPREVIOUS
)

func TestKeys(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		s.in("are made by whoever needs them first, and published", func(t *testing.T, s shop) {
			if n := len(s.published()); n != 2 {
				t.Errorf("%d keys", n)
			}
			s.kid(current)
			s.kid(next)
		})
		s.in("lie in the database sealed", func(t *testing.T, s shop) {
			for status, keys := range s.keys() {
				plain, err := s.ring.Open("signing key "+keys[0].Kid, keys[0].PrivateKey)
				if err != nil || len(plain) != 32 || strings.Contains(string(keys[0].PrivateKey), string(plain)) || strings.Contains(keys[0].String(), string(keys[0].PrivateKey)) {
					t.Errorf("%s: %v", status, err)
				}
				if _, err := s.ring.Open("signing key another", keys[0].PrivateKey); err == nil {
					t.Error("it opens under another name")
				}
			}
		})
		s.in("rotate without signing anyone out, on processes that know nothing of it", func(t *testing.T, s shop) {
			u := s.user("ada@example.org")
			other := s.other()
			before := s.tokens(u)
			other.opens(*before.Token)
			wasCurrent, wasNext := s.kid(current), s.kid(next)
			s.done(s.w.Rotate(t.Context()))
			if s.kid(current) != wasNext || s.kid(previous) != wasCurrent || s.kid(next) == wasNext {
				t.Errorf("keys are %v", s.keys())
			}
			s.w = session.New(s.db, s.ring)
			after := s.tokens(u)
			if head, _ := token.HeadOf(*after.Token); head != token.Head(wasNext) {
				t.Error("another key signs than the one that was next")
			}
			for _, text := range []string{*before.Token, *after.Token} {
				s.opens(text)
				other.opens(text)
			}
			if n := len(s.published()); n != 3 {
				t.Errorf("%d keys are published", n)
			}
			s.wait(2 * time.Second)
			s.done(s.w.Rotate(t.Context()))
			s.wait(2 * time.Second)
			s.done(s.w.Rotate(t.Context())) // now a key signs that the other process has never seen
			s.w = session.New(s.db, s.ring)
			other.opens(*s.tokens(u).Token)
			s.opens(*before.Token)
			s.wait(25 * time.Hour)
			s.done(s.w.Rotate(t.Context()))
			if n := len(s.keys()[previous]); n != 1 {
				t.Errorf("%d former keys are left after a day", n)
			}
		})
		s.in("rotate after thirty days, and once", func(t *testing.T, s shop) {
			kid, upcoming := s.kid(current), s.kid(next)
			s.wait(30*24*time.Hour - time.Microsecond)
			s.done(s.w.RotateIfDue(t.Context()))
			if s.kid(current) != kid {
				t.Error("rotated too early")
			}
			s.wait(time.Microsecond)
			processes := []shop{s.other(), s.other(), s.other(), s.other()}
			var all sync.WaitGroup
			for _, p := range processes {
				all.Go(func() {
					if err := p.w.RotateIfDue(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if s.kid(current) != upcoming {
				t.Errorf("keys are %v", s.keys())
			}
		})
		s.in("that are replaced open nothing any more, and their sessions go on", func(t *testing.T, s shop) {
			other := s.other()
			o := s.tokens(s.user("leak@example.org"))
			other.opens(*o.Token)
			s.done(s.w.Replace(t.Context()))
			s.wait(time.Minute)
			_, err := other.w.Authenticate(t.Context(), *o.Token)
			ended(t, err)
			p, err := other.refresh(*o.RefreshToken)
			if err != nil {
				t.Fatal(err)
			}
			s.opens(*p.Token)
		})
	})
}

// TestKeysAreReadSeldom counts what strangers cause who send tokens of keys that nobody has.
func TestKeysAreReadSeldom(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		s.opens(*s.tokens(s.user("ada@example.org")).Token)
		cost := func(text string) int {
			ctx, counter := database.WithCounter(t.Context())
			_, err := s.w.Authenticate(ctx, text)
			ended(t, err)
			return counter.Statements()
		}
		unknown := func(kid string) string { return token.Head(kid) + ".e30." + strings.Repeat("A", 86) }
		for _, step := range []struct {
			wait time.Duration
			want int
		}{{0, 0}, {time.Second, 1}, {0, 0}, {time.Second - time.Microsecond, 0}, {time.Microsecond, 1}, {-time.Hour, 1}, {0, 0}} {
			s.wait(step.wait)
			if n := cost(unknown(time.Duration(s.ahead.Load()).String())); n != step.want {
				t.Errorf("%v later it takes %d statements, not %d", step.wait, n, step.want)
			}
		}
		if n := cost("token"); n != 0 {
			t.Errorf("what is no token takes %d statements", n)
		}
	})
}

// TestManyMakeTheKeys has processes start at once on a database without keys: they agree on one pair.
func TestManyMakeTheKeys(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		u := s.user("ada@example.org")
		tokens := make([]string, 8)
		var ready, all sync.WaitGroup
		ready.Add(len(tokens))
		for i := range tokens {
			p := s.other()
			all.Go(func() {
				ready.Done()
				ready.Wait()
				if i%2 == 0 {
					if err := p.w.Prepare(t.Context()); err != nil {
						t.Error(err)
					}
				}
				tokens[i] = *p.tokens(u).Token
			})
		}
		all.Wait()
		s.kid(current)
		s.kid(next)
		for _, text := range tokens {
			s.opens(text)
		}
	})
}

func TestPrepare(t *testing.T) {
	t.Parallel()
	old, young := secret.New(), secret.New()
	ring := func(t *testing.T, text string) *secret.Ring {
		t.Helper()
		r, err := secret.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		with := func(r *secret.Ring) shop { return shop{t: t, db: db, w: session.New(db, r), ring: r} }
		s := with(ring(t, old))
		s.done(s.w.Prepare(t.Context()))
		u := s.user("ada@example.org")
		o := s.tokens(u)
		kid := s.kid(current)

		lost := with(ring(t, young))
		for name, refuse := range map[string]func(context.Context) error{"a start": lost.w.Prepare, "a rotation": lost.w.Rotate} {
			err := refuse(t.Context())
			if !errors.Is(err, secret.ErrUnknownKey) || !strings.Contains(err.Error(), "GALLEY_SECRET_KEY") || !strings.Contains(err.Error(), "galley keys replace") {
				t.Errorf("%s with another key: %v", name, err)
			}
		}
		none := with(secret.Development())
		if err := none.w.Replace(t.Context()); !errors.Is(err, secret.ErrUnknownKey) {
			t.Errorf("keys that have a secret are replaced by such that everybody can open: %v", err)
		}
		if s.kid(current) != kid {
			t.Fatal("refused, and changed")
		}

		both := with(ring(t, young+","+old))
		both.done(both.w.Prepare(t.Context()))
		changed := with(ring(t, young))
		changed.done(changed.w.Prepare(t.Context()))
		if changed.kid(current) != kid {
			t.Error("another key signs after the change of the secret")
		}
		changed.opens(*o.Token)

		changed.done(changed.w.Replace(t.Context()))
		third := with(newRing(t))
		third.done(third.w.Replace(t.Context()))
		third.done(third.w.Prepare(t.Context()))
		third.opens(*third.tokens(u).Token)
	})
	t.Run("replaces what everybody can open", func(t *testing.T) {
		databasetest.Each(t, func(t *testing.T, db *database.DB) {
			demo := shop{t: t, db: db, w: session.New(db, secret.Development())}
			demo.done(demo.w.Prepare(t.Context()))
			demo.done(demo.w.Rotate(t.Context()))
			o := demo.tokens(demo.user("ada@example.org"))
			known := demo.published()
			s := shop{t: t, db: db, w: session.New(db, newRing(t))}
			s.done(s.w.Prepare(t.Context()))
			for kid := range s.published() {
				if known[kid] != nil {
					t.Errorf("%s is still there", kid)
				}
			}
			_, err := s.w.Authenticate(t.Context(), *o.Token)
			ended(t, err)
			p, err := s.refresh(*o.RefreshToken)
			if err != nil {
				t.Fatal(err)
			}
			s.opens(*p.Token)
		})
	})
}
