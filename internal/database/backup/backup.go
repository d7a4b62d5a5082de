// Package backup writes a shop into one portable file and reads it back, on either engine and across them.
//
// The file is compressed by gzip. It has lines of JSON: a header; for each table, parents first, a line with its
// columns and a line for each row; and an end with the number of rows and a checksum, without which nothing is
// restored. Whole numbers and times (microseconds since 1970) are exact, bytes are base64.
package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"galley/ent/migrate"
	"galley/internal/database"
	"galley/internal/database/migration"
)

// format is the version of the file's format, not of what is in it.
const format = 1

// header is the file's first line.
type header struct {
	Galley    string    `json:"galley"`    // "backup"
	Format    int       `json:"format"`    // of the file
	Migration int64     `json:"migration"` // version of the schema
	Engine    string    `json:"engine"`
	Time      time.Time `json:"time"`
	Program   string    `json:"program"`
}

// tableHeader precedes a table's rows.
type tableHeader struct {
	Table   string   `json:"table"`
	Columns []column `json:"columns"`
}

type column struct {
	Name string `json:"name"`
	Kind kind   `json:"kind"`
}

// end is the file's last line.
type end struct {
	End struct {
		Rows   map[string]int64 `json:"rows"`
		SHA256 string           `json:"sha256"` // of all lines before
	} `json:"end"`
}

// Report says what was written or read.
type Report struct {
	Tables int
	Rows   int64
	Bytes  int64 // before compression
}

// leftOut are tables that no backup has. The leases on instance numbers belong to processes that run now:
// restored, they would keep numbers from whoever starts next.
var leftOut = map[string]bool{"instances": true}

// Write writes a consistent snapshot of a database, while others use it. Memory does not grow with the shop.
func Write(ctx context.Context, url, program string, w io.Writer) (_ *Report, err error) {
	pool, engine, err := database.Connect(url)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	m, err := migration.New(engine, pool, migrate.Files(engine), slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	version, err := m.UpToDate(ctx)
	if err != nil {
		return nil, err
	}
	tables, err := ordered(migrate.Tables)
	if err != nil {
		return nil, err
	}
	// On SQLite, which knows no levels, a transaction that reads is a snapshot.
	options := &sql.TxOptions{ReadOnly: true}
	if !embedded(engine) {
		options.Isolation = sql.LevelRepeatableRead
	}
	tx, err := pool.BeginTx(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	out := newWriter(w)
	now := time.Now().UTC().Truncate(time.Second)
	if err := out.json(header{"backup", format, version, folder(engine), now, program}); err != nil {
		return nil, err
	}
	for _, t := range tables {
		if leftOut[t.Table] {
			continue
		}
		if err := writeTable(ctx, tx, t, out); err != nil {
			return nil, fmt.Errorf("table %s: %w", t.Table, err)
		}
	}
	return out.end()
}

func writeTable(ctx context.Context, tx *sql.Tx, t tableHeader, out *writer) error {
	if err := out.table(t); err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM %s ORDER BY id", strings.Join(t.names(), ", "), quote(t.Table)))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	values, targets := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		if err := out.row(t, values); err != nil {
			return err
		}
	}
	return rows.Err()
}

// names are the columns as SQL has them.
func (t tableHeader) names() (names []string) {
	for _, c := range t.Columns {
		names = append(names, quote(c.Name))
	}
	return names
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
