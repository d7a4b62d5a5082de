package migration_test

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"galley/ent/migrate"
	"galley/internal/database/databasetest"
)

func filesOf(engine databasetest.Engine) fs.FS { return migrate.Files(dialectOf(engine)) }

func TestNothingPendingTakesNoLock(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			url := databasetest.URL(t, engine)
			other, pool := databasetest.Connect(t, url), databasetest.Connect(t, url)
			if engine == databasetest.SQLite {
				exec1(t, other, "PRAGMA journal_mode = WAL")
				exec1(t, other, "BEGIN IMMEDIATE")
				defer exec1(t, other, "ROLLBACK")
			} else {
				exec1(t, other, "UPDATE galley_migrations_lock SET locked = true, locked_by = 'another', lease_expires_at = now() + interval '1 day'")
			}
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			if applied, err := migrator(t, engine, pool, filesOf(engine)).Up(ctx); err != nil || applied != nil {
				t.Errorf("applied %v, %v", applied, err)
			}
		})
	}
}

func TestUpWaitsForTheLockAndStopsWhenAsked(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			url := databasetest.URL(t, engine)
			other, pool := databasetest.Connect(t, url), databasetest.Connect(t, url)
			if engine == databasetest.SQLite {
				exec1(t, other, "BEGIN IMMEDIATE")
				exec1(t, pool, "PRAGMA busy_timeout = 50")
			} else {
				exec1(t, other, "UPDATE galley_migrations_lock SET locked = true, locked_by = 'another', lease_expires_at = now() + interval '1 day'")
			}
			next := onDisk(t, filesOf(engine), map[string]string{"0099_more.sql": "CREATE TABLE more (id bigint PRIMARY KEY);"})
			latest := migrator(t, engine, pool, filesOf(engine)).Latest()
			if err := os.Rename(next+"/0099_more.sql", fmt.Sprintf("%s/%04d_more.sql", next, latest+1)); err != nil {
				t.Fatal(err)
			}
			m := migrator(t, engine, pool, os.DirFS(next))
			ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
			defer cancel()
			if applied, err := m.Up(ctx); err == nil {
				t.Fatalf("it applied %v while another process held the lock", applied)
			}
			if engine == databasetest.SQLite {
				exec1(t, other, "ROLLBACK")
			} else {
				exec1(t, other, "UPDATE galley_migrations_lock SET locked = false")
			}
			if applied, err := m.Up(t.Context()); err != nil || len(applied) != 1 {
				t.Errorf("applied %v, %v", applied, err)
			}
		})
	}
}

func TestUpRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		statements []string
		want       string
	}{
		"a database that is newer": {
			[]string{"INSERT INTO galley_migrations (version, name, sha256) SELECT max(version) + 1, '9999_later', 'x' FROM galley_migrations"},
			"newer than this program: it has migration 9999_later",
		},
		"a file that was edited after it was applied": {
			[]string{"UPDATE galley_migrations SET sha256 = 'other' WHERE version = 1"},
			"0001_initial was edited after it was applied",
		},
		"a database that lacks a migration before its last": {
			[]string{"UPDATE galley_migrations SET version = 7, name = '0007_seventh' WHERE version = 1"},
			"was applied without 0001_initial",
		},
		"tables of another program, or of a Galley before migrations": {
			[]string{"DROP TABLE galley_migrations"},
			"not from a Galley with migrations",
		},
	} {
		for _, engine := range databasetest.Engines() {
			t.Run(name+" on "+string(engine), func(t *testing.T) {
				t.Parallel()
				pool := databasetest.Connect(t, databasetest.URL(t, engine))
				for _, statement := range c.statements {
					exec1(t, pool, statement)
				}
				applied, err := migrator(t, engine, pool, filesOf(engine)).Up(t.Context())
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("applied %v, %v", applied, err)
				}
			})
		}
	}
}

func TestAMigrationThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, engine databasetest.Engine, pool *sql.DB, files fs.FS) {
		m := migrator(t, engine, pool, files)
		latest := m.Latest()
		dir := os.DirFS(onDisk(t, files, map[string]string{
			fmt.Sprintf("%04d_bad.sql", latest+1): "CREATE TABLE half (id bigint PRIMARY KEY);\nINSERT INTO nowhere VALUES (1);",
		}))
		if applied, err := migrator(t, engine, pool, dir).Up(t.Context()); err == nil {
			t.Fatalf("it applied %v", applied)
		}
		if _, ok := databasetest.Catalogue(t, engine, pool)["half"]; ok {
			t.Error("half of the migration is there")
		}
		if _, err := m.Up(t.Context()); err != nil {
			t.Errorf("without the bad one: %v", err)
		}
		if version, pending, err := m.Status(t.Context()); version != latest || len(pending) > 0 || err != nil {
			t.Errorf("version %d, pending %v, %v", version, pending, err)
		}
	})
}
