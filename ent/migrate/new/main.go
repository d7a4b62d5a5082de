// New writes the next migration: what leads from the migrations that are there to the Ent schema, for both engines.
//
//	go run ./ent/migrate/new add_product_unit
//
// It needs a PostgreSQL in which it may make databases: GALLEY_TEST_POSTGRES or DATABASE_URL names it, and
// `make migration name=add_product_unit` brings one. What it writes is a proposal to read, and to edit where rows
// have to be moved; the line of an edited file in checksums.txt is what sha256sum prints.
package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"entgo.io/ent/dialect"

	"galley/ent/migrate"
	"galley/internal/database/migration"
)

// home is the folder of the migrations, from the module's directory.
const home = "ent/migrate"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "new migration:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout io.Writer) error {
	if len(args) != 1 || !regexp.MustCompile(`^[a-z][a-z0-9_]*$`).MatchString(args[0]) {
		return errors.New("say what it does: go run ./ent/migrate/new add_product_unit")
	}
	server := cmp.Or(os.Getenv("GALLEY_TEST_POSTGRES"), os.Getenv("DATABASE_URL"))
	if server == "" {
		return errors.New("neither GALLEY_TEST_POSTGRES nor DATABASE_URL names a PostgreSQL to work with; make migration brings one")
	}
	engines := []string{dialect.SQLite, dialect.Postgres}
	changes := make(map[string][]change)
	var version int
	for _, engine := range engines {
		files := os.DirFS(filepath.Join(home, migrate.Folder(engine)))
		known, err := migration.List(files)
		if err != nil {
			return err
		}
		version = len(known) + 1
		if changes[engine], err = compare(ctx, engine, server, files); err != nil {
			return fmt.Errorf("%s: %w", engine, err)
		}
	}
	if len(slices.Concat(changes[dialect.SQLite], changes[dialect.Postgres])) == 0 {
		_, err := fmt.Fprintln(stdout, "the migrations lead to the Ent schema already")
		return err
	}
	for _, engine := range engines {
		name := fmt.Sprintf("%s/%04d_%s.sql", migrate.Folder(engine), version, args[0])
		if err := write(name, text(changes[engine])); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(stdout, "wrote %s/%s: %d statements\n", home, name, len(changes[engine])); err != nil {
			return err
		}
	}
	return nil
}

// text is a migration's file. There is no way down: see docs/decisions/0018.
func text(changes []change) string {
	var b strings.Builder
	b.WriteString("-- +goose Up\n")
	for _, c := range changes {
		fmt.Fprintf(&b, "\n-- %s\n%s;\n", c.comment, c.sql)
	}
	if len(changes) == 0 {
		b.WriteString("\n-- Nothing changes on this engine.\n")
	}
	return b.String()
}

// write writes a new file, and its line into the list of checksums.
func write(name, text string) error {
	path := filepath.Join(home, filepath.FromSlash(name))
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil { //nolint:gosec // a source file
		return err
	}
	list, err := os.OpenFile(filepath.Join(home, "checksums.txt"), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644) //nolint:gosec // a source file
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(list, "%x  %s\n", sha256.Sum256([]byte(text)), name)
	return errors.Join(err, list.Close())
}
