package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"galley/internal/config"
	"galley/internal/database"
	"galley/internal/verify"
)

// verifyShop tells whether the shop keeps what always holds of it. It writes nothing, so the shop may be open.
func verifyShop(ctx context.Context, settings config.Verify, stdout io.Writer) (err error) {
	if err := there(settings.Database); err != nil {
		return err
	}
	db, err := database.Open(ctx, database.Options{URL: settings.URL(), Connections: settings.Connections, Logger: settings.Logger(os.Stderr)})
	if err != nil {
		return err
	}
	defer closing(db, &err)
	if err := db.UpToDate(ctx); err != nil {
		return err
	}
	report, err := verify.Shop(ctx, db, verify.Grace)
	if err != nil {
		return err
	}
	if settings.JSON {
		encoder := json.NewEncoder(stdout)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(report)
	} else {
		err = printFindings(report, stdout)
	}
	if n := report.Violations(); n > 0 {
		return errors.Join(err, fmt.Errorf("%d violations: this shop needs somebody to look at it", n))
	}
	return err
}

// printFindings is the report for people.
func printFindings(r *verify.Report, stdout io.Writer) error {
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	for _, f := range r.Rules {
		told := "ok"
		if f.Violations > 0 {
			told = fmt.Sprintf("%d WRONG", f.Violations)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", f.Rule, told, f.Says)
		for _, e := range f.Examples {
			fmt.Fprintf(table, "\t\t  %s: %s\n", e.ID, e.Text)
		}
	}
	fmt.Fprintf(table, "\n%d rules, %d violations, %.1f s\n", len(r.Rules), r.Violations(), r.Took.Seconds())
	return table.Flush()
}
