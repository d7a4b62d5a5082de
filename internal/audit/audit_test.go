package audit_test

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"net/netip"
	"testing"

	"galley/ent"
	"galley/ent/auditentry"
	"galley/ent/user"
	"galley/internal/audit"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/origin"
	"galley/internal/viewer"
)

// by is the context of a mutation by a viewer, from somewhere.
func by(ctx context.Context, v viewer.Viewer, mutation string) context.Context {
	ctx = origin.With(ctx, origin.Origin{Address: netip.MustParseAddr("192.0.2.7"), UserAgent: "Browser/1.0", RequestID: "r1"})
	return audit.WithAction(viewer.With(ctx, v), mutation)
}

func staff() viewer.Viewer {
	return viewer.Viewer{Kind: viewer.Staff, UserID: 77, Permissions: viewer.Permissions()}
}

func entries(t *testing.T, db *database.DB) []*ent.AuditEntry {
	t.Helper()
	found, err := db.Client.AuditEntry.Query().Order(auditentry.ByID()).All(viewer.AsSystem(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// somebody is an account that tests change.
func somebody(t *testing.T, db *database.DB) (u *ent.User) {
	t.Helper()
	err := db.InTx(viewer.AsSystem(t.Context()), func(ctx context.Context, tx *ent.Tx) (err error) {
		u, err = tx.User.Create().SetEmail("ada@galley.example").SetName("Ada").SetNameKey([]byte("ada")).Save(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// rename changes an account in two statements.
func rename(u *ent.User, name string) func(context.Context, *ent.Tx) (int64, error) {
	return func(ctx context.Context, tx *ent.Tx) (int64, error) {
		ctx = viewer.AsSystem(ctx)
		if err := tx.User.Update().Where(user.ID(u.ID)).SetName(name).SetNameKey([]byte(name)).AddVersion(1).Exec(ctx); err != nil {
			return 0, err
		}
		return u.ID, tx.User.Update().Where(user.ID(u.ID)).SetCountry("GB").Exec(ctx)
	}
}

func TestAChangeByStaffIsNotedOnceForEachObject(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		audit.Watch(db)
		u := somebody(t, db)
		if _, err := db.Mutate(by(t.Context(), staff(), "userUpdate"), rename(u, "Ada Lovelace")); err != nil {
			t.Fatal(err)
		}
		found := entries(t, db)
		if len(found) != 1 {
			t.Fatalf("%d entries", len(found))
		}
		e := found[0]
		if e.Action != "userUpdate" || e.ActorKind != auditentry.ActorKindSTAFF || e.ActorID == nil || *e.ActorID != 77 ||
			e.ObjectKind != "users" || *e.ObjectID != u.ID || e.Address != "192.0.2.7" || e.UserAgent != "Browser/1.0" || e.RequestID != "r1" {
			t.Errorf("got %+v", e)
		}
		before, after := sorted(t, e.Before), sorted(t, e.After)
		if before != `{"country":"","name":"Ada"}` || after != `{"country":"GB","name":"Ada Lovelace"}` {
			t.Errorf("before %s, after %s", before, after)
		}
	})
}

// sorted is a JSON object by names: PostgreSQL keeps it in an order of its own.
func sorted(t *testing.T, text []byte) string {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestMachinesAreWatchedAndShoppersAreNot(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		audit.Watch(db)
		u := somebody(t, db)
		statements := map[viewer.Kind]int{}
		for _, v := range []viewer.Viewer{
			{Kind: viewer.Shopper, UserID: u.ID}, {Kind: viewer.Guest}, {Kind: viewer.System}, {Kind: viewer.APIKey, APIKeyID: 5},
		} {
			ctx, counter := database.WithCounter(by(t.Context(), v, "profileUpdate"))
			if _, err := db.Mutate(ctx, rename(u, "Ada "+string(rune('A'+v.Kind)))); err != nil {
				t.Fatal(err)
			}
			statements[v.Kind] = counter.Statements()
		}
		found := entries(t, db)
		if len(found) != 1 || found[0].ActorKind != auditentry.ActorKindAPI_KEY || *found[0].ActorID != 5 {
			t.Errorf("got %+v", found)
		}
		if statements[viewer.Shopper] != 2 {
			t.Errorf("a shopper's two updates take %d statements", statements[viewer.Shopper])
		}
	})
}

func TestWhatIsRejectedLeavesNothing(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		audit.Watch(db)
		u := somebody(t, db)
		ctx := by(t.Context(), staff(), "userUpdate")
		keyed := database.WithRequest(ctx, database.Request{Scope: "user:77", Key: "one", Hash: []byte("h")})
		for _, ctx := range []context.Context{ctx, keyed, keyed} {
			outcome, err := db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
				if _, err := rename(u, "Eve")(ctx, tx); err != nil {
					return 0, err
				}
				if err := audit.Note(ctx, tx, audit.Event{Action: "passwordChange", Table: "users", Key: u.ID}); err != nil {
					return 0, err
				}
				return 0, fault.Reject("INVALID", "No", "name")
			})
			if err != nil || len(outcome.UserErrors) != 1 {
				t.Fatalf("%+v %v", outcome, err)
			}
		}
		if found := entries(t, db); len(found) != 0 {
			t.Errorf("got %+v", found)
		}
	})
}

func TestRetriesAndReplaysAddNoEntry(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		audit.Watch(db)
		u := somebody(t, db)
		ctx := database.WithRequest(by(t.Context(), staff(), "userUpdate"), database.Request{Scope: "user:77", Key: "one", Hash: []byte("h")})
		attempts := 0
		for range 2 {
			_, err := db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
				attempts++
				if _, err := rename(u, "Ada Lovelace")(ctx, tx); err != nil {
					return 0, err
				}
				if err := audit.Note(ctx, tx, audit.Event{Action: "keyRotate", Table: "signing_keys", Key: 9}); err != nil {
					return 0, err
				}
				if attempts == 1 {
					return 0, driver.ErrBadConn // the connection was lost: all of it runs again
				}
				return u.ID, nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if found := entries(t, db); attempts != 2 || len(found) != 2 {
			t.Errorf("%d attempts left %+v", attempts, found)
		}
	})
}

func TestAnEventTellsWhatBecameOfItsObject(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		audit.Watch(db)
		u := somebody(t, db)
		change := func(ctx context.Context) {
			t.Helper()
			_, err := db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
				if err := audit.Note(ctx, tx, audit.Event{Action: "emailChange", Table: user.Table, Key: u.ID}); err != nil {
					return 0, err
				}
				next := viewer.Actor(ctx).Kind // another address each time
				return u.ID, tx.User.Update().Where(user.ID(u.ID)).SetEmail(string(rune('a'+next)) + "@galley.example").Exec(viewer.AsSystem(ctx))
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		change(by(t.Context(), viewer.Viewer{Kind: viewer.Shopper, UserID: u.ID}, "emailChangeConfirm"))
		change(by(t.Context(), staff(), "emailChangeConfirm"))
		found := entries(t, db)
		if len(found) != 2 {
			t.Fatalf("%d entries", len(found))
		}
		if e := found[0]; e.Action != "emailChange" || e.ActorKind != auditentry.ActorKindSHOPPER || e.Before != nil || e.After != nil {
			t.Errorf("a shopper's: %+v", e)
		}
		if e := found[1]; e.Action != "emailChange" || sorted(t, e.Before) != `{"email":"c@galley.example"}` || sorted(t, e.After) != `{"email":"d@galley.example"}` {
			t.Errorf("one of the staff's: %s %s %s", e.Action, e.Before, e.After)
		}
	})
}

func TestNobodyChangesTheLog(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		audit.Watch(db)
		u := somebody(t, db)
		ctx := by(t.Context(), staff(), "userUpdate")
		if _, err := db.Mutate(ctx, rename(u, "Ada Lovelace")); err != nil {
			t.Fatal(err)
		}
		err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			if n, err := tx.AuditEntry.Delete().Exec(ctx); n != 0 || err != nil {
				t.Errorf("staff deleted %d entries: %v", n, err)
			}
			return tx.AuditEntry.Create().SetAction("made up").SetActorKind(auditentry.ActorKindSYSTEM).Exec(ctx)
		})
		if code, _ := fault.CodeOf(err); code != fault.Forbidden {
			t.Errorf("staff made an entry up: %v", err)
		}
		if found := entries(t, db); len(found) != 1 {
			t.Errorf("%d entries", len(found))
		}
	})
}

func TestWhatIsPersonalIsForgottenWithTheAccount(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		audit.Watch(db)
		u := somebody(t, db)
		if _, err := db.Mutate(by(t.Context(), staff(), "userUpdate"), rename(u, "Ada Lovelace")); err != nil {
			t.Fatal(err)
		}
		system := viewer.AsSystem(t.Context())
		for _, id := range []int64{u.ID + 1, u.ID} {
			if err := db.InTx(system, func(ctx context.Context, tx *ent.Tx) error { return audit.Forget(ctx, tx, id) }); err != nil {
				t.Fatal(err)
			}
			e := entries(t, db)[0]
			if forgotten := e.Before == nil && e.After == nil && e.Address == "" && e.UserAgent == ""; forgotten != (id == u.ID) || e.Action != "userUpdate" {
				t.Errorf("got %+v", e)
			}
		}
	})
}
