package migration_test

import (
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"galley/internal/database/databasetest"
)

// rebuild makes categories anew, which products refer to: what a change of a CHECK is on SQLite.
const rebuild = "CREATE TABLE new_categories (id integer NOT NULL PRIMARY KEY, created_at datetime NOT NULL, updated_at datetime NOT NULL, " +
	"version integer NOT NULL DEFAULT 1, name text NOT NULL, slug text NOT NULL, description text NOT NULL DEFAULT '', " +
	"position integer NOT NULL DEFAULT 0, parent_id integer NULL REFERENCES categories (id) ON DELETE SET NULL);\n" +
	"INSERT INTO new_categories (id, created_at, updated_at, version, name, slug, description, position, parent_id) " +
	"SELECT id, created_at, updated_at, version, name, slug, description, position, parent_id FROM categories;\n" +
	"DROP TABLE categories;\nALTER TABLE new_categories RENAME TO categories;\n"

// oneMore is a migration for the test of this test.
var oneMore = map[databasetest.Engine]string{
	databasetest.SQLite:   rebuild,
	databasetest.Postgres: "ALTER TABLE categories ALTER COLUMN name TYPE text, ADD COLUMN icon text NOT NULL DEFAULT '';",
}

// survives fills a database at each version and applies the next: every row must be as it was, in the tables and
// columns that are there before and after.
func survives(t *testing.T, engine databasetest.Engine, files fs.FS, from int64) {
	t.Helper()
	latest := migrator(t, engine, databasetest.Connect(t, databasetest.Empty(t, engine)), files).Latest()
	for version := from; version < latest; version++ {
		pool := databasetest.Connect(t, databasetest.Empty(t, engine))
		m := migrator(t, engine, pool, files)
		if _, err := m.UpTo(t.Context(), version); err != nil {
			t.Fatal(err)
		}
		databasetest.Fill(t, engine, pool)
		before := databasetest.Rows(t, engine, pool)
		if _, err := m.UpTo(t.Context(), version+1); err != nil {
			t.Fatalf("a filled database does not survive version %d: %v", version+1, err)
		}
		after := databasetest.Rows(t, engine, pool)
		for table, rows := range before {
			kept, ok := after[table]
			if !ok {
				continue
			}
			if len(rows) != len(kept) {
				t.Errorf("version %d: %s has %d rows, had %d", version+1, table, len(kept), len(rows))
				continue
			}
			for i, row := range rows {
				for column, value := range row {
					if now, ok := kept[i][column]; ok && now != value {
						t.Errorf("version %d: %s.%s of row %s was %s and is %s", version+1, table, column, row["id"], value, now)
					}
				}
			}
		}
	}
}

func TestAFilledDatabaseSurvivesEveryMigration(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, engine databasetest.Engine, pool *sql.DB, files fs.FS) {
		survives(t, engine, files, 1)
		latest := migrator(t, engine, pool, files).Latest()
		survives(t, engine, os.DirFS(onDisk(t, files, map[string]string{fmt.Sprintf("%04d_more.sql", latest+1): oneMore[engine]})), latest)
	})
}

func TestFillReachesEveryColumn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, engine databasetest.Engine, pool *sql.DB, files fs.FS) {
		if _, err := migrator(t, engine, pool, files).Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		databasetest.Fill(t, engine, pool)
		rows := databasetest.Rows(t, engine, pool)
		for table, found := range rows {
			if len(found) < 2 {
				t.Errorf("%s has %d rows", table, len(found))
			}
		}
		if cmp.Diff(rows["products"][0], rows["products"][1]) == "" {
			t.Error("all rows are alike")
		}
	})
}

// To rebuild a table drops it, and a connection that enforces foreign keys deletes its rows first, with all that
// this does to rows that refer to them. The first half shows the trap, the second that it is avoided.
func TestRebuildingATableLeavesItsChildrenAlone(t *testing.T) {
	t.Parallel()
	prepare := func(t *testing.T) (*sql.DB, fs.FS, map[string][]map[string]string) {
		pool := databasetest.Connect(t, databasetest.Empty(t, databasetest.SQLite))
		m := migrator(t, databasetest.SQLite, pool, filesOf(databasetest.SQLite))
		if _, err := m.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		databasetest.Fill(t, databasetest.SQLite, pool)
		exec1(t, pool, "CREATE TABLE shelves (id integer PRIMARY KEY, category_id integer NOT NULL REFERENCES categories (id) ON DELETE CASCADE)")
		exec1(t, pool, "INSERT INTO shelves SELECT id, id FROM categories")
		dir := onDisk(t, filesOf(databasetest.SQLite), map[string]string{fmt.Sprintf("%04d_rebuild.sql", m.Latest()+1): rebuild})
		return pool, os.DirFS(dir), databasetest.Rows(t, databasetest.SQLite, pool)
	}
	t.Run("with foreign keys enforced, children are gone", func(t *testing.T) {
		t.Parallel()
		pool, _, before := prepare(t)
		exec1(t, pool, "PRAGMA foreign_keys = 1")
		for statement := range strings.SplitSeq(rebuild, ";\n") {
			exec1(t, pool, statement)
		}
		after := databasetest.Rows(t, databasetest.SQLite, pool)
		if len(after["shelves"]) != 0 || cmp.Diff(before["products"], after["products"]) == "" {
			t.Error("this test would notice nothing")
		}
	})
	t.Run("as a migration, they stay", func(t *testing.T) {
		t.Parallel()
		pool, files, before := prepare(t)
		if _, err := migrator(t, databasetest.SQLite, pool, files).Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		if difference := cmp.Diff(before, databasetest.Rows(t, databasetest.SQLite, pool)); difference != "" {
			t.Error(difference)
		}
	})
	t.Run("and a migration that breaks a reference is undone", func(t *testing.T) {
		t.Parallel()
		pool, _, before := prepare(t)
		next := migrator(t, databasetest.SQLite, pool, filesOf(databasetest.SQLite)).Latest() + 1
		dir := onDisk(t, filesOf(databasetest.SQLite), map[string]string{fmt.Sprintf("%04d_break.sql", next): "DELETE FROM categories;"})
		_, err := migrator(t, databasetest.SQLite, pool, os.DirFS(dir)).Up(t.Context())
		if err == nil || !strings.Contains(err.Error(), "categories that is not there") {
			t.Errorf("it said %v", err)
		}
		if difference := cmp.Diff(before, databasetest.Rows(t, databasetest.SQLite, pool)); difference != "" {
			t.Error(difference)
		}
	})
}
