// Package databasetest gives each test a fresh database, on both engines.
package databasetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"galley/internal/database"
	"galley/internal/viewer"
)

// Engine is one of the databases that a shop may run on.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Engines lists them.
func Engines() []Engine { return []Engine{SQLite, Postgres} }

// Each runs a test on a fresh database of each engine.
func Each(t *testing.T, test func(t *testing.T, db *database.DB)) {
	t.Helper()
	for _, engine := range Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			test(t, New(t, engine))
		})
	}
}

// New makes a fresh, migrated database with the real clock.
func New(tb testing.TB, engine Engine) *database.DB {
	tb.Helper()
	return Open(tb, engine, time.Now)
}

// Open makes a fresh, migrated database with a clock of the test's own. Its randomness is the same
// in each run, so that what is made of it can be compared.
func Open(tb testing.TB, engine Engine, now func() time.Time) *database.DB {
	tb.Helper()
	db, err := database.Open(tb.Context(), database.Options{
		URL:      URL(tb, engine),
		Now:      now,
		Random:   mathrand.NewChaCha8([32]byte{}),
		Instance: 1,
	})
	if err != nil {
		tb.Fatalf("open %s: %v", engine, err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("close %s: %v", engine, err)
		}
	})
	return db
}

// URL makes a fresh, migrated database and returns its address. It is removed when the test ends.
func URL(tb testing.TB, engine Engine) string {
	tb.Helper()
	if engine == SQLite {
		return sqliteCopy(tb)
	}
	return postgresCopy(tb)
}

// Empty makes a database without tables and returns its address. It is removed when the test ends.
func Empty(tb testing.TB, engine Engine) string {
	tb.Helper()
	if engine == SQLite {
		return "sqlite:" + filepath.Join(tb.TempDir(), "shop.db")
	}
	return postgresNew(tb, "")
}

// System is the context that tests prepare their rows in.
func System(ctx context.Context) context.Context { return viewer.AsSystem(ctx) }

// sqliteTemplate is a migrated file, made once a process and copied for each test.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "galley-template-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "template.db")
	if err := migrate("sqlite:" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path) //nolint:gosec // our own file
})

func sqliteCopy(tb testing.TB) string {
	tb.Helper()
	template, err := sqliteTemplate()
	if err != nil {
		tb.Fatalf("make template: %v", err)
	}
	path := filepath.Join(tb.TempDir(), "shop.db")
	if err := os.WriteFile(path, template, 0o600); err != nil {
		tb.Fatal(err)
	}
	return "sqlite:" + path
}

// postgresTemplate is a migrated database, made once a process.
var postgresTemplate = sync.OnceValues(func() (string, error) {
	name := "galley_template_" + unique()
	if err := admin("CREATE DATABASE " + name); err != nil {
		return "", err
	}
	return name, migrate(at(name))
})

func postgresCopy(tb testing.TB) string {
	tb.Helper()
	template, err := postgresTemplate()
	if err != nil {
		tb.Fatalf("make template: %v", err)
	}
	return postgresNew(tb, " TEMPLATE "+template)
}

func postgresNew(tb testing.TB, options string) string {
	tb.Helper()
	name := "galley_test_" + unique()
	if err := admin("CREATE DATABASE " + name + options); err != nil {
		tb.Fatalf("create database: %v", err)
	}
	tb.Cleanup(func() {
		if err := admin("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			tb.Errorf("drop database: %v", err)
		}
	})
	return at(name)
}

func migrate(address string) error {
	ctx := context.Background()
	db, err := database.Open(ctx, database.Options{URL: address, Instance: 1})
	if err != nil {
		return err
	}
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	return db.Close()
}

// admin runs a statement on the server's own database.
func admin(statement string) error {
	if os.Getenv("GALLEY_TEST_POSTGRES") == "" {
		return errors.New("GALLEY_TEST_POSTGRES names no PostgreSQL: run `make test`, which starts one")
	}
	db, err := sql.Open("postgres", os.Getenv("GALLEY_TEST_POSTGRES"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	// A template that somebody is copying is busy for a moment.
	for range 50 {
		if _, err = db.Exec(statement); err == nil {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return fmt.Errorf("%s: %w", statement, err)
}

// at is the server's address with another database.
func at(name string) string {
	u, err := url.Parse(os.Getenv("GALLEY_TEST_POSTGRES"))
	if err != nil {
		return ""
	}
	u.Path = "/" + name
	return u.String()
}

func unique() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}
