package graph_test

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"galley/ent"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/session"
	"galley/internal/viewer"
)

// asker is somebody who asks. Those of one class differ in one thing: what they may do, or how they ended.
type asker struct {
	class, name string
	account     string // in graphtest.Rows
	viewer.Viewer
	bearer string // of a session that has ended; the others are recognised already
}

func (a asker) String() string {
	if a.name == "" {
		return a.class
	}
	return a.class + "(" + a.name + ")"
}

// askers are every kind of viewer: strangers, a guest, two shoppers, one of the staff and an API key that may do
// nothing, each single thing, and everything. What they may do is theirs alone: Clerk's account serves for all of
// the staff but who may do everything, one key for all keys.
func askers(rows graphtest.Rows) []asker {
	all := []asker{{class: "anonymous"}}
	for _, name := range []string{"guest", "ada", "bob"} {
		all = append(all, asker{class: name, account: name, Viewer: rows.Viewer(name)})
	}
	for _, class := range []string{"staff", "key"} {
		of := func(name string, permissions ...viewer.Permission) {
			a := asker{class: class, name: name, Viewer: viewer.Viewer{Kind: viewer.APIKey, APIKeyID: 1 << 40, Permissions: permissions}}
			if class == "staff" {
				a.account = "clerk"
				if name == "all" {
					a.account = "staff"
				}
				a.Viewer = viewer.Viewer{Kind: viewer.Staff, UserID: rows.Users[a.account].ID, Permissions: permissions}
			}
			all = append(all, a)
		}
		of("none")
		for _, p := range viewer.Permissions() {
			of(string(p), p)
		}
		of("all", viewer.Permissions()...)
	}
	return all
}

// readers are the askers whose sight differs: what lets somebody write shows no rows, and what shows rows to staff
// shows them to a key.
func readers(rows graphtest.Rows) []asker {
	return slices.DeleteFunc(askers(rows), func(a asker) bool {
		return strings.HasSuffix(a.name, "_WRITE") || a.class == "key" && strings.HasSuffix(a.name, "_READ")
	})
}

// ended are the bearers of sessions that are over: expired, revoked, and of an account that was closed. Each was
// Ada's or Bob's a moment ago.
func ended(t *testing.T, shop *graphtest.Shop) []asker {
	t.Helper()
	ctx := databasetest.System(t.Context())
	gone := shop.Database.Client.User.Create().SetEmail("gone@galley.example").SetNameKey([]byte("gone")).SaveX(ctx)
	expired, revoked, closed := begin(t, shop, shop.Rows.Users["ada"]), begin(t, shop, shop.Rows.Users["ada"]), begin(t, shop, gone)
	for _, o := range []*session.Opened{expired, revoked, closed} {
		if _, err := shop.Identify(t.Context(), *o.Token, ""); err != nil {
			t.Fatalf("before it ended: %v", err)
		}
	}
	c := shop.Database.Client
	c.Session.UpdateOneID(expired.ID).SetExpiresAt(shop.Database.Now()).ExecX(ctx)
	c.Session.UpdateOneID(revoked.ID).SetRevokedAt(shop.Database.Now().Add(-time.Second)).ExecX(ctx)
	gone.Update().SetActive(false).ExecX(ctx)
	return []asker{
		{class: "ended", name: "expired", bearer: *expired.Token},
		{class: "ended", name: "revoked", bearer: *revoked.Token},
		{class: "ended", name: "closed", bearer: *closed.Token},
	}
}

// begin opens a session.
func begin(t *testing.T, shop *graphtest.Shop, u *ent.User) *session.Opened {
	t.Helper()
	var opened *session.Opened
	err := shop.Database.InTx(t.Context(), func(ctx context.Context, tx *ent.Tx) (err error) {
		opened, err = shop.Session.Begin(ctx, tx, u, session.Token)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	shop.Session.Present(viewer.With(t.Context(), viewer.Viewer{}), opened)
	return opened
}

// TestSessionsAreTheViewersOfTheMatrix recognises accounts by real sessions: the matrix's viewers are those.
func TestSessionsAreTheViewersOfTheMatrix(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			for name, u := range shop.Rows.Users {
				opened := begin(t, shop, u)
				ctx, err := shop.Identify(t.Context(), *opened.Token, "")
				if err != nil {
					t.Fatal(err)
				}
				got, want := viewer.From(ctx), shop.Rows.Viewer(name)
				if got.SessionID != opened.ID || got.Kind != want.Kind || got.UserID != want.UserID || !slices.Equal(got.Permissions, want.Permissions) {
					t.Errorf("%s is %+v, not %+v", name, got, want)
				}
			}
		})
	}
}

// grouped writes who gets which outcome, in the askers' order. Of a class, those who are not named share the
// outcome at which (*) stands.
func grouped(all []asker, outcomes map[string]string) string {
	members := map[string]map[string][]string{} // by outcome and class
	rest := map[string]string{}                 // of a class: what the first of it gets
	for _, a := range all {
		outcome, there := outcomes[a.String()]
		if !there {
			continue
		}
		if _, known := rest[a.class]; !known {
			rest[a.class] = outcome
		}
		if members[outcome] == nil {
			members[outcome] = map[string][]string{}
		}
		members[outcome][a.class] = append(members[outcome][a.class], a.name)
	}
	var groups []string
	for _, outcome := range slices.SortedFunc(maps.Keys(members), func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	}) {
		words := []string{outcome + ":"}
		for i, a := range all {
			names := members[outcome][a.class]
			switch {
			case len(names) == 0 || i > 0 && all[i-1].class == a.class:
			case a.name == "":
				words = append(words, a.class)
			case rest[a.class] == outcome:
				words = append(words, a.class+"(*)")
			default:
				words = append(words, a.class+"("+strings.Join(names, " ")+")")
			}
		}
		groups = append(groups, strings.Join(words, " "))
	}
	return strings.Join(groups, " | ")
}

// rank puts what is answered before what is refused.
func rank(outcome string) int {
	switch outcome {
	case "ok":
		return 0
	case "FORBIDDEN", "UNAUTHENTICATED":
		return 2
	}
	return 1
}
