package migration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// lockTable is PostgreSQL's lock: a row that is leased, and renewed while its holder lives. Who dies
	// holding it is waited for until the lease ends.
	lockTable  = "galley_migrations_lock"
	lockLease  = 30 * time.Second
	lockRenew  = 5 * time.Second
	lockRetry  = 250 * time.Millisecond
	lockWait   = 10 * time.Minute
	unlockWait = 10 * time.Second
)

// Up applies what is pending, and returns what this process applied. Of several processes at once one applies,
// and the others wait for it. Where nothing is pending it only reads.
func (m *Migrator) Up(ctx context.Context) ([]Migration, error) { return m.UpTo(ctx, m.Latest()) }

// UpTo is Up as far as a version.
func (m *Migrator) UpTo(ctx context.Context, version int64) ([]Migration, error) {
	current, _, err := m.Status(ctx)
	if err != nil || current >= version {
		return nil, err
	}
	var results []*goose.MigrationResult
	if m.postgres() {
		results, err = m.upPostgres(ctx, version)
	} else {
		results, err = m.upSQLite(ctx, version)
	}
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	var applied []Migration
	for _, r := range results {
		done := m.known[r.Source.Version-1]
		m.log.Info("migration applied", "migration", done.Name, "duration", r.Duration)
		applied = append(applied, done)
	}
	// Another process may have gone further meanwhile than this one knows.
	_, _, err = m.Status(ctx)
	return applied, err
}

// upPostgres applies each migration in a transaction of its own, holding a row of a table as lock: no advisory
// lock, which poolers and some PostgreSQL-like databases do not have. Should a lease ever end too early, the
// primary key of the list still lets each migration happen once.
func (m *Migrator) upPostgres(ctx context.Context, version int64) ([]*goose.MigrationResult, error) {
	locker, err := lock.NewPostgresTableLocker(
		lock.WithTableName(lockTable),
		lock.WithTableLeaseDuration(lockLease),
		lock.WithTableHeartbeatInterval(lockRenew),
		lock.WithTableLockTimeout(lockRetry, uint64(lockWait/lockRetry)),
		lock.WithTableUnlockTimeout(lockRetry, uint64(unlockWait/lockRetry)),
		lock.WithTableLogger(m.log),
	)
	if err != nil {
		return nil, err
	}
	provider, err := m.provider(goose.WithLocker(locker))
	if err != nil {
		return nil, err
	}
	return provider.UpTo(ctx, version)
}

// upSQLite applies all migrations in one transaction on the pool's only connection: SQLite's write lock is the
// lock that others wait for, and a process that dies leaves nothing. The connection does not enforce foreign keys,
// since to drop a table, which most changes of one need, would delete or change the rows that refer to its rows; so
// all are checked before the end.
func (m *Migrator) upSQLite(ctx context.Context, version int64) (_ []*goose.MigrationResult, err error) {
	provider, err := m.provider(goose.WithIsolateDDL(true)) // goose begins no transactions then
	if err != nil {
		return nil, err
	}
	if err := m.beginImmediate(ctx); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			if _, e := m.pool.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); e != nil {
				err = fmt.Errorf("%w (roll back: %w)", err, e)
			}
		}
	}()
	results, err := provider.UpTo(ctx, version)
	if err != nil {
		return nil, err
	}
	if err := CheckForeignKeys(ctx, m.pool); err != nil {
		return nil, err
	}
	_, err = m.pool.ExecContext(ctx, "COMMIT")
	return results, err
}

// beginImmediate takes SQLite's write lock. It waits in steps of the connection's busy timeout, since nothing
// interrupts one.
func (m *Migrator) beginImmediate(ctx context.Context) error {
	for began := time.Now(); ; {
		_, err := m.pool.ExecContext(ctx, "BEGIN IMMEDIATE")
		if e, ok := errors.AsType[*sqlite.Error](err); !ok || e.Code()&0xff != sqlite3.SQLITE_BUSY || time.Since(began) > lockWait {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// CheckForeignKeys fails if a row of an SQLite database refers to one that is not there.
func CheckForeignKeys(ctx context.Context, db interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}) error {
	rows, err := db.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return fmt.Errorf("check foreign keys: %w", err)
	}
	defer func() { _ = rows.Close() }()
	if rows.Next() {
		var child, parent string
		var row, key any
		if err := rows.Scan(&child, &row, &parent, &key); err != nil {
			return fmt.Errorf("check foreign keys: %w", err)
		}
		return fmt.Errorf("row %v of %s would refer to a row of %s that is not there", row, child, parent)
	}
	return rows.Err()
}

func (m *Migrator) provider(options ...goose.ProviderOption) (*goose.Provider, error) {
	options = append(options, goose.WithStore(store{m.engine, m.known}), goose.WithDisableGlobalRegistry(true))
	return goose.NewProvider(goose.DialectCustom, m.pool, m.files, options...)
}
