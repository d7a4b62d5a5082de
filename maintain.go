package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	entmigrate "galley/ent/migrate"
	"galley/internal/config"
	"galley/internal/database"
	"galley/internal/database/backup"
	"galley/internal/database/migration"
)

// migrate prepares the database, or says what would be done, and stops.
func migrate(ctx context.Context, settings config.Migrate, stdout io.Writer) (err error) {
	if err := makeDirectory(settings.Database); err != nil {
		return err
	}
	pool, engine, err := database.Connect(settings.URL())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	m, err := migration.New(engine, pool, entmigrate.Files(engine), settings.Logger(os.Stderr))
	if err != nil {
		return err
	}
	did, migrations, done := "applied", []migration.Migration(nil), "the database is ready"
	if settings.Status {
		_, migrations, err = m.Status(ctx)
		did = "pending"
		if len(migrations) > 0 {
			done = "the database is not ready"
		}
	} else {
		migrations, err = m.Up(ctx)
	}
	if err != nil {
		return err
	}
	for _, done := range migrations {
		fmt.Fprintln(stdout, did, done.Name)
	}
	_, err = fmt.Fprintln(stdout, done)
	return err
}

// there refuses an embedded database that is not there: opening it would make it.
func there(settings config.Database) error {
	if !settings.Embedded() {
		return nil
	}
	if _, err := os.Stat(settings.Path()); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("GALLEY_DATA: there is no shop in %s", settings.Data)
	}
	return nil
}

// backUp writes the shop into a file.
func backUp(ctx context.Context, settings config.Backup, stdout io.Writer) error {
	if err := there(settings.Database); err != nil {
		return err
	}
	if settings.File == "-" {
		_, err := backup.Write(ctx, settings.URL(), version(), stdout)
		return err
	}
	began := time.Now()
	var report *backup.Report
	err := backup.Create(settings.File, settings.Force, func(w io.Writer) (err error) {
		report, err = backup.Write(ctx, settings.URL(), version(), w)
		return err
	})
	if err != nil {
		return err
	}
	return tell(stdout, "backed up", report, began)
}

// restore reads a backup into an empty database.
func restore(ctx context.Context, settings config.Restore, stdout io.Writer) (err error) {
	began := time.Now()
	file := os.Stdin
	if settings.File != "-" {
		if file, err = os.Open(settings.File); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
	}
	if err := makeDirectory(settings.Database); err != nil {
		return err
	}
	report, err := backup.Restore(ctx, settings.URL(), file)
	if err != nil {
		return err
	}
	return tell(stdout, "restored", report, began)
}

func tell(stdout io.Writer, did string, r *backup.Report, began time.Time) error {
	took := time.Since(began).Seconds()
	megabytes := float64(r.Bytes) / 1e6
	_, err := fmt.Fprintf(stdout, "%s %d rows of %d tables, %.1f MB in %.1f s (%.0f rows and %.1f MB a second)\n",
		did, r.Rows, r.Tables, megabytes, took, float64(r.Rows)/took, megabytes/took)
	return err
}

// makeDirectory makes the one that the embedded database lies in.
func makeDirectory(settings config.Database) error {
	if !settings.Embedded() {
		return nil
	}
	if err := os.MkdirAll(settings.Data, 0o700); err != nil {
		return fmt.Errorf("make the directory of GALLEY_DATA: %w", err)
	}
	return nil
}
