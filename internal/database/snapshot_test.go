package database_test

import (
	"context"
	"testing"
	"time"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/database/databasetest"
)

func TestASnapshotSeesOneMoment(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := databasetest.System(t.Context())
		add := func(name string) { db.Client.Category.Create().SetName(name).SetSlug(name).ExecX(ctx) }
		add("before")
		err := db.Snapshot(ctx, time.Minute, func(ctx context.Context, tx *ent.Tx) error {
			for range 3 {
				if n := tx.Category.Query().CountX(ctx); n != 1 {
					t.Errorf("it sees %d categories", n)
				}
				add(time.Now().Format(time.RFC3339Nano))
			}
			if err := tx.Category.Create().SetName("own").SetSlug("own").Exec(ctx); err == nil {
				t.Error("it writes")
			}
			return nil
		})
		if n := db.Client.Category.Query().CountX(ctx); err != nil || n != 4 {
			t.Errorf("after it there are %d: %v", n, err)
		}
	})
}
