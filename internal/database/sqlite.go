package database

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"net/url"
	"runtime"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"modernc.org/sqlite" // and the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// split is SQLite's driver: one connection that writes, and a pool that reads beside it (WAL).
type split struct {
	*sql.Driver // readers
	writer      *writer
}

func openSQLite(path string) (driver, error) {
	s, err := openSplit(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return s, nil
}

func openSplit(path string) (*split, error) {
	write, err := stdsql.Open("sqlite", sqliteDSN(path, url.Values{
		"_pragma": {"journal_mode(WAL)", "synchronous(FULL)"},
		"_txlock": {"immediate"},
	}))
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(2) // the writer's own, and one for migrations
	// The file and its journal mode must be there before a reader opens it.
	w, err := newWriter(context.Background(), write)
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read, err := stdsql.Open("sqlite", sqliteDSN(path, url.Values{"_pragma": {"query_only(1)"}}))
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	readers := max(4, 2*runtime.GOMAXPROCS(0))
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	return &split{Driver: sql.OpenDB(dialect.SQLite, read), writer: w}, nil
}

// sqliteDSN asks for times as whole microseconds: SQLite's other formats sort wrongly across zones.
func sqliteDSN(path string, values url.Values) string {
	values["_pragma"] = append([]string{"busy_timeout(5000)", "foreign_keys(1)"}, values["_pragma"]...)
	values.Set("_time_integer_format", "unix_micro")
	values.Set("_inttotime", "1")
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: values.Encode()}
	return u.String()
}

func (s *split) Exec(ctx context.Context, query string, args, v any) error {
	return sql.Conn{ExecQuerier: s}.Exec(ctx, query, args, v)
}

func (s *split) ExecContext(ctx context.Context, query string, args ...any) (stdsql.Result, error) {
	return s.writer.ExecContext(ctx, query, args...)
}

func (s *split) Tx(ctx context.Context) (dialect.Tx, error) {
	tx, err := s.writer.begin(ctx)
	if err != nil {
		return nil, err
	}
	return tx, nil
}

func (s *split) BeginTx(ctx context.Context, o *stdsql.TxOptions) (dialect.Tx, error) {
	if o != nil && o.ReadOnly {
		return s.Driver.BeginTx(ctx, o)
	}
	return s.Tx(ctx)
}

func (s *split) Close() error { return errors.Join(s.Driver.Close(), s.writer.close()) }

func (s *split) Ping(ctx context.Context) error { return s.DB().PingContext(ctx) }

func (s *split) migrator() dialect.Driver { return sql.OpenDB(dialect.SQLite, s.writer.pool) }

// sqliteCode is SQLite's primary result code, or SQLITE_OK where the error is not SQLite's.
func sqliteCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return sqlite3.SQLITE_OK
}

// sqliteRetryable tells whether a transaction was undone because of others.
func sqliteRetryable(err error) bool {
	return errors.Is(err, errUndone) || sqliteCode(err) == sqlite3.SQLITE_BUSY
}

// sqliteUnreachable tells whether the file cannot be used for now: others hold it, or the disk is
// full or broken.
func sqliteUnreachable(err error) bool {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN:
		return true
	}
	return errors.Is(err, errUndone)
}
