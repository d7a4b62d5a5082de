package migration_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/database/migration"
)

// TestMain lets this test be its own other processes: with these variables it migrates a database and ends.
func TestMain(m *testing.M) {
	if url := os.Getenv("GALLEY_TEST_MIGRATE"); url != "" {
		if err := migrateAlone(os.Stdout, url, os.Getenv("GALLEY_TEST_FILES")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func migrateAlone(stdout io.Writer, url, files string) error {
	pool, engine, err := database.Connect(url)
	if err != nil {
		return err
	}
	m, err := migration.New(engine, pool, os.DirFS(files), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, "begins")
	applied, err := m.Up(context.Background())
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, "applied", len(applied))
	return pool.Close()
}

// process starts one that migrates.
func process(t *testing.T, url, files string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	p := exec.CommandContext(t.Context(), os.Args[0]) //nolint:gosec // this test
	p.Env = append(os.Environ(), "GALLEY_TEST_MIGRATE="+url, "GALLEY_TEST_FILES="+files)
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.Stderr = os.Stderr
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	return p, bufio.NewScanner(out)
}

// onDisk writes migrations into a directory, and others besides.
func onDisk(t *testing.T, files fs.FS, more map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	for name, text := range more {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("-- +goose Up\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFourProcessesMigrateAtOnce(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		for _, state := range []string{"an empty", "an outdated"} {
			t.Run(state+" database on "+string(engine), func(t *testing.T) {
				t.Parallel()
				url := databasetest.Empty(t, engine)
				pool := databasetest.Connect(t, url)
				files := filesOf(engine)
				want := int(migrator(t, engine, pool, files).Latest()) + 1
				if state == "an outdated" {
					want = 1
					if _, err := migrator(t, engine, pool, files).Up(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				next := fmt.Sprintf("%04d_more.sql", migrator(t, engine, pool, files).Latest()+1)
				dir := onDisk(t, files, map[string]string{next: "CREATE TABLE more (id bigint PRIMARY KEY);"})
				var processes []*exec.Cmd
				var outputs []*bufio.Scanner
				for range 4 {
					p, out := process(t, url, dir)
					processes, outputs = append(processes, p), append(outputs, out)
				}
				var told []string
				for i, p := range processes {
					for outputs[i].Scan() {
						told = append(told, outputs[i].Text())
					}
					if err := p.Wait(); err != nil {
						t.Errorf("a process failed: %v", err)
					}
				}
				all := strings.Join(told, ", ")
				if strings.Count(all, "applied 0") != 3 || !strings.Contains(all, fmt.Sprint("applied ", want)) {
					t.Errorf("they say %s", all)
				}
				if version, pending, err := migrator(t, engine, pool, os.DirFS(dir)).Status(t.Context()); err != nil || len(pending) > 0 {
					t.Errorf("version %d, pending %v, %v", version, pending, err)
				}
			})
		}
	}
}

// endless never ends by itself.
var endless = map[databasetest.Engine]string{
	databasetest.Postgres: "CREATE TABLE half (id bigint); INSERT INTO half VALUES (1); SELECT pg_sleep(600);",
	databasetest.SQLite: `CREATE TABLE half (id bigint); INSERT INTO half VALUES (1);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n;`,
}

func TestTheNextStartMendsWhatAKilledProcessLeft(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			url := databasetest.Empty(t, engine)
			pool := databasetest.Connect(t, url)
			files := filesOf(engine)
			last := migrator(t, engine, pool, files).Latest()
			if _, err := migrator(t, engine, pool, files).Up(t.Context()); err != nil {
				t.Fatal(err)
			}
			next := fmt.Sprintf("%04d_half.sql", last+1)
			p, out := process(t, url, onDisk(t, files, map[string]string{next: endless[engine]}))
			out.Scan()
			until(t, "the migration runs", func() bool { return migrating(t, engine, pool) })
			if err := p.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = p.Wait()
			if engine == databasetest.Postgres {
				// The server notices a dead client when its statement ends; the lease runs out by itself.
				exec1(t, pool, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()")
				exec1(t, pool, "UPDATE galley_migrations_lock SET lease_expires_at = now() - interval '1 second'")
			}
			m := migrator(t, engine, pool, os.DirFS(onDisk(t, files, map[string]string{next: "CREATE TABLE half (id bigint);"})))
			if applied, err := m.Up(t.Context()); err != nil || len(applied) != 1 {
				t.Fatalf("applied %v, %v", applied, err)
			}
			if n := number(t, pool, "SELECT count(*) FROM half"); n != 0 {
				t.Error("something of the killed migration is left")
			}
		})
	}
}

// migrating tells whether the endless migration is under way.
func migrating(t *testing.T, engine databasetest.Engine, pool *sql.DB) bool {
	t.Helper()
	if engine == databasetest.Postgres {
		return number(t, pool, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()") > 0
	}
	exec1(t, pool, "PRAGMA busy_timeout = 0")
	if _, err := pool.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		exec1(t, pool, "PRAGMA busy_timeout = 5000")
		return true
	}
	exec1(t, pool, "ROLLBACK")
	return false
}

func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never is so that %s", what)
		}
	}
}

func exec1(t *testing.T, pool *sql.DB, statement string) {
	t.Helper()
	if _, err := pool.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func number(t *testing.T, pool *sql.DB, query string) (n int64) {
	t.Helper()
	if err := pool.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}
