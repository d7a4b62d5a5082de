// Package database opens a shop's database, SQLite or PostgreSQL, and runs transactions on it.
package database

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"entgo.io/ent/dialect"

	"galley/ent"
	_ "galley/ent/runtime" // policies and defaults: without it every read fails closed
	"galley/internal/viewer"
)

// DB is a shop's database.
type DB struct {
	// Client reads and writes rows under the policies of the context's viewer. Writes belong into
	// InTx or Mutate.
	Client *ent.Client

	url     string
	driver  driver
	keys    keys
	now     func() time.Time
	random  io.Reader
	log     *slog.Logger
	stop    context.CancelFunc
	watcher func(context.Context, *ent.Tx) Watcher
}

// Options tell how to open a database. The zero value of each field but URL is a sound default.
type Options struct {
	URL    string           // postgres://… or sqlite:PATH
	Now    func() time.Time // the clock
	Random io.Reader        // secrets, tokens and order numbers come from here
	Logger *slog.Logger

	// Connections bounds the pool of a PostgreSQL; 0 is four per core, and at least eight.
	Connections int

	// Instance fixes the number that keeps this process's keys apart from others'; 0 leases one.
	Instance int
}

// Open connects to a database, which Migrate may still have to prepare. Writing needs Start first.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	drv, err := open(o.URL, o.Connections)
	if err != nil {
		return nil, err
	}
	db := &DB{url: o.URL, driver: drv, now: o.Now, random: &locked{r: o.Random}, log: o.Logger, stop: func() {}}
	if err := db.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("connect to the database: %w", err), drv.Close())
	}
	db.Client = ent.NewClient(ent.Driver(counted{drv}))
	db.Client.Use(db.stamp, watch)
	if o.Instance != 0 {
		db.keys.fix(o.Instance, o.Now)
	}
	return db, nil
}

func open(url string, connections int) (driver, error) {
	switch {
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		return openPostgres(url, connections)
	case strings.HasPrefix(url, "sqlite:"):
		return openSQLite(strings.TrimPrefix(url, "sqlite:"))
	}
	return nil, errors.New("the database URL begins with neither postgres:// nor sqlite:, so its engine is unknown")
}

// Start takes a lease on an instance number, so that keys can be made, and keeps it until Close.
func (db *DB) Start(ctx context.Context) error {
	if db.keys.ready() {
		return nil
	}
	ctx, db.stop = context.WithCancel(viewer.AsSystem(context.WithoutCancel(ctx)))
	return db.lease(ctx)
}

// Close gives the lease back and closes all connections.
func (db *DB) Close() error {
	db.stop()
	err := db.release()
	return errors.Join(err, db.driver.Close())
}

// Ping tells whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.driver.Ping(ctx) }

// Dialect is the engine by the name that Ent builds statements for.
func (db *DB) Dialect() string { return db.driver.Dialect() }

// Postgres tells the engines apart where their SQL differs.
func (db *DB) Postgres() bool { return db.Dialect() == dialect.Postgres }

// Now is the database's clock: UTC, in whole microseconds, which both engines keep.
func (db *DB) Now() time.Time { return db.now().UTC().Truncate(time.Microsecond) }

// Random is where secrets come from.
func (db *DB) Random() io.Reader { return db.random }

// NextKey makes a key, for rows that are written without Ent.
func (db *DB) NextKey() (int64, error) { return db.keys.next() }

// locked lets a source of randomness that a test brings be read by many at once.
type locked struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *locked) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(p)
}
