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
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// split is SQLite's driver: one connection that writes, and a pool that reads beside it (WAL).
type split struct {
	*sql.Driver // readers
	writer      *sql.Driver
}

func openSQLite(path string) (driver, error) {
	write, err := stdsql.Open("sqlite", sqliteDSN(path, url.Values{
		"_pragma": {"journal_mode(WAL)", "synchronous(FULL)"},
		"_txlock": {"immediate"},
	}))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	// The file and its journal mode must be there before a reader opens it.
	if err := write.Ping(); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), write.Close())
	}
	read, err := stdsql.Open("sqlite", sqliteDSN(path, url.Values{"_pragma": {"query_only(1)"}}))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), write.Close())
	}
	readers := max(4, 2*runtime.GOMAXPROCS(0))
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	return &split{Driver: sql.OpenDB(dialect.SQLite, read), writer: sql.OpenDB(dialect.SQLite, write)}, nil
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
	return s.writer.Exec(ctx, query, args, v)
}

func (s *split) ExecContext(ctx context.Context, query string, args ...any) (stdsql.Result, error) {
	return s.writer.ExecContext(ctx, query, args...)
}

func (s *split) Tx(ctx context.Context) (dialect.Tx, error) { return s.writer.Tx(ctx) }

func (s *split) BeginTx(ctx context.Context, o *stdsql.TxOptions) (dialect.Tx, error) {
	return s.writer.BeginTx(ctx, o)
}

func (s *split) Close() error { return errors.Join(s.Driver.Close(), s.writer.Close()) }

func (s *split) Ping(ctx context.Context) error { return s.DB().PingContext(ctx) }

func (s *split) migrator() dialect.Driver { return s.writer }
