package backup

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	// batchValues and batchBytes bound what SQLite inserts with one statement.
	batchValues = 1_000
	batchBytes  = 1 << 20
)

// loader puts rows into the database's tables: COPY on PostgreSQL, statements with many rows on SQLite.
type loader struct {
	ctx      context.Context // of the one call that it lives for
	stopped  func() error    // whether somebody has asked to stop
	tx       *sql.Tx
	postgres bool
	expected map[string]bool // tables that have not come yet

	table     tableHeader
	statement *sql.Stmt
	batch     []any // SQLite: values of rows to insert
	size      int   // of the batch, in bytes
}

// expectEmpty notes which tables there are, and makes sure that they have no rows.
func (l *loader) expectEmpty() error {
	query := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'galley_%'"
	if l.postgres {
		query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename NOT LIKE 'galley_%'"
	}
	rows, err := l.tx.QueryContext(l.ctx, query)
	if err != nil {
		return fmt.Errorf("list tables: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return fmt.Errorf("list tables: %w", err)
		}
		if !leftOut[name] {
			l.expected[name] = true
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("list tables: %w", err)
	}
	for name := range l.expected {
		var filled bool
		if err := l.tx.QueryRowContext(l.ctx, "SELECT EXISTS (SELECT 1 FROM "+quote(name)+")").Scan(&filled); err != nil {
			return fmt.Errorf("look into %s: %w", name, err)
		}
		if filled {
			return fmt.Errorf("the database is not empty (%s has rows): a backup is restored into an empty one only", name)
		}
	}
	return nil
}

func (l *loader) begin(t tableHeader) (err error) {
	if !l.expected[t.Table] {
		return errors.New("the database has no such table")
	}
	delete(l.expected, t.Table)
	l.table = t
	if !l.postgres {
		l.statement, err = l.tx.PrepareContext(l.ctx, l.insert(l.batchRows()))
		return err
	}
	// One statement for all rows: a row may refer to one of its own table that comes later.
	l.statement, err = l.tx.PrepareContext(l.ctx, fmt.Sprintf("COPY %s (%s) FROM STDIN", quote(t.Table), strings.Join(t.names(), ", ")))
	return err
}

// value reads a value as the engine's driver takes it.
func (l *loader) value(k kind, raw json.RawMessage) (any, error) {
	v, err := decode(k, raw)
	switch v := v.(type) {
	case int64:
		if k == instant && l.postgres {
			return time.UnixMicro(v).UTC(), err
		}
	case string:
		if k == object && !l.postgres {
			return []byte(v), err // as Ent writes it
		}
	}
	return v, err
}

func (l *loader) row(values []any) error {
	if err := l.stopped(); err != nil {
		return err
	}
	if l.postgres {
		_, err := l.statement.ExecContext(l.ctx, values...)
		return err
	}
	l.batch = append(l.batch, values...)
	for _, v := range values {
		switch v := v.(type) {
		case string:
			l.size += len(v)
		case []byte:
			l.size += len(v)
		}
	}
	if len(l.batch) < l.batchRows()*len(l.table.Columns) && l.size < batchBytes {
		return nil
	}
	return l.flush()
}

// batchRows is how many rows SQLite inserts with one statement.
func (l *loader) batchRows() int { return max(1, batchValues/len(l.table.Columns)) }

// insert is SQLite's statement for a number of rows.
func (l *loader) insert(rows int) string {
	marks := "(" + strings.Repeat("?, ", len(l.table.Columns)-1) + "?)"
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES %s%s", quote(l.table.Table), strings.Join(l.table.names(), ", "),
		strings.Repeat(marks+", ", rows-1), marks)
}

// flush inserts the batch.
func (l *loader) flush() (err error) {
	switch rows := len(l.batch) / len(l.table.Columns); rows {
	case 0:
	case l.batchRows():
		_, err = l.statement.ExecContext(l.ctx, l.batch...)
	default:
		_, err = l.tx.ExecContext(l.ctx, l.insert(rows), l.batch...)
	}
	clear(l.batch)
	l.batch, l.size = l.batch[:0], 0
	return err
}

// abandon ends a statement that an error left open, so that the connection is free for ROLLBACK.
func (l *loader) abandon() {
	if l.statement != nil {
		_ = l.statement.Close()
	}
}

func (l *loader) finish() error {
	if !l.postgres {
		return errors.Join(l.flush(), l.statement.Close())
	}
	_, err := l.statement.ExecContext(l.ctx) // the end of COPY
	return errors.Join(err, l.statement.Close())
}
