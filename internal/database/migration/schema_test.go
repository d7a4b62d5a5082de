package migration_test

import (
	"database/sql"
	"io/fs"
	"log/slog"
	"testing"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/google/go-cmp/cmp"

	"galley/ent/migrate"
	"galley/internal/database/databasetest"
	"galley/internal/database/migration"
)

func dialectOf(engine databasetest.Engine) string {
	if engine == databasetest.SQLite {
		return dialect.SQLite
	}
	return dialect.Postgres
}

// migrator makes one for a database, with the files given.
func migrator(t *testing.T, engine databasetest.Engine, pool *sql.DB, files fs.FS) *migration.Migrator {
	t.Helper()
	m, err := migration.New(dialectOf(engine), pool, files, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// each runs a test on an empty database of each engine.
func each(t *testing.T, test func(t *testing.T, engine databasetest.Engine, pool *sql.DB, files fs.FS)) {
	t.Helper()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			test(t, engine, databasetest.Connect(t, databasetest.Empty(t, engine)), migrate.Files(dialectOf(engine)))
		})
	}
}

func TestTheMigrationsLeadToTheEntSchema(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, engine databasetest.Engine, pool *sql.DB, files fs.FS) {
		if _, err := migrator(t, engine, pool, files).Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		wanted := databasetest.Connect(t, databasetest.Empty(t, engine))
		if engine == databasetest.SQLite { // Ent insists
			if _, err := wanted.ExecContext(t.Context(), "PRAGMA foreign_keys = 1"); err != nil {
				t.Fatal(err)
			}
		}
		if err := migrate.NewSchema(entsql.OpenDB(dialectOf(engine), wanted)).Create(t.Context()); err != nil {
			t.Fatal(err)
		}
		want, got := databasetest.Catalogue(t, engine, wanted), databasetest.Catalogue(t, engine, pool)
		if len(want) != len(migrate.Tables) || len(want["orders"].Checks) < 4 || len(want["products"].ForeignKeys) != 1 {
			t.Errorf("the catalogue lacks something: %+v", want["orders"])
		}
		if difference := cmp.Diff(want, got); difference != "" {
			t.Errorf("ent/schema has changed: make migration name=what_it_does (- Ent, + migrations)\n%s", difference)
		}
	})
}
