package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"galley/internal/config"
	"galley/internal/database"
	"galley/internal/money"
	"galley/internal/productfile"
)

// importProducts brings a file of products into the shop.
func importProducts(ctx context.Context, settings config.ImportProducts, stdout io.Writer) error {
	file, _, err := openFile(settings.File)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	return inShop(ctx, settings.Database, func(db *database.DB) error {
		bar := newProgress(os.Stderr)
		report, err := productfile.Import(ctx, db, file, productfile.Options{
			Name: settings.File, Currency: money.Currency(settings.Currency), DryRun: settings.DryRun, Progress: bar.show,
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

// exportProducts writes all products into a new file, or prints them.
func exportProducts(ctx context.Context, settings config.ExportProducts, stdout io.Writer) (err error) {
	db, err := openDatabase(ctx, settings.Database, settings.Logger(os.Stderr))
	if err != nil {
		return err
	}
	defer closing(db, &err)
	if settings.File == "" {
		return productfile.Export(ctx, db, stdout)
	}
	file, err := os.OpenFile(settings.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // people open it with other programs
	if err != nil {
		return fmt.Errorf("export products: %w", err)
	}
	err = errors.Join(productfile.Export(ctx, db, file), file.Close())
	if err != nil {
		return errors.Join(err, os.Remove(settings.File))
	}
	return nil
}
