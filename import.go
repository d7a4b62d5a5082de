package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"galley/internal/config"
	"galley/internal/database"
	"galley/internal/history"
	"galley/internal/money"
)

// importHistory brings an Online Retail file into the shop.
func importHistory(ctx context.Context, settings config.ImportOnlineRetail, stdout io.Writer) error {
	file, size, err := openFile(settings.File)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	rejected := settings.Rejected
	if rejected == "" {
		name := filepath.Base(settings.File)
		rejected = strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".csv") + ".rejected.csv"
	}
	return inShop(ctx, settings.Database, func(db *database.DB) error {
		bar := newProgress(os.Stderr)
		report, err := history.Import(ctx, db, history.Source{Name: settings.File, Reader: file, Size: size}, history.Options{
			Currency: money.Currency(settings.Currency), Stock: settings.Stock, Rejected: rejected, Progress: bar.show,
		})
		bar.end()
		if err != nil {
			return err
		}
		if err := printReport(stdout, settings.JSON, report); err != nil {
			return err
		}
		return report.Err()
	})
}

// openFile opens a file to be imported, before the database is touched.
func openFile(name string) (*os.File, int64, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a directory, not a file", name)
	}
	if err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, info.Size(), nil
}

// inShop opens and prepares the database for a command that writes.
func inShop(ctx context.Context, settings config.Database, do func(*database.DB) error) (err error) {
	db, err := openDatabase(ctx, settings, settings.Logger(os.Stderr))
	if err != nil {
		return err
	}
	defer closing(db, &err)
	if err := db.Start(ctx); err != nil {
		return err
	}
	return do(db)
}

func printReport(stdout io.Writer, asJSON bool, report fmt.Stringer) error {
	if !asJSON {
		_, err := io.WriteString(stdout, report.String())
		return err
	}
	encoder := json.NewEncoder(stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(report)
}
