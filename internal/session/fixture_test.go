package session_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/origin"
	"galley/internal/secret"
	"galley/internal/session"
	"galley/internal/viewer"
)

// shop is a database with the workflow that is tested, and its clock.
type shop struct {
	t     *testing.T
	db    *database.DB
	w     *session.Workflow
	ahead *atomic.Int64
	ring  *secret.Ring
}

// each runs a test on both engines, with a clock that stands still unless the test moves it.
func each(t *testing.T, test func(t *testing.T, s shop)) {
	t.Helper()
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			test(t, open(t, engine))
		})
	}
}

func open(t *testing.T, engine databasetest.Engine) shop {
	t.Helper()
	var ahead atomic.Int64
	start := time.Date(2026, 3, 1, 9, 0, 0, 250_000_000, time.UTC)
	db := databasetest.Open(t, engine, func() time.Time { return start.Add(time.Duration(ahead.Load())) })
	ring := newRing(t)
	return shop{t, db, session.New(db, ring), &ahead, ring}
}

func newRing(t *testing.T) *secret.Ring {
	t.Helper()
	ring, err := secret.Parse(secret.New())
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// in runs a subtest with the same shop.
func (s shop) in(name string, test func(t *testing.T, s shop)) {
	s.t.Helper()
	s.t.Run(name, func(t *testing.T) {
		t.Helper()
		s.t = t
		test(t, s)
	})
}

// other is another process of the same shop: it shares nothing but the database.
func (s shop) other() shop {
	s.w = session.New(s.db, s.ring)
	return s
}

// wait moves the clock.
func (s shop) wait(d time.Duration) { s.ahead.Add(int64(d)) }

func (s shop) system() context.Context { return databasetest.System(s.t.Context()) }

func (s shop) user(email string, with ...func(*ent.UserCreate)) *ent.User {
	s.t.Helper()
	create := s.db.Client.User.Create().SetEmail(email).SetNameKey([]byte{})
	for _, f := range with {
		f(create)
	}
	return create.SaveX(s.system())
}

// browser is the context of a request that a cookie can be set for, and the cookie.
func (s shop) browser() (context.Context, *origin.Cookie) {
	cookie := new(origin.Cookie)
	ctx := viewer.With(s.t.Context(), viewer.Viewer{})
	return origin.With(ctx, origin.Origin{Address: netip.MustParseAddr("192.0.2.1"), UserAgent: "Mosaic", Cookie: cookie}), cookie
}

// begin opens a session, and lets the context run as it.
func (s shop) begin(ctx context.Context, u *ent.User, p session.Presentation) *session.Opened {
	s.t.Helper()
	var opened *session.Opened
	err := s.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) (err error) {
		opened, err = s.w.Begin(ctx, tx, u, p)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.w.Present(ctx, opened)
	return opened
}

// tokens opens a session with tokens.
func (s shop) tokens(u *ent.User) *session.Opened {
	s.t.Helper()
	ctx, _ := s.browser()
	return s.begin(ctx, u, session.Token)
}

// cookie opens a session with a cookie, and returns its secret.
func (s shop) cookie(u *ent.User) (*session.Opened, string) {
	s.t.Helper()
	ctx, cookie := s.browser()
	opened := s.begin(ctx, u, session.Cookie)
	change, ok := cookie.Change()
	if !ok || change.Secret == "" || !change.Expires.Equal(opened.ExpiresAt) {
		s.t.Fatalf("set %+v, %v", change, ok)
	}
	return opened, change.Secret
}

// as is the context of a request with an access token.
func (s shop) as(text string) context.Context {
	s.t.Helper()
	v, err := s.w.Authenticate(s.t.Context(), text)
	if err != nil {
		s.t.Fatal(err)
	}
	return viewer.With(s.t.Context(), v)
}

// refresh sends a refresh token.
func (s shop) refresh(text string) (*session.RefreshPayload, error) {
	return s.w.Refresh(viewer.With(s.t.Context(), viewer.Viewer{}), session.RefreshInput{RefreshToken: text})
}

// tx runs a step of other workflows.
func (s shop) tx(step func(ctx context.Context, tx *ent.Tx) error) {
	s.t.Helper()
	if err := s.db.InTx(s.system(), step); err != nil {
		s.t.Fatal(err)
	}
}

// opens fails unless a token opens its session.
func (s shop) opens(text string) {
	s.t.Helper()
	if _, err := s.w.Authenticate(s.t.Context(), text); err != nil {
		s.t.Errorf("the token opens nothing: %v", err)
	}
}

// ended fails unless what a credential opens has ended.
func ended(t *testing.T, err error) {
	t.Helper()
	if code, _ := fault.CodeOf(err); code != fault.Unauthenticated || err.Error() != session.Ended().Error() {
		t.Errorf("got %v", err)
	}
}

func wantCode(t *testing.T, err error, want fault.Code) {
	t.Helper()
	if code, _ := fault.CodeOf(err); code != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// published are the public keys that the shop serves, by their ids.
func (s shop) published() map[string]ed25519.PublicKey {
	s.t.Helper()
	answer := httptest.NewRecorder()
	s.w.ServeKeys(answer, httptest.NewRequestWithContext(s.t.Context(), "GET", "/.well-known/jwks.json", nil))
	var set struct {
		Keys []struct{ Kty, Crv, X, Kid, Use, Alg string }
	}
	d := json.NewDecoder(bytes.NewReader(answer.Body.Bytes()))
	d.DisallowUnknownFields()
	if err := d.Decode(&set); err != nil || answer.Code != 200 || answer.Header().Get("Cache-Control") != "public, max-age=300" {
		s.t.Fatalf("answered %d %v %s: %v", answer.Code, answer.Header(), answer.Body, err)
	}
	keys := map[string]ed25519.PublicKey{}
	for _, k := range set.Keys {
		x, err := base64.RawURLEncoding.DecodeString(k.X)
		if err != nil || len(x) != ed25519.PublicKeySize || k.Kty != "OKP" || k.Crv != "Ed25519" || k.Use != "sig" || k.Alg != "EdDSA" {
			s.t.Fatalf("published %+v", k)
		}
		keys[k.Kid] = x
	}
	return keys
}
