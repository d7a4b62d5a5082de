package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite", as Galley's
)

type engine string

const (
	postgres engine = "PostgreSQL"
	sqlite   engine = "SQLite"
)

// site is a database that both servers are measured on: an engine's, with a multiple of the data.
type site struct {
	engine engine
	scale  int
}

// String is what the tables call it: PostgreSQL goes without saying.
func (on site) String() string {
	times := fmt.Sprintf("%d×", on.scale)
	if on.engine == postgres {
		return times
	}
	return string(on.engine) + ", " + times
}

// name is what the cluster calls it.
func (on site) name() string { return fmt.Sprintf("shop_%dx", on.scale) }

// sites are where a run measures.
func (s settings) sites() (sites []site) {
	scales := s.scales
	if s.check {
		scales = scales[len(scales)-1:]
	}
	for _, scale := range scales {
		sites = append(sites, site{postgres, scale})
	}
	if slices.ContainsFunc(tasks, func(t task) bool { return s.wants(t) && t.runsOn(sqlite) }) {
		sites = append(sites, embedded)
	}
	return sites
}

// embedded is SQLite's site.
var embedded = site{sqlite, 1}

// wants tells whether a task is to be measured.
func (s settings) wants(t task) bool { return strings.Contains(t.name, s.tasks) }

// runsOn tells whether a task is measured on an engine. On SQLite it is orders alone.
func (t task) runsOn(e engine) bool { return e == postgres || t.orders }

// database names one, to Galley and to the handwritten server.
func (h *harness) database(on site) []string {
	if on.engine == postgres {
		return []string{"DATABASE_URL=" + h.cluster.in(on.name())}
	}
	return []string{"DATABASE_URL=", "GALLEY_DATA=" + h.folder()}
}

// folder is where SQLite's file is. It is on the disk of the directory for temporary files: a COMMIT waits for it.
func (h *harness) folder() string { return filepath.Join(h.directory, "sqlite") }

// fileIn is the database's file in a folder, as Galley calls it.
func fileIn(folder string) string { return filepath.Join(folder, "galley.db") }

// open connects the harness to a database, beside the servers.
func (h *harness) open(on site) (*sql.DB, error) {
	if on.engine == postgres {
		return h.cluster.open(on.name())
	}
	// Times are whole microseconds, as Galley writes them.
	query := url.Values{"_pragma": {"busy_timeout(5000)"}, "_time_integer_format": {"unix_micro"}, "_inttotime": {"1"}}
	db, err := sql.Open("sqlite", "file:"+fileIn(h.folder())+"?"+query.Encode())
	if err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	return db, nil
}

// settle has the database do now what it would do while we measure: look at tables that were empty a moment ago, which
// it would read whole, and write what has been put off.
func (on site) settle(ctx context.Context, db *sql.DB) error {
	if on.engine == postgres {
		return run(ctx, db, "ANALYZE carts, cart_lines, order_events, payment_steps, payment_events, jobs, stock_movements", "CHECKPOINT")
	}
	return run(ctx, db, "PRAGMA wal_checkpoint(TRUNCATE)")
}
