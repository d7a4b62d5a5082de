package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"slices"

	"galley/ent/migrate"
	"galley/internal/database"
	"galley/internal/database/migration"
)

// Restore reads a backup into a database without rows: all of it, in one transaction, or nothing. The database is
// first brought to the version of the schema that the backup has, and to this program's in the end.
func Restore(ctx context.Context, url string, r io.Reader) (*Report, error) {
	return restore(ctx, url, r, migrate.Files)
}

func restore(ctx context.Context, url string, r io.Reader, files func(engine string) fs.FS) (_ *Report, err error) {
	in, err := newReader(r)
	if err != nil {
		return nil, err
	}
	pool, engine, err := database.Connect(url)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	m, err := migration.New(engine, pool, files(engine), slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	if err := fits(ctx, m, in.header); err != nil {
		return nil, err
	}
	// Before anything is done to a database that is somebody's.
	if err := within(ctx, engine, pool, (*loader).expectEmpty); err != nil {
		return nil, err
	}
	if _, err := m.UpTo(ctx, in.header.Migration); err != nil {
		return nil, err
	}
	err = within(ctx, engine, pool, func(l *loader) error { return l.load(in) })
	if err != nil {
		return nil, err
	}
	if _, err := m.Up(ctx); err != nil {
		return nil, fmt.Errorf("the backup is restored, but not brought up to date; galley migrate tries again: %w", err)
	}
	return &in.report, nil
}

// fits tells whether a backup can be restored into the database, by their versions of the schema.
func fits(ctx context.Context, m *migration.Migrator, h header) error {
	version, _, err := m.Status(ctx)
	switch {
	case err != nil:
		return err
	case h.Migration < 1 || h.Migration > m.Latest():
		return fmt.Errorf("the backup is from migration %d and this program knows none after %d: restore it with a newer version of Galley", h.Migration, m.Latest())
	case version > h.Migration:
		return fmt.Errorf("the database is at migration %d already, and the backup from migration %d: restore it into a database that was never used, and it is brought up to date afterwards", version, h.Migration)
	}
	return nil
}

// within runs a step of loading in a transaction. The context only stops the reading of rows: database/sql would end the
// transaction at once, and lib/pq's COPY still reads from the connection then.
func within(ctx context.Context, engine string, pool *sql.DB, step func(*loader) error) error {
	stopped := ctx.Err
	ctx = context.WithoutCancel(ctx)
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	l := &loader{ctx: ctx, stopped: stopped, tx: tx, postgres: !embedded(engine), expected: map[string]bool{}}
	defer l.abandon()
	if err := step(l); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// load puts everything that a backup has into the database.
func (l *loader) load(in *reader) error {
	if err := l.expectEmpty(); err != nil {
		return err
	}
	if err := in.each(l); err != nil {
		return err
	}
	if missing := slices.Sorted(maps.Keys(l.expected)); len(missing) > 0 {
		return fmt.Errorf("the backup lacks the tables %v", missing)
	}
	if l.postgres {
		return nil
	}
	return migration.CheckForeignKeys(l.ctx, l.tx)
}
