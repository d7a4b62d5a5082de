package main

import (
	"bytes"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/google/go-cmp/cmp"

	"galley/ent/migrate"
	"galley/internal/database/databasetest"
	"galley/internal/database/migration"
)

// changeSchema changes Ent's schema as far as databases see it, until the test ends: a CHECK, which Ent itself would not
// notice, a column, an index, and a table that is gone.
func changeSchema(t *testing.T) {
	t.Helper()
	variants := migrate.VariantsTable
	columns, indexes, checks, tables := variants.Columns, variants.Indexes, variants.Annotation.Checks, migrate.Tables
	t.Cleanup(func() {
		variants.Columns, variants.Indexes, variants.Annotation.Checks, migrate.Tables = columns, indexes, checks, tables
	})
	variants.Annotation.Checks = maps.Clone(checks)
	variants.Annotation.Checks["available_not_negative"] = "available BETWEEN 0 AND 9223372036854775807"
	variants.Columns = append(slices.Clone(columns), &schema.Column{Name: "unit", Type: field.TypeString, Default: "it's; a piece"})
	variants.Indexes = slices.Clone(indexes)[1:]
	migrate.Tables = slices.DeleteFunc(slices.Clone(tables), func(table *schema.Table) bool { return table == migrate.PaymentEventsTable })
}

// elsewhere makes the working directory one with a copy of the migrations.
func elsewhere(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, home), os.DirFS("..")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
}

// Not parallel: it changes the schema and the working directory.
func TestNewWritesWhatTheSchemaNeeds(t *testing.T) { //nolint:paralleltest // see above
	elsewhere(t)
	t.Setenv("DATABASE_URL", "")
	var out bytes.Buffer
	if err := run(t.Context(), []string{"nothing"}, &out); err != nil || !strings.Contains(out.String(), "already") {
		t.Fatalf("without a change: %s, %v", out.String(), err)
	}
	changeSchema(t)
	if err := run(t.Context(), []string{"change_much"}, &out); err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(home, "checksums.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, engine := range databasetest.Engines() {
		t.Run("on "+string(engine)+" it keeps the rows, and leads to the schema", func(t *testing.T) {
			name := dialect.Postgres
			if engine == databasetest.SQLite {
				name = dialect.SQLite
			}
			files := os.DirFS(filepath.Join(home, string(engine)))
			pool := databasetest.Connect(t, databasetest.Empty(t, engine))
			m, err := migration.New(name, pool, files, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.UpTo(t.Context(), m.Latest()-1); err != nil {
				t.Fatal(err)
			}
			databasetest.Fill(t, engine, pool)
			before := databasetest.Rows(t, engine, pool)
			applied, err := m.Up(t.Context())
			if err != nil || len(applied) != 1 {
				t.Fatalf("%v, %v", applied, err)
			}
			after := databasetest.Rows(t, engine, pool)
			for _, row := range after["variants"] {
				if row["unit"] != `"it's; a piece"` {
					t.Errorf("the new column has %s", row["unit"])
				}
				delete(row, "unit")
			}
			delete(before, "payment_events")
			if difference := cmp.Diff(before, after); difference != "" {
				t.Error(difference)
			}
			if checks := strings.Join(databasetest.Catalogue(t, engine, pool)["variants"].Checks, " "); !strings.Contains(checks, "9223372036854775807") {
				t.Errorf("the CHECK is not there: %s", checks)
			}
			text, err := fs.ReadFile(files, applied[0].Name+".sql")
			if err != nil || !strings.Contains(string(sums), applied[0].SHA256+"  "+string(engine)+"/"+applied[0].Name+".sql\n") {
				t.Errorf("its checksum is missing: %s, %v", sums, err)
			}
			if !strings.HasPrefix(string(text), "-- +goose Up\n") || strings.Contains(string(text), "PRAGMA") {
				t.Errorf("it is\n%s", text)
			}
		})
	}
	out.Reset()
	if err := run(t.Context(), []string{"again"}, &out); err != nil || !strings.Contains(out.String(), "already") {
		t.Errorf("there is more to do: %s, %v", out.String(), err)
	}
}

func TestNewRefuses(t *testing.T) { //nolint:paralleltest // it changes the environment
	for name, c := range map[string]struct {
		args   []string
		server string
	}{
		"no name":             {nil, "postgres://127.0.0.1:1/none"},
		"a name with blanks":  {[]string{"add unit"}, "postgres://127.0.0.1:1/none"},
		"two names":           {[]string{"add", "unit"}, "postgres://127.0.0.1:1/none"},
		"no PostgreSQL":       {[]string{"add_unit"}, ""},
		"a PostgreSQL beyond": {[]string{"add_unit"}, "postgres://127.0.0.1:1/none?sslmode=disable"},
	} {
		t.Run(name, func(t *testing.T) {
			elsewhere(t)
			t.Setenv("DATABASE_URL", c.server)
			t.Setenv("GALLEY_TEST_POSTGRES", "")
			var out bytes.Buffer
			if err := run(t.Context(), c.args, &out); err == nil {
				t.Errorf("it says %s", out.String())
			}
			if files, err := filepath.Glob(filepath.Join(home, "*", "*unit.sql")); err != nil || len(files) > 0 {
				t.Errorf("it wrote %v, %v", files, err)
			}
		})
	}
}
