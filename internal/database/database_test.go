package database_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
)

// open makes a category under a name.
func create(name string) func(context.Context, *ent.Tx) (int64, error) {
	return func(ctx context.Context, tx *ent.Tx) (int64, error) {
		c, err := tx.Category.Create().SetName(name).SetSlug(name).Save(ctx)
		if err != nil {
			return 0, err
		}
		return c.ID, nil
	}
}

func TestMutate(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := databasetest.System(t.Context())
		count := func() int { return db.Client.Category.Query().CountX(ctx) }

		t.Run("keeps what it did, with times and a key", func(t *testing.T) {
			out, err := db.Mutate(ctx, create("kept"))
			if err != nil {
				t.Fatal(err)
			}
			c := db.Client.Category.GetX(ctx, out.Key)
			if c.CreatedAt.IsZero() || c.UpdatedAt.IsZero() || c.Version != 1 {
				t.Errorf("got %+v", c)
			}
		})
		t.Run("undoes what was rejected, and says why", func(t *testing.T) {
			before := count()
			out, err := db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
				if _, err := create("rejected")(ctx, tx); err != nil {
					return 0, err
				}
				return 0, fault.Reject("INVALID", "no", "name")
			})
			if err != nil || len(out.UserErrors) != 1 || out.Key != 0 {
				t.Fatalf("got %+v, %v", out, err)
			}
			if count() != before {
				t.Error("the row stayed")
			}
		})
		t.Run("undoes what failed", func(t *testing.T) {
			before, boom := count(), errors.New("boom")
			_, err := db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
				if _, err := create("failed")(ctx, tx); err != nil {
					return 0, err
				}
				return 0, boom
			})
			if !errors.Is(err, boom) || count() != before {
				t.Errorf("got %v, %d rows instead of %d", err, count(), before)
			}
		})
	})
}

func TestMutateUnderAnIdempotencyKey(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		system := databasetest.System(t.Context())
		under := func(key, hash string) context.Context {
			return database.WithRequest(system, database.Request{Scope: "test", Key: key, Hash: []byte(hash)})
		}
		t.Run("runs once, however often it is asked for", func(t *testing.T) {
			first, err := db.Mutate(under("a", "x"), create("once"))
			if err != nil {
				t.Fatal(err)
			}
			again, err := db.Mutate(under("a", "x"), create("twice"))
			if err != nil || again.Key != first.Key {
				t.Fatalf("got %+v, %v; first %+v", again, err, first)
			}
		})
		t.Run("asks anew for a key that is forgotten just now", func(t *testing.T) {
			asked := 0
			err := db.InTx(system, func(ctx context.Context, tx *ent.Tx) error {
				if asked++; asked > 1 {
					return nil
				}
				_, err := database.Replay(ctx, tx, database.Request{Scope: "test", Key: "gone", Hash: []byte("x")})
				return err
			})
			if err != nil || asked != 2 {
				t.Errorf("asked %d times: %v", asked, err)
			}
		})
		t.Run("refuses the key for another request", func(t *testing.T) {
			_, err := db.Mutate(under("a", "y"), create("other"))
			if code, _ := fault.CodeOf(err); code != fault.IdempotencyKeyReused {
				t.Errorf("got %v", err)
			}
		})
		t.Run("replays what was rejected, and its transaction undone", func(t *testing.T) {
			reject := func(ctx context.Context, tx *ent.Tx) (int64, error) {
				if _, err := create("never")(ctx, tx); err != nil {
					return 0, err
				}
				_, err := create("never")(ctx, tx) // the slug is taken: PostgreSQL's transaction is broken now
				if !ent.IsConstraintError(err) {
					t.Errorf("got %v", err)
				}
				return 0, fault.Reject("SLUG_TAKEN", "taken", "slug")
			}
			if _, err := db.Mutate(under("b", "x"), reject); err != nil {
				t.Fatal(err)
			}
			out, err := db.Mutate(under("b", "x"), create("never"))
			if err != nil || len(out.UserErrors) != 1 || out.UserErrors[0].Code != "SLUG_TAKEN" {
				t.Fatalf("got %+v, %v", out, err)
			}
		})
		t.Run("leaves nothing behind when it fails, so that it may be tried again", func(t *testing.T) {
			_, err := db.Mutate(under("c", "x"), func(context.Context, *ent.Tx) (int64, error) { return 0, errors.New("boom") })
			if err == nil {
				t.Fatal("no error")
			}
			if out, err := db.Mutate(under("c", "x"), create("second try")); err != nil || out.Key == 0 {
				t.Fatalf("got %+v, %v", out, err)
			}
		})
		t.Run("runs once when it is asked for by many at once", func(t *testing.T) {
			var wg sync.WaitGroup
			keys := make([]int64, 16)
			for i := range keys {
				wg.Go(func() {
					out, err := db.Mutate(under("d", "x"), create("at once"))
					if err != nil {
						t.Error(err)
						return
					}
					keys[i] = out.Key
				})
			}
			wg.Wait()
			for _, key := range keys {
				if key != keys[0] || key == 0 {
					t.Fatalf("different rows: %v", keys)
				}
			}
		})
	})
}

func TestLease(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine)+": processes on one database make different keys", func(t *testing.T) {
			t.Parallel()
			url := databasetest.URL(t, engine)
			seen := map[int64]bool{}
			for range 4 {
				db, err := database.Open(t.Context(), database.Options{URL: url})
				if err != nil {
					t.Fatal(err)
				}
				defer func() {
					if err := db.Close(); err != nil {
						t.Error(err)
					}
				}()
				if _, err := db.NextKey(); err == nil {
					t.Error("a key before the lease")
				}
				if err := db.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
				for range 100 {
					key, err := db.NextKey()
					if err != nil || seen[key] {
						t.Fatalf("key %d, %v", key, err)
					}
					seen[key] = true
				}
			}
		})
	}
}
