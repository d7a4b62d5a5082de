// Package migration brings a database to a version of the schema, by the SQL files of ent/migrate.
package migration

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path"
	"slices"
	"strconv"
	"strings"

	"entgo.io/ent/dialect"
)

// Migration is a step from one version of the schema to the next.
type Migration struct {
	Version int64
	Name    string // of its file, such as 0001_initial
	SHA256  string // of its file, in hexadecimal
}

// Migrator applies an engine's migrations to a database.
type Migrator struct {
	engine string
	pool   *sql.DB
	files  fs.FS
	known  []Migration // by version
	log    *slog.Logger
}

// New makes a migrator for a database. On SQLite the pool must have one connection that does not enforce
// foreign keys.
func New(engine string, pool *sql.DB, files fs.FS, log *slog.Logger) (*Migrator, error) {
	known, err := List(files)
	if err != nil {
		return nil, err
	}
	return &Migrator{engine: engine, pool: pool, files: files, known: known, log: log}, nil
}

// List reads which migrations a folder has, by version.
func List(files fs.FS) ([]Migration, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	var found []Migration
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("migration %s: its name begins with no number", name)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read migration %s: %w", name, err)
		}
		sum := sha256.Sum256(text)
		found = append(found, Migration{version, strings.TrimSuffix(name, path.Ext(name)), hex.EncodeToString(sum[:])})
	}
	slices.SortFunc(found, func(a, b Migration) int { return cmp.Compare(a.Version, b.Version) })
	for i, m := range found {
		if m.Version != int64(i+1) {
			return nil, fmt.Errorf("migration %s: version %d is missing or there twice", m.Name, i+1)
		}
	}
	return found, nil
}

// Latest is the version that this program needs.
func (m *Migrator) Latest() int64 { return int64(len(m.known)) }

// Status tells which version a database has (0: it was never prepared) and what it lacks. It takes no lock.
// A database that this program cannot work with is an error.
func (m *Migrator) Status(ctx context.Context) (version int64, pending []Migration, err error) {
	applied, err := m.applied(ctx)
	if err != nil {
		return 0, nil, err
	}
	for i, a := range applied {
		switch {
		case i >= len(m.known):
			return 0, nil, fmt.Errorf("the database is newer than this program: it has migration %s, this program knows none after %04d; run the newer version of Galley", applied[len(applied)-1].Name, m.Latest())
		case a.Version != m.known[i].Version:
			return 0, nil, fmt.Errorf("migration %s was applied without %s before it", a.Name, m.known[i].Name)
		case a.SHA256 != m.known[i].SHA256:
			return 0, nil, fmt.Errorf("migration %s was edited after it was applied to this database: put the file back as it was, and write a new migration", a.Name)
		}
	}
	return int64(len(applied)), m.known[len(applied):], nil
}

// UpToDate returns the database's version, which has to be this program's: for who reads it whole and changes nothing.
func (m *Migrator) UpToDate(ctx context.Context) (int64, error) {
	version, pending, err := m.Status(ctx)
	switch {
	case err != nil:
		return 0, err
	case version == 0:
		return 0, errors.New("the database holds no shop")
	case len(pending) > 0:
		return 0, fmt.Errorf("the database is at migration %d and this program at %d: use the program that runs on it, or run galley migrate first", version, m.Latest())
	}
	return version, nil
}

// applied reads what the database says was applied to it, by version.
func (m *Migrator) applied(ctx context.Context) ([]Migration, error) {
	// In this order: the list of migrations is made before any table, maybe by another process right now.
	tables, err := tableExists(ctx, m.engine, m.pool, "users")
	if err != nil {
		return nil, fmt.Errorf("look for tables: %w", err)
	}
	listed, err := tableExists(ctx, m.engine, m.pool, table)
	switch {
	case err != nil:
		return nil, fmt.Errorf("look for the list of migrations: %w", err)
	case tables && !listed:
		return nil, errors.New("the database has tables, but not from a Galley with migrations: delete it, or name an empty one")
	case !listed:
		return nil, nil
	}
	rows, err := m.pool.QueryContext(ctx, "SELECT version, name, sha256 FROM "+table+" ORDER BY version")
	if err != nil {
		return nil, fmt.Errorf("read the list of migrations: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var applied []Migration
	for rows.Next() {
		var a Migration
		if err := rows.Scan(&a.Version, &a.Name, &a.SHA256); err != nil {
			return nil, fmt.Errorf("read the list of migrations: %w", err)
		}
		applied = append(applied, a)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the list of migrations: %w", err)
	}
	return applied, nil
}

func (m *Migrator) postgres() bool { return m.engine == dialect.Postgres }
