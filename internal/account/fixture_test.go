package account_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"galley/ent"
	entsession "galley/ent/session"
	"galley/internal/account"
	"galley/internal/cart"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/job"
	"galley/internal/live"
	"galley/internal/nodeid"
	"galley/internal/secret"
	"galley/internal/session"
	"galley/internal/token"
	"galley/internal/viewer"
)

const password = "correct horse battery"

// passwordHash is computed once: hashes are slow on purpose, and slower still with the race detector.
var passwordHash = sync.OnceValues(func() (string, error) { return account.Hash(password) })

// shop is a database with the workflow that is tested.
type shop struct {
	t  *testing.T
	db *database.DB
	w  *account.Workflow

	sessions *session.Workflow
	letters  *outbox
}

func open(t *testing.T, db *database.DB) shop {
	t.Helper()
	sessions, letters := session.New(db, secret.Development()), new(outbox)
	return shop{t, db, account.New(account.Options{
		Database: db, Sessions: sessions, Jobs: job.New(db), Mail: letters, Secrets: secret.Development(), Grace: 14 * 24 * time.Hour,
		Carts: cart.New(cart.Options{Database: db, Currency: "GBP", Secrets: secret.Development(), Live: new(live.Broker)}),
	}), sessions, letters}
}

func each(t *testing.T, test func(t *testing.T, s shop)) {
	t.Helper()
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) { test(t, open(t, db)) })
}

func (s shop) system() context.Context { return databasetest.System(s.t.Context()) }

// user makes an account that can sign in with the password.
func (s shop) user(email string, with ...func(*ent.UserCreate)) *ent.User {
	s.t.Helper()
	create := s.db.Client.User.Create().SetEmail(email).SetNameKey([]byte{})
	for _, f := range with {
		f(create)
	}
	hash, err := passwordHash()
	if err != nil {
		s.t.Fatal(err)
	}
	u := create.SaveX(s.system())
	s.db.Client.Credential.Create().SetUserID(u.ID).SetPasswordHash(hash).SaveX(s.system())
	return u
}

// member makes one of the staff.
func (s shop) member(email string, permissions ...viewer.Permission) *ent.User {
	s.t.Helper()
	return s.user(email, func(c *ent.UserCreate) { c.SetStaff(true).SetPermissions(permissions) })
}

// read reads an account again.
func (s shop) read(id int64) *ent.User {
	s.t.Helper()
	return s.db.Client.User.GetX(s.system(), id)
}

// hash is what is stored of an account's password.
func (s shop) hash(id int64) string {
	s.t.Helper()
	for _, c := range s.db.Client.Credential.Query().AllX(s.system()) {
		if c.UserID == id {
			return c.PasswordHash
		}
	}
	return ""
}

// session opens a session without hashing, and returns its access token.
func (s shop) session(u *ent.User, expires time.Time) string {
	s.t.Helper()
	var opened *session.Opened
	err := s.db.InTx(s.system(), func(ctx context.Context, tx *ent.Tx) (err error) {
		opened, err = s.sessions.Begin(ctx, tx, u, session.Token)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.db.Client.Session.UpdateOneID(opened.ID).SetExpiresAt(expires).ExecX(s.system())
	return *opened.Token
}

// openSessions counts an account's sessions that have not been revoked.
func (s shop) openSessions(id int64) int {
	s.t.Helper()
	return s.db.Client.Session.Query().Where(entsession.UserID(id), entsession.RevokedAtIsNil()).CountX(s.system())
}

// as is the context of an operation of an account.
func (s shop) as(u *ent.User) context.Context {
	v := viewer.Viewer{Kind: viewer.Shopper, UserID: u.ID}
	if u.Staff {
		v.Kind, v.Permissions = viewer.Staff, u.Permissions
	}
	return viewer.With(s.t.Context(), v)
}

func (s shop) anonymous() context.Context { return viewer.With(s.t.Context(), viewer.Viewer{}) }

func (s shop) guest() context.Context {
	return viewer.With(s.t.Context(), viewer.Viewer{Kind: viewer.Guest, CartToken: token.Hash("gc_a")})
}

// in runs a subtest with the same shop.
func (s shop) in(name string, test func(t *testing.T, s shop)) {
	s.t.Helper()
	s.t.Run(name, func(t *testing.T) {
		t.Helper()
		test(t, shop{t, s.db, s.w, s.sessions, s.letters})
	})
}

func id(u *ent.User) nodeid.ID { return nodeid.User.ID(u.ID) }

func ptr[T any](v T) *T { return &v }

// wantCode fails unless err has the code.
func wantCode(t *testing.T, err error, want fault.Code) {
	t.Helper()
	if code, _ := fault.CodeOf(err); code != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// done fails unless a mutation left the key of a row, and returns it.
func (s shop) done(out *database.Outcome, err error) int64 {
	s.t.Helper()
	if err != nil || out.Key == 0 || len(out.UserErrors) > 0 {
		s.t.Fatalf("got %+v, %v", out, err)
	}
	return out.Key
}

// wantErrors fails unless the user errors are these: a code, a slash and the path each.
func wantErrors(t *testing.T, got []fault.UserError, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("got %+v, want %q", got, want)
		return
	}
	for i, e := range got {
		text := string(e.Code)
		for _, f := range e.Field {
			text += "/" + f
		}
		if text != want[i] || e.Message == "" {
			t.Errorf("got %+v, want %q", e, want[i])
		}
	}
}

// wantRejected fails unless a mutation was rejected with these user errors.
func wantRejected(t *testing.T, out *database.Outcome, err error, want ...string) {
	t.Helper()
	if err != nil {
		t.Errorf("got %v, want %q", err, want)
		return
	}
	if out.Key != 0 {
		t.Errorf("rejected, with a key: %+v", out)
	}
	wantErrors(t, out.UserErrors, want...)
}
