package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"

	"galley/ent"
	"galley/ent/migrate"
)

// row is a row's columns as JSON, by name.
type row map[string]json.RawMessage

type keyed struct {
	row
	key int64
}

// shown are the columns that may stand in the log, by table: no secrets, and no bytes, which are hashes,
// pictures and the keys that lists are sorted by.
var shown = func() map[string][]*schema.Column {
	all := map[string][]*schema.Column{}
	for _, t := range migrate.Tables {
		for _, c := range t.Columns {
			if c.Type != field.TypeBytes && !slices.Contains(ent.Sensitive[t.Name], c.Name) {
				all[t.Name] = append(all[t.Name], c)
			}
		}
	}
	return all
}()

// read reads rows of a table.
func (r *recorder) read(ctx context.Context, table string, narrow func(*sql.Selector)) ([]keyed, error) {
	from := sql.Dialect(r.engine).Table(table)
	s := sql.Dialect(r.engine).Select().From(from)
	for _, c := range shown[table] {
		s.AppendSelect(s.C(c.Name))
	}
	narrow(s)
	query, args := s.Query()
	rows, err := r.tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read %s for the audit log: %w", table, err)
	}
	defer func() { _ = rows.Close() }() // its error is the one of rows.Err
	var found []keyed
	for rows.Next() {
		values := make([]any, len(shown[table]))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			return nil, fmt.Errorf("read %s for the audit log: %w", table, err)
		}
		k := keyed{row: row{}}
		for i, c := range shown[table] {
			value := *values[i].(*any)
			if c.Name == "id" {
				k.key, _ = value.(int64)
			}
			if k.row[c.Name], err = encode(c.Type, value); err != nil {
				return nil, fmt.Errorf("encode %s.%s: %w", table, c.Name, err)
			}
		}
		found = append(found, k)
	}
	return found, rows.Err()
}

// encode writes a value as JSON, alike on both engines.
func encode(t field.Type, value any) (json.RawMessage, error) {
	switch v := value.(type) {
	case time.Time:
		return json.Marshal(v.UTC())
	case int64:
		if t == field.TypeBool { // as SQLite keeps it
			return json.Marshal(v != 0)
		}
	case []byte:
		return text(t, v)
	case string:
		return text(t, []byte(v))
	}
	return json.Marshal(value)
}

func text(t field.Type, v []byte) (json.RawMessage, error) {
	if t != field.TypeJSON {
		return json.Marshal(string(v))
	}
	var b bytes.Buffer
	err := json.Compact(&b, v)
	return b.Bytes(), err
}
