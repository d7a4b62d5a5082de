package identity_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"galley/ent"
	"galley/internal/account"
	"galley/internal/cart"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/identity"
	"galley/internal/identity/issuertest"
	"galley/internal/live"
	"galley/internal/secret"
	"galley/internal/session"
	"galley/internal/viewer"
)

// shop is a database with the workflow that is tested, and an issuer that it knows as "local".
type shop struct {
	t      *testing.T
	db     *database.DB
	w      *identity.Workflow
	issuer *issuertest.Issuer
	log    *log
	clock  *clock

	sessions *session.Workflow
}

// clock is the shop's and the issuer's.
type clock struct{ past atomic.Int64 }

func (c *clock) now() time.Time {
	return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC).Add(time.Duration(c.past.Load()))
}

func (c *clock) advance(d time.Duration) { c.past.Add(int64(d)) }

// log is what was logged.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// each runs a test on a shop on each engine.
func each(t *testing.T, test func(t *testing.T, s shop)) {
	t.Helper()
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			c := &clock{}
			s := shop{t: t, db: databasetest.Open(t, engine, c.now), issuer: issuertest.New(t, c.now), log: &log{}, clock: c}
			s.sessions = session.New(s.db, secret.Development())
			s.w = s.knowing(s.issuer.Settings("local", nil))
			test(t, s)
		})
	}
}

// knowing makes a workflow of these providers.
func (s shop) knowing(settings ...map[string]any) *identity.Workflow {
	return s.claiming(account.Claim, settings...)
}

func (s shop) claiming(claim identity.Claim, settings ...map[string]any) *identity.Workflow {
	s.t.Helper()
	text, err := json.Marshal(settings)
	if err != nil {
		s.t.Fatal(err)
	}
	providers, err := identity.ParseProviders(text, func(string) string { return "" })
	if err != nil {
		s.t.Fatal(err)
	}
	carts := cart.New(cart.Options{Database: s.db, Currency: "GBP", Secrets: secret.Development(), Live: new(live.Broker)})
	return identity.New(identity.Options{
		Database: s.db, Sessions: s.sessions, Secrets: secret.Development(), Providers: providers, Claim: claim, Adopt: carts.Adopt,
		Logger: slog.New(slog.NewTextHandler(s.log, nil)),
	})
}

// in runs a subtest with the same shop.
func (s shop) in(name string, test func(t *testing.T, s shop)) {
	s.t.Helper()
	s.t.Run(name, func(t *testing.T) {
		t.Helper()
		s := s
		s.t = t
		test(t, s)
		s.issuer.Twist(issuertest.Twist{})
	})
}

func (s shop) system() context.Context { return databasetest.System(s.t.Context()) }

func (s shop) anonymous() context.Context { return viewer.With(s.t.Context(), viewer.Viewer{}) }

// as is the context of an operation of an account.
func (s shop) as(u *ent.User) context.Context {
	return viewer.With(s.t.Context(), viewer.Viewer{Kind: viewer.Shopper, UserID: u.ID})
}

// user makes an account without a password.
func (s shop) user(email string) *ent.User {
	s.t.Helper()
	return s.db.Client.User.Create().SetEmail(email).SetNameKey([]byte{}).SaveX(s.system())
}

// person has the issuer know somebody, and returns how they sign in there.
func (s shop) person(subject string, more ...any) string {
	claims := map[string]any{"sub": subject, "email": subject + "@example.org", "email_verified": true, "name": "Ann Lee"}
	for i := 0; i < len(more); i += 2 {
		claims[more[i].(string)] = more[i+1]
	}
	s.issuer.Knows(claims)
	return subject
}

// start begins a sign-in at the local issuer.
func (s shop) start(ctx context.Context) *identity.StartPayload {
	s.t.Helper()
	out, err := s.w.Start(ctx, identity.StartInput{Provider: "local", RedirectURI: issuertest.Redirect})
	if err != nil || len(out.UserErrors) > 0 {
		s.t.Fatalf("start: %+v, %v", out, err)
	}
	return out
}

// come begins a sign-in, goes through the issuer, and returns what is to be completed.
func (s shop) come(ctx context.Context, subject string) identity.CompleteInput {
	s.t.Helper()
	started := s.start(ctx)
	return back(started, s.issuer.Visit(s.t, *started.URL, subject))
}

func back(started *identity.StartPayload, q url.Values) identity.CompleteInput {
	iss := q.Get("iss")
	return identity.CompleteInput{
		Flow: *started.Flow, State: q.Get("state"), Code: q.Get("code"), Iss: &iss, Presentation: session.Token,
	}
}

// enter goes all the way, and fails unless it leads to an account, which it returns.
func (s shop) enter(ctx context.Context, subject string) *ent.User {
	s.t.Helper()
	out, err := s.w.Complete(ctx, s.come(ctx, subject))
	if err != nil || out.UserID == 0 || len(out.UserErrors) > 0 {
		s.t.Fatalf("complete: %+v, %v\n%s", out, err, s.log)
	}
	return s.db.Client.User.GetX(s.system(), out.UserID)
}

// wantRefused fails unless a sign-in was refused with this code, and nobody came in.
func (s shop) wantRefused(in identity.CompleteInput, want fault.Reason) {
	s.t.Helper()
	s.wantRefusedTo(s.anonymous(), in, want)
}

func (s shop) wantRefusedTo(ctx context.Context, in identity.CompleteInput, want fault.Reason) {
	s.t.Helper()
	before, was := s.rows(), viewer.From(ctx).UserID
	out, err := s.w.Complete(ctx, in)
	switch {
	case err != nil:
		s.t.Errorf("got %v, want %s", err, want)
	case len(out.UserErrors) != 1 || out.UserErrors[0].Code != want:
		s.t.Errorf("got %+v, want %s\n%s", out, want, s.log)
	case out.Token != nil || out.UserID != 0 || viewer.From(ctx).UserID != was:
		s.t.Errorf("refused, and let in: %+v", out)
	}
	if after := s.rows(); after != before {
		s.t.Errorf("refused, and left %+v after %+v", after, before)
	}
}

// left is how many rows there are.
type left struct{ users, identities, sessions, noted int }

func (s shop) rows() left {
	s.t.Helper()
	c := s.db.Client
	return left{
		c.User.Query().CountX(s.system()), c.Identity.Query().CountX(s.system()),
		c.Session.Query().CountX(s.system()), c.AuditEntry.Query().CountX(s.system()),
	}
}

// wantCode fails unless err has the code.
func wantCode(t *testing.T, err error, want fault.Code) {
	t.Helper()
	if code, _ := fault.CodeOf(err); code != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
