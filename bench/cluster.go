package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// cluster is the PostgreSQL server that make bench has started for this run.
type cluster struct {
	*sql.DB              // its first database, where nothing is measured
	url         *url.URL // of that
	postmaster  int      // its process
	description []string // what it is and how it is set
}

// settingsShown are those that decide what a number means.
var settingsShown = []string{
	"fsync", "synchronous_commit", "full_page_writes", "wal_sync_method", "shared_buffers", "work_mem", "effective_cache_size",
	"random_page_cost", "max_wal_size", "checkpoint_timeout", "autovacuum", "jit",
}

func openCluster(ctx context.Context, address string) (*cluster, error) {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return nil, errors.New("GALLEY_TEST_POSTGRES names no server: run this by make bench")
	}
	db, err := sql.Open("postgres", address)
	if err != nil {
		return nil, fmt.Errorf("open the cluster: %w", err)
	}
	c := &cluster{DB: db, url: u}
	if err := c.describe(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return c, nil
}

// describe reads the settings, and refuses those that would make writes cheaper than they are.
func (c *cluster) describe(ctx context.Context) error {
	var backend int
	var version string
	if err := c.QueryRowContext(ctx, "SELECT pg_backend_pid(), current_setting('server_version')").Scan(&backend, &version); err != nil {
		return fmt.Errorf("ask the cluster: %w", err)
	}
	c.description = []string{"PostgreSQL " + version}
	for _, name := range settingsShown {
		var value string
		if err := c.QueryRowContext(ctx, "SELECT current_setting($1)", name).Scan(&value); err != nil {
			return fmt.Errorf("read setting: %w", err)
		}
		durable := []string{"fsync", "synchronous_commit", "full_page_writes"}
		if slices.Contains(durable, name) && value != "on" {
			return fmt.Errorf("the cluster has %s = %s: writes would look cheaper than they are", name, value)
		}
		c.description = append(c.description, name+" "+value)
	}
	stat, err := readStat(backend)
	if err != nil {
		return err
	}
	c.postmaster = stat.parent
	return nil
}

// in is the address of a database.
func (c *cluster) in(database string) string {
	u := *c.url
	u.Path = "/" + database
	return u.String()
}

// open connects to a database.
func (c *cluster) open(database string) (*sql.DB, error) {
	db, err := sql.Open("postgres", c.in(database))
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", database, err)
	}
	return db, nil
}

// countStatements begins or ends counting statements.
func (c *cluster) countStatements(ctx context.Context, on bool) error {
	track := "none"
	if on {
		track = "top"
	}
	return run(ctx, c.DB,
		"CREATE EXTENSION IF NOT EXISTS pg_stat_statements",
		"ALTER SYSTEM SET pg_stat_statements.track = '"+track+"'",
		"SELECT pg_reload_conf()",
	)
}

// statements is how many statements a database has run while they were counted.
func (c *cluster) statements(ctx context.Context, database string) (n int, err error) {
	err = c.QueryRowContext(ctx, `SELECT COALESCE(SUM(calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
		WHERE d.datname = $1`, database).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count statements: %w", err)
	}
	return n, nil
}

// run runs statements one after the other.
func run(ctx context.Context, db interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
}, statements ...string) error {
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// cpu is what the processes of the cluster have used since it began, those that have ended among them.
func (c *cluster) cpu() (time.Duration, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0, fmt.Errorf("list processes: %w", err)
	}
	var sum time.Duration
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		stat, err := readStat(pid)
		if err != nil || pid != c.postmaster && stat.parent != c.postmaster {
			continue // it has ended, or is none of the cluster's
		}
		sum += stat.used
		if pid == c.postmaster {
			sum += stat.ofChildren
		}
	}
	if sum == 0 {
		return 0, errors.New("the cluster's processes are not in /proc")
	}
	return sum, nil
}

// stat is what /proc tells of a process.
type stat struct {
	parent           int
	used, ofChildren time.Duration // ofChildren that have ended
}

const tick = time.Second / 100 // Linux tells these times in hundredths

// readStat reads /proc/PID/stat, see proc(5); the time used from schedstat, where it is exact: a process of PostgreSQL
// has one thread.
func readStat(pid int) (stat, error) {
	directory := "/proc/" + strconv.Itoa(pid)
	text, err := os.ReadFile(directory + "/stat")
	if err != nil {
		return stat{}, fmt.Errorf("read process: %w", err)
	}
	name := strings.LastIndexByte(string(text), ')') // a name may hold anything
	fields := strings.Fields(string(text[name+1:]))
	if name < 0 || len(fields) < 15 {
		return stat{}, fmt.Errorf("%s/stat is %q", directory, text)
	}
	number := func(i int) int64 { n, _ := strconv.ParseInt(fields[i], 10, 64); return n }
	s := stat{
		parent:     int(number(1)),
		used:       time.Duration(number(11)+number(12)) * tick,
		ofChildren: time.Duration(number(13)+number(14)) * tick,
	}
	if exact, err := os.ReadFile(directory + "/schedstat"); err == nil {
		first, _, _ := strings.Cut(string(exact), " ")
		if n, err := strconv.ParseInt(first, 10, 64); err == nil && n > 0 {
			s.used = time.Duration(n)
		}
	}
	return s, nil
}
