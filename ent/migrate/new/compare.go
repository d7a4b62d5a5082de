package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	atlas "ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"
	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"galley/ent/migrate"
	"galley/internal/database"
	"galley/internal/database/migration"
)

// change is a statement of a migration.
type change struct{ comment, sql string }

// compare makes two databases, one by the migrations and one by Ent, and plans what makes the first like the
// second. Both are read back from their engine, so that nothing is missed that Ent does not look at in a
// database that is there, such as a CHECK that changed.
func compare(ctx context.Context, engine, server string, files fs.FS) (changes []change, err error) {
	migrated, drop, err := scratch(ctx, engine, server)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, drop()) }()
	m, err := migration.New(engine, migrated, files, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	if _, err := m.Up(ctx); err != nil {
		return nil, err
	}
	wanted, dropWanted, err := scratch(ctx, engine, server)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, dropWanted()) }()
	if engine == dialect.SQLite { // Ent insists
		if _, err := wanted.ExecContext(ctx, "PRAGMA foreign_keys = 1"); err != nil {
			return nil, err
		}
	}
	if err := migrate.NewSchema(entsql.OpenDB(engine, wanted)).Create(ctx); err != nil {
		return nil, fmt.Errorf("make Ent's schema: %w", err)
	}
	return plan(ctx, engine, migrated, wanted)
}

// plan returns what makes one database's schema like another's.
func plan(ctx context.Context, engine string, from, to *sql.DB) ([]change, error) {
	driver, now, err := inspect(ctx, engine, from)
	if err != nil {
		return nil, err
	}
	_, then, err := inspect(ctx, engine, to)
	if err != nil {
		return nil, err
	}
	differences, err := driver.SchemaDiff(now, then, schema.DiffNormalized())
	if err != nil {
		return nil, fmt.Errorf("compare schemas: %w", err)
	}
	declareChecks(then)
	planned, err := driver.PlanChanges(ctx, "", differences, func(o *atlas.PlanOptions) {
		o.SchemaQualifier, o.Indent = new(string), "  "
	})
	if err != nil {
		return nil, fmt.Errorf("plan changes: %w", err)
	}
	var changes []change
	for _, c := range planned.Changes {
		// No effect inside a transaction; the migrating connection does not enforce foreign keys anyway.
		if !strings.HasPrefix(c.Cmd, "PRAGMA") {
			changes = append(changes, change{c.Comment, c.Cmd})
		}
	}
	return changes, nil
}

// declareChecks puts the CHECKs as ent/schema has them in the place of what PostgreSQL made of them: read again, that
// would become a third form.
func declareChecks(found *schema.Schema) {
	for _, declared := range migrate.Tables {
		t, ok := found.Table(declared.Name)
		if !ok || declared.Annotation == nil {
			continue
		}
		for _, attribute := range t.Attrs {
			if check, ok := attribute.(*schema.Check); ok && declared.Annotation.Checks[check.Name] != "" {
				check.Expr = declared.Annotation.Checks[check.Name]
			}
		}
	}
}

func inspect(ctx context.Context, engine string, db *sql.DB) (driver atlas.Driver, found *schema.Schema, err error) {
	name := "main"
	if engine == dialect.SQLite {
		driver, err = sqlite.Open(db)
	} else {
		name = "public"
		driver, err = postgres.Open(db)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("inspect: %w", err)
	}
	found, err = driver.InspectSchema(ctx, name, &schema.InspectOptions{Mode: schema.InspectSchemas | schema.InspectTables})
	if err != nil {
		return nil, nil, fmt.Errorf("inspect: %w", err)
	}
	var tables []*schema.Table
	for _, t := range found.Tables {
		if !strings.HasPrefix(t.Name, "galley_migrations") {
			tables = append(tables, t)
		}
	}
	found.Tables = tables
	return driver, found, nil
}

// scratch makes an empty database, and returns what removes it.
func scratch(ctx context.Context, engine, server string) (db *sql.DB, drop func() error, err error) {
	if engine == dialect.SQLite {
		dir, err := os.MkdirTemp("", "galley-migration-")
		if err != nil {
			return nil, nil, err
		}
		db, _, err := database.Connect("sqlite:" + filepath.Join(dir, "scratch.db"))
		if err != nil {
			return nil, nil, errors.Join(err, os.RemoveAll(dir))
		}
		return db, func() error { return errors.Join(db.Close(), os.RemoveAll(dir)) }, nil
	}
	address, err := url.Parse(server)
	if err != nil {
		return nil, nil, fmt.Errorf("read the address of PostgreSQL: %w", err)
	}
	admin, _, err := database.Connect(server)
	if err != nil {
		return nil, nil, err
	}
	name := "galley_migration_" + strings.ToLower(rand.Text()[:12])
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("make a database to work with: %w", err), admin.Close())
	}
	remove := func() error {
		_, err := admin.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)")
		return errors.Join(err, admin.Close())
	}
	address.Path = "/" + name
	db, _, err = database.Connect(address.String())
	if err != nil {
		return nil, nil, errors.Join(err, remove())
	}
	return db, func() error { return errors.Join(db.Close(), remove()) }, nil
}
