package migration

import (
	"context"
	"database/sql"
	"fmt"

	"entgo.io/ent/dialect"
	goose "github.com/pressly/goose/v3/database"
)

// table lists what was applied. It is goose's table of versions, with each file's checksum: the row is written
// in the migration's own transaction.
const table = "galley_migrations"

// store is how goose reads and writes the list.
type store struct {
	engine string
	known  []Migration
}

func (store) Tablename() string { return table }

func (s store) TableExists(ctx context.Context, db goose.DBTxConn) (bool, error) {
	return tableExists(ctx, s.engine, db, table)
}

func (store) CreateVersionTable(ctx context.Context, db goose.DBTxConn) error {
	_, err := db.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS "+table+` (
  version bigint NOT NULL PRIMARY KEY,
  name text NOT NULL,
  sha256 text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
)`)
	return err
}

func (s store) Insert(ctx context.Context, db goose.DBTxConn, r goose.InsertRequest) error {
	if r.Version == 0 { // goose's mark of a new table; ListMigrations adds it
		return nil
	}
	m := s.known[r.Version-1]
	insert := "INSERT INTO " + table + " (version, name, sha256) VALUES (?, ?, ?)"
	if s.engine == dialect.Postgres {
		insert = "INSERT INTO " + table + " (version, name, sha256) VALUES ($1, $2, $3)"
	}
	_, err := db.ExecContext(ctx, insert, m.Version, m.Name, m.SHA256)
	return err
}

func (s store) ListMigrations(ctx context.Context, db goose.DBTxConn) ([]*goose.ListMigrationsResult, error) {
	latest, err := s.GetLatestVersion(ctx, db)
	if err != nil {
		return nil, err
	}
	var list []*goose.ListMigrationsResult
	for version := latest; version >= 0; version-- { // Status makes sure that there are no gaps
		list = append(list, &goose.ListMigrationsResult{Version: version, IsApplied: true})
	}
	return list, nil
}

func (store) GetLatestVersion(ctx context.Context, db goose.DBTxConn) (version int64, err error) {
	err = db.QueryRowContext(ctx, "SELECT COALESCE(MAX(version), 0) FROM "+table).Scan(&version)
	return version, err
}

// Delete and GetMigration are for going down and for goose's own status: neither is done here.

func (store) Delete(context.Context, goose.DBTxConn, int64) error { return goose.ErrNotImplemented }

func (store) GetMigration(context.Context, goose.DBTxConn, int64) (*goose.GetMigrationResult, error) {
	return nil, goose.ErrNotImplemented
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func tableExists(ctx context.Context, engine string, db querier, name string) (exists bool, err error) {
	query := "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?)"
	if engine == dialect.Postgres {
		query = "SELECT to_regclass($1) IS NOT NULL"
	}
	if err := db.QueryRowContext(ctx, query, name).Scan(&exists); err != nil {
		return false, fmt.Errorf("look for table %s: %w", name, err)
	}
	return exists, nil
}
