package database

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"entgo.io/ent/dialect"

	"galley/ent/migrate"
	"galley/internal/database/guard"
	"galley/internal/database/migration"
)

// Migrate brings the database to this program's version of the schema. It may run in many processes at once.
func (db *DB) Migrate(ctx context.Context) error {
	return db.withMigrator(func(m *migration.Migrator) error {
		_, err := m.Up(ctx)
		return err
	})
}

// UpToDate tells whether the database is at this program's version of the schema, for who only reads it.
func (db *DB) UpToDate(ctx context.Context) error {
	return db.withMigrator(func(m *migration.Migrator) error {
		_, err := m.UpToDate(ctx)
		return err
	})
}

func (db *DB) withMigrator(do func(*migration.Migrator) error) (err error) {
	pool, engine, err := Connect(db.url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	m, err := migration.New(engine, pool, migrate.Files(engine), db.log)
	if err != nil {
		return err
	}
	return do(m)
}

// Connect opens a database for what is done to it as a whole: migrations, backup and restore. Nothing is
// counted, and SQLite's one connection does not enforce foreign keys: who writes has to check them.
func Connect(address string) (pool *stdsql.DB, engine string, err error) {
	path, embedded := strings.CutPrefix(address, "sqlite:")
	if !embedded {
		connector, err := guard.New(address)
		if err != nil {
			return nil, "", fmt.Errorf("read DATABASE_URL: %w", err)
		}
		return stdsql.OpenDB(connector), dialect.Postgres, nil
	}
	pool, err = stdsql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+
		"?_pragma=busy_timeout(5000)&_pragma=foreign_keys(0)&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		return nil, "", fmt.Errorf("open %s: %w", path, err)
	}
	pool.SetMaxOpenConns(1)
	return pool, dialect.SQLite, nil
}
