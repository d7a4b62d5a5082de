package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"galley/internal/config"
	"galley/internal/secret"
	"galley/internal/session"
)

// listKeys prints the keys that access tokens are signed with.
func listKeys(ctx context.Context, settings config.KeysList, stdout io.Writer) error {
	return withSessions(ctx, settings.Database, secret.Development(), func(w *session.Workflow) error {
		return printKeys(ctx, w, stdout)
	})
}

// changeKeys changes them, and prints them.
func changeKeys(ctx context.Context, settings config.KeysChange, change func(*session.Workflow, context.Context) error, stdout io.Writer) error {
	ring, err := settings.Ring()
	if err != nil {
		return err
	}
	return withSessions(ctx, settings.Database, ring, func(w *session.Workflow) error {
		if err := change(w, ctx); err != nil {
			return err
		}
		return printKeys(ctx, w, stdout)
	})
}

// withSessions does something to a shop's sessions, beside the processes that serve it.
func withSessions(ctx context.Context, settings config.Database, ring *secret.Ring, do func(*session.Workflow) error) (err error) {
	db, err := openDatabase(ctx, settings, settings.Logger(os.Stderr))
	if err != nil {
		return err
	}
	defer closing(db, &err)
	if err := db.Start(ctx); err != nil {
		return err
	}
	return do(session.New(db, ring))
}

func printKeys(ctx context.Context, w *session.Workflow, stdout io.Writer) error {
	keys, err := w.Keys(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "KEY\tSTATUS\tSINCE")
	for _, k := range keys {
		fmt.Fprintf(table, "%s\t%s\t%s\n", k.Kid, k.Status, k.Since.UTC().Format(time.RFC3339))
	}
	return table.Flush()
}
