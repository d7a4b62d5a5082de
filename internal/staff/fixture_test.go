package staff_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"galley/ent"
	entsession "galley/ent/session"
	"galley/internal/account"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/job"
	"galley/internal/live"
	"galley/internal/nodeid"
	"galley/internal/secret"
	"galley/internal/session"
	"galley/internal/staff"
	"galley/internal/token"
	"galley/internal/viewer"
)

// shop is a database with the workflow that is tested.
type shop struct {
	t  *testing.T
	db *database.DB
	w  *staff.Workflow

	live     *live.Broker
	sessions *session.Workflow
	accounts *account.Workflow
}

func open(t *testing.T, db *database.DB) shop {
	t.Helper()
	broker := live.NewBroker(slog.New(slog.DiscardHandler))
	sessions := session.New(db, secret.Development()).WithLive(broker)
	return shop{t, db, staff.New(db, sessions, slog.New(slog.DiscardHandler)), broker, sessions, account.New(account.Options{
		Database: db, Sessions: sessions, Jobs: job.New(db), Secrets: secret.Development(), Grace: 24 * time.Hour,
	})}
}

func each(t *testing.T, test func(t *testing.T, s shop)) {
	t.Helper()
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) { test(t, open(t, db)) })
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

func (s shop) system() context.Context { return databasetest.System(s.t.Context()) }

func (s shop) user(email string, with ...func(*ent.UserCreate)) *ent.User {
	s.t.Helper()
	create := s.db.Client.User.Create().SetEmail(email).SetNameKey([]byte{})
	for _, f := range with {
		f(create)
	}
	return create.SaveX(s.system())
}

// member makes one of the staff.
func (s shop) member(email string, permissions ...viewer.Permission) *ent.User {
	s.t.Helper()
	return s.user(email, func(c *ent.UserCreate) { c.SetStaff(true).SetPermissions(permissions) })
}

// role makes a role that some have.
func (s shop) role(name string, permissions []viewer.Permission, holders ...*ent.User) *ent.Role {
	s.t.Helper()
	r := s.db.Client.Role.Create().SetName(name).SetPermissions(permissions).SaveX(s.system())
	for _, u := range holders {
		s.db.Client.UserRole.Create().SetUserID(u.ID).SetRoleID(r.ID).SaveX(s.system())
	}
	return r
}

// as is the context of an operation of an account, with all that it may do.
func (s shop) as(u *ent.User) context.Context {
	s.t.Helper()
	return viewer.With(s.t.Context(), s.viewer(u))
}

func (s shop) viewer(u *ent.User) viewer.Viewer {
	s.t.Helper()
	v, err := s.sessions.AuthenticateCookie(s.t.Context(), s.session(u))
	if err != nil {
		s.t.Fatal(err)
	}
	return v
}

// held is what an account may do.
func (s shop) held(u *ent.User) []viewer.Permission {
	s.t.Helper()
	return s.viewer(u).Permissions
}

// session opens a session, and returns its token.
func (s shop) session(u *ent.User) string {
	s.t.Helper()
	text, err := token.New(s.db.Random(), "gs_", 32)
	if err != nil {
		s.t.Fatal(err)
	}
	s.db.Client.Session.Create().SetUserID(u.ID).SetTokenHash(token.Hash(text)).SetExpiresAt(s.db.Now().Add(time.Hour)).SaveX(s.system())
	return text
}

// watches tells, whenever it is asked, whether those that watch an account were told of a change since.
func (s shop) watches(u *ent.User) (told func() bool) {
	changes := s.live.Subscribe(s.t.Context(), live.Account(u.ID))
	return func() bool {
		select {
		case <-changes:
			return true
		default:
			return false
		}
	}
}

// renewed tells whether all of an account's sessions are due for a new secret, and forgets it.
func (s shop) renewed(u *ent.User) bool {
	s.t.Helper()
	of := func() *ent.SessionQuery { return s.db.Client.Session.Query().Where(entsession.UserID(u.ID)) }
	due, all := of().Where(entsession.Renew(true)).CountX(s.system()), of().CountX(s.system())
	s.db.Client.Session.Update().SetRenew(false).ExecX(s.system())
	return due == all && all > 0
}

func (s shop) read(u *ent.User) *ent.User {
	s.t.Helper()
	return s.db.Client.User.GetX(s.system(), u.ID)
}

func ptr[T any](v T) *T { return &v }

func list(permissions ...viewer.Permission) []viewer.Permission {
	return append([]viewer.Permission{}, permissions...)
}

// ids are those of roles.
func ids(roles ...*ent.Role) []nodeid.ID {
	all := []nodeid.ID{}
	for _, r := range roles {
		all = append(all, r.NodeID())
	}
	return all
}

// done fails unless a mutation left the key of a row, and returns it.
func (s shop) done(out *database.Outcome, err error) int64 {
	s.t.Helper()
	if err != nil || out.Key == 0 || len(out.UserErrors) > 0 {
		s.t.Fatalf("got %+v, %v", out, err)
	}
	return out.Key
}

// wantCode fails unless err has the code.
func wantCode(t *testing.T, err error, want fault.Code) {
	t.Helper()
	if code, _ := fault.CodeOf(err); code != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// wantErrors fails unless the user errors are these: a code, a slash and the path each.
func wantErrors(t *testing.T, got []fault.UserError, want ...string) {
	t.Helper()
	var texts []string
	for _, e := range got {
		text := string(e.Code)
		for _, f := range e.Field {
			text += "/" + f
		}
		texts = append(texts, text)
	}
	if len(texts) != len(want) {
		t.Errorf("got %q, want %q", texts, want)
		return
	}
	for i := range want {
		if texts[i] != want[i] {
			t.Errorf("got %q, want %q", texts, want)
		}
	}
}

// wantRejected fails unless a mutation was rejected with these user errors.
func wantRejected(t *testing.T, out *database.Outcome, err error, want ...string) {
	t.Helper()
	if err != nil || out.Key != 0 {
		t.Errorf("got %+v, %v, want %q", out, err, want)
		return
	}
	wantErrors(t, out.UserErrors, want...)
}
