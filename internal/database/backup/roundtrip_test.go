package backup_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"io/fs"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"galley/ent/migrate"
	"galley/internal/database"
	"galley/internal/database/backup"
	"galley/internal/database/databasetest"
	"galley/internal/database/migration"
)

// filled makes a database with rows in every table.
func filled(t *testing.T, engine databasetest.Engine) (url string, pool *sql.DB) {
	t.Helper()
	url = databasetest.URL(t, engine)
	pool = databasetest.Connect(t, url)
	databasetest.Fill(t, engine, pool)
	return url, pool
}

func write(t *testing.T, url string) *bytes.Buffer {
	t.Helper()
	var file bytes.Buffer
	if _, err := backup.Write(t.Context(), url, "test", &file); err != nil {
		t.Fatal(err)
	}
	return &file
}

func run(t *testing.T, pool *sql.DB, statement string, args ...any) {
	t.Helper()
	if _, err := pool.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func TestARestoredShopIsTheSame(t *testing.T) {
	t.Parallel()
	for _, from := range databasetest.Engines() {
		for _, to := range databasetest.Engines() {
			t.Run(fmt.Sprintf("from %s to %s", from, to), func(t *testing.T) {
				t.Parallel()
				url, pool := filled(t, from)
				// A child that is older than its parent, as after a move.
				run(t, pool, "UPDATE categories SET parent_id = (SELECT max(id) FROM categories) WHERE id = 1")
				want := databasetest.Rows(t, from, pool)
				target := databasetest.Empty(t, to)
				report, err := backup.Restore(t.Context(), target, write(t, url))
				if err != nil {
					t.Fatal(err)
				}
				restored := databasetest.Connect(t, target)
				got := databasetest.Rows(t, to, restored)
				if len(got["instances"]) != 0 || len(want["instances"]) == 0 || len(got["sessions"]) == 0 {
					t.Errorf("%d leases of %d, %d sessions", len(got["instances"]), len(want["instances"]), len(got["sessions"]))
				}
				delete(got, "instances")
				delete(want, "instances")
				if difference := cmp.Diff(want, got); difference != "" {
					t.Error(difference)
				}
				if report.Tables != len(want) || report.Rows == 0 {
					t.Errorf("it says %+v", report)
				}
				fresh := databasetest.Connect(t, databasetest.URL(t, to))
				if difference := cmp.Diff(databasetest.Catalogue(t, to, fresh), databasetest.Catalogue(t, to, restored)); difference != "" {
					t.Errorf("the restored database has other tables: %s", difference)
				}
			})
		}
	}
}

func TestTextThatIsNoTextSurvivesOnSQLite(t *testing.T) {
	t.Parallel()
	url, pool := filled(t, databasetest.SQLite)
	run(t, pool, "UPDATE users SET name = CAST(x'00ff41' AS TEXT), phone = CAST(x'61006200' AS TEXT) WHERE id = 1")
	file := write(t, url).Bytes()
	target := databasetest.Empty(t, databasetest.SQLite)
	if _, err := backup.Restore(t.Context(), target, bytes.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	want, got := databasetest.Rows(t, databasetest.SQLite, pool), databasetest.Rows(t, databasetest.SQLite, databasetest.Connect(t, target))
	if difference := cmp.Diff(want["users"], got["users"]); difference != "" || want["users"][0]["name"] != `"\x00\xffA"` {
		t.Errorf("%s, %s", want["users"][0]["name"], difference)
	}
	target = databasetest.Empty(t, databasetest.Postgres)
	if _, err := backup.Restore(t.Context(), target, bytes.NewReader(file)); err == nil || !strings.Contains(err.Error(), "users") {
		t.Errorf("PostgreSQL takes it: %v", err)
	}
	empty(t, databasetest.Postgres, target)
}

// empty fails if a database has rows.
func empty(t *testing.T, engine databasetest.Engine, url string) {
	t.Helper()
	for table, rows := range databasetest.Rows(t, engine, databasetest.Connect(t, url)) {
		if len(rows) > 0 {
			t.Errorf("%s has %d rows", table, len(rows))
		}
	}
}

// later is what a program of the future knows: today's migrations and one more.
func later(engine string) fs.FS {
	files := fstest.MapFS{}
	names, _ := fs.Glob(migrate.Files(engine), "*.sql")
	for _, name := range names {
		text, _ := fs.ReadFile(migrate.Files(engine), name)
		files[name] = &fstest.MapFile{Data: text}
	}
	files[fmt.Sprintf("%04d_icon.sql", len(names)+1)] = &fstest.MapFile{
		Data: []byte("-- +goose Up\nALTER TABLE categories ADD COLUMN icon text NOT NULL DEFAULT 'none';"),
	}
	return files
}

func TestABackupOfAnOlderVersionIsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			url, pool := filled(t, engine)
			file := write(t, url).Bytes()
			target := databasetest.Empty(t, engine)
			if _, err := backup.RestoreWith(t.Context(), target, bytes.NewReader(file), later); err != nil {
				t.Fatal(err)
			}
			want, got := databasetest.Rows(t, engine, pool), databasetest.Rows(t, engine, databasetest.Connect(t, target))
			if len(got["categories"]) != len(want["categories"]) || got["categories"][0]["icon"] != `"none"` {
				t.Errorf("got %v", got["categories"])
			}
			if difference := cmp.Diff(want["products"], got["products"]); difference != "" {
				t.Error(difference)
			}
			t.Run("but not into a database that is ahead of it", func(t *testing.T) {
				ahead := databasetest.Empty(t, engine)
				pool, engine, err := database.Connect(ahead)
				if err != nil {
					t.Fatal(err)
				}
				m, err := migration.New(engine, pool, later(engine), slog.New(slog.DiscardHandler))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := m.Up(t.Context()); err != nil {
					t.Fatal(err)
				}
				if err := pool.Close(); err != nil {
					t.Fatal(err)
				}
				_, err = backup.RestoreWith(t.Context(), ahead, bytes.NewReader(file), later)
				if err == nil || !strings.Contains(err.Error(), "already") {
					t.Errorf("got %v", err)
				}
			})
			t.Run("and a database with rows is not migrated for it", func(t *testing.T) {
				names, _ := fs.Glob(later(string(engine)), "*.sql")
				text := regexp.MustCompile(`"migration":\d+`).ReplaceAllString(unzip(t, file), fmt.Sprintf(`"migration":%d`, len(names)))
				before := databasetest.Catalogue(t, engine, pool)
				_, err := backup.RestoreWith(t.Context(), url, bytes.NewReader(zip(t, sealed(text))), later)
				if err == nil || !strings.Contains(err.Error(), "not empty") {
					t.Errorf("got %v", err)
				}
				if difference := cmp.Diff(before, databasetest.Catalogue(t, engine, pool)); difference != "" {
					t.Error(difference)
				}
			})
			t.Run("and a program does not read what is newer than itself", func(t *testing.T) {
				if _, err := backup.Write(t.Context(), target, "test", &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "newer") {
					t.Errorf("backup: %v", err)
				}
			})
		})
	}
}
