package database_test

import (
	"context"
	stdsql "database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/instance"
	"galley/internal/database"
	"galley/internal/database/databasetest"
)

// What a COMMIT says is on disk: the writer's settings.
func TestSQLiteWritesDurably(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, databasetest.SQLite)
	for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1"} {
		if err := db.InTx(t.Context(), func(ctx context.Context, tx *ent.Tx) error {
			rows, err := tx.QueryContext(ctx, "PRAGMA "+pragma)
			if err != nil {
				return err
			}
			defer func() { _ = rows.Close() }()
			var got string
			if rows.Next(); rows.Scan(&got) != nil || got != want {
				t.Errorf("%s is %q", pragma, got)
			}
			return rows.Err()
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSQLiteReadersDoNotWrite(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, databasetest.SQLite)
	tx, err := db.Client.BeginTx(t.Context(), &stdsql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(t.Context(), "DELETE FROM instances"); err == nil {
		t.Error("a reader writes")
	}
	// a reader's transaction keeps no writer waiting
	if err := db.InTx(databasetest.System(t.Context()), func(ctx context.Context, tx *ent.Tx) error {
		return categorise(ctx, tx, "meanwhile")
	}); err != nil {
		t.Error(err)
	}
}

func TestSQLiteFilesHaveAnyName(t *testing.T) {
	t.Parallel()
	template, err := os.ReadFile(strings.TrimPrefix(databasetest.URL(t, databasetest.SQLite), "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "100 % ?mode=ro#a&b ü.db")
	if err := os.WriteFile(path, template, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := database.Open(t.Context(), database.Options{URL: "sqlite:" + path, Instance: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := db.Client.Category.Query().Count(databasetest.System(t.Context())); err != nil {
		t.Error(err)
	}
}

func TestTimesSortAndCompareAcrossZones(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := databasetest.System(t.Context())
		west, east := time.FixedZone("west", -11*3600), time.FixedZone("east", 14*3600)
		noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		times := []time.Time{ // in their order; as text they would stand otherwise
			time.Date(1890, 1, 1, 0, 0, 0, 0, east),
			noon.Add(-time.Microsecond).In(east),
			noon.In(west),
			noon.Add(time.Microsecond),
			noon.Add(time.Second).In(west),
			noon.Add(time.Hour).In(east),
			time.Date(2262, 1, 1, 0, 0, 0, 999_999_000, west),
		}
		for i, at := range slices.Backward(times) {
			db.Client.Instance.Create().SetID(int64(i + 1)).SetHolder("zones").SetExpiresAt(at).ExecX(ctx)
		}
		for i, row := range db.Client.Instance.Query().Order(instance.ByExpiresAt()).AllX(ctx) {
			if row.ID != int64(i+1) || !row.ExpiresAt.Equal(times[i]) {
				t.Errorf("place %d has %d at %v, instead of %v", i, row.ID, row.ExpiresAt, times[i])
			}
		}
		for i, at := range times {
			for _, zone := range []*time.Location{time.UTC, west, east} {
				if n := db.Client.Instance.Query().Where(instance.ExpiresAtLTE(at.In(zone))).CountX(ctx); n != i+1 {
					t.Errorf("%d times are until %v", n, at.In(zone))
				}
			}
		}
	})
}

func TestInTxSurvivesAPanic(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := databasetest.System(t.Context())
		for range 50 { // more often than there are connections
			func() {
				defer func() {
					if recover() == nil {
						t.Error("the panic is gone")
					}
				}()
				_ = db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
					if err := categorise(ctx, tx, "panicked"); err != nil {
						t.Error(err)
					}
					panic("in a transaction")
				})
			}()
		}
		if n := db.Client.Category.Query().CountX(ctx); n != 0 {
			t.Errorf("%d rows stayed", n)
		}
	})
}
