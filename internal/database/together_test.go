package database_test

import (
	"context"
	"testing"

	"galley/ent"
	"galley/ent/user"
	"galley/internal/database"
	"galley/internal/database/databasetest"
)

// TestTogether writes rows that refer to each other, and changes one, in one statement.
func TestTogether(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := databasetest.System(t.Context())
		c := db.Client
		ann := c.User.Create().SetEmail("ann@galley.example").SetNameKey([]byte("ann")).SaveX(ctx)
		ctx, count := database.WithCounter(ctx)
		err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			return db.Together(ctx, tx, func(ctx context.Context) error {
				bob, err := tx.User.Create().SetEmail("bob@galley.example").SetNameKey([]byte("bob")).Save(ctx)
				if err != nil {
					return err
				}
				if err := tx.Address.Create().SetUserID(bob.ID).SetName("Bob").SetLine1("1 $1 Road").SetCity("Leeds").SetCountry("GB").Exec(ctx); err != nil {
					return err
				}
				if err := tx.User.Update().Where(user.ID(ann.ID)).SetName("Ann").Exec(ctx); err != nil {
					return err
				}
				_, err = tx.ExecContext(ctx, "UPDATE addresses SET name = $1, city = $2 WHERE user_id = $3", "Nobody", "Nowhere", int64(1))
				return err
			})
		})
		want := 4
		if db.Postgres() {
			want = 1
		}
		if err != nil || count.Statements() != want {
			t.Fatalf("%d statements; %v", count.Statements(), err)
		}
		ctx = databasetest.System(t.Context())
		bob := c.User.Query().Where(user.Email("bob@galley.example")).OnlyX(ctx)
		if a := c.Address.Query().OnlyX(ctx); a.UserID != bob.ID || a.Line1 != "1 $1 Road" || a.Name != "Bob" {
			t.Errorf("got %+v", a)
		}
		if c.User.GetX(ctx, ann.ID).Name != "Ann" {
			t.Error("the change is lost")
		}
	})
}

// TestTogetherAllOrNothing has one of the statements fail, and one where fn itself does: nothing is written.
func TestTogetherAllOrNothing(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := databasetest.System(t.Context())
		err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			return db.Together(ctx, tx, func(ctx context.Context) error {
				for range 2 {
					if err := tx.User.Create().SetEmail("twin@galley.example").SetNameKey([]byte("twin")).Exec(ctx); err != nil {
						return err
					}
				}
				return nil
			})
		})
		if err == nil || db.Client.User.Query().ExistX(ctx) {
			t.Errorf("got %v", err)
		}
		err = db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			return db.Together(ctx, tx, func(context.Context) error { return nil })
		})
		if err != nil {
			t.Errorf("nothing at all: %v", err)
		}
	})
}
