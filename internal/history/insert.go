package history

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"galley/ent"
	"galley/internal/database"
)

// table is where rows are inserted: its name, and its columns with PostgreSQL's type of each.
type table struct {
	name    string
	columns []column
}

type column struct{ name, kind string }

// Ent's own bulk inserts take five times as long; keys and times, which its hooks would set, are set here.
var (
	products = table{"products", []column{
		{"id", "bigint"}, {"created_at", "timestamptz"}, {"updated_at", "timestamptz"}, {"version", "bigint"}, {"title", "text"},
		{"slug", "text"}, {"description", "text"}, {"status", "text"}, {"title_key", "bytea"}, {"price_from_amount", "bigint"},
		{"currency", "text"}, {"published_at", "timestamptz"},
	}}
	variants = table{"variants", []column{
		{"id", "bigint"}, {"created_at", "timestamptz"}, {"updated_at", "timestamptz"}, {"version", "bigint"}, {"sku", "text"},
		{"title", "text"}, {"price_amount", "bigint"}, {"currency", "text"}, {"available", "bigint"}, {"position", "bigint"},
		{"archived", "boolean"}, {"product_id", "bigint"},
	}}
	movements = table{"stock_movements", []column{
		{"id", "bigint"}, {"created_at", "timestamptz"}, {"quantity", "bigint"}, {"reason", "text"}, {"note", "text"}, {"variant_id", "bigint"},
	}}
	terms = table{"product_terms", []column{{"id", "bigint"}, {"term", "bytea"}, {"weight", "bigint"}, {"product_id", "bigint"}}}
	users = table{"users", []column{
		{"id", "bigint"}, {"created_at", "timestamptz"}, {"updated_at", "timestamptz"}, {"version", "bigint"}, {"email", "text"},
		{"name", "text"}, {"phone", "text"}, {"country", "text"}, {"name_key", "bytea"}, {"staff", "boolean"}, {"active", "boolean"},
	}}
	orders = table{"orders", []column{
		{"id", "bigint"}, {"created_at", "timestamptz"}, {"updated_at", "timestamptz"}, {"version", "bigint"}, {"number", "text"},
		{"email", "text"}, {"status", "text"}, {"fulfilment", "text"}, {"subtotal_amount", "bigint"}, {"total_amount", "bigint"}, {"currency", "text"},
		{"country", "text"}, {"placed_at", "timestamptz"}, {"cancel_reason", "text"}, {"user_id", "bigint"},
	}}
	orderLines = table{"order_lines", []column{
		{"id", "bigint"}, {"position", "bigint"}, {"title", "text"}, {"sku", "text"}, {"quantity", "bigint"}, {"fulfilled", "bigint"},
		{"unit_price_amount", "bigint"}, {"total_amount", "bigint"}, {"currency", "text"}, {"order_id", "bigint"}, {"variant_id", "bigint"},
	}}
	payments = table{"payments", []column{
		{"id", "bigint"}, {"created_at", "timestamptz"}, {"updated_at", "timestamptz"}, {"method", "text"}, {"status", "text"},
		{"due_amount", "bigint"}, {"captured_amount", "bigint"}, {"currency", "text"}, {"order_id", "bigint"},
	}}
)

// rows are values to be inserted, those of each row in the order of the table's columns: int64, string,
// []byte, bool, time.Time or nil.
type rows struct {
	table  table
	values [][]any
}

func (r *rows) add(values ...any) { r.values = append(r.values, values) }

// insert writes the rows: on PostgreSQL as one array for each column, in one statement; on SQLite some
// hundred rows a statement.
func (r *rows) insert(ctx context.Context, tx *ent.Tx, db *database.DB) error {
	if len(r.values) == 0 {
		return nil
	}
	var err error
	if db.Postgres() {
		err = r.insertArrays(ctx, tx)
	} else {
		err = r.insertValues(ctx, tx)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", r.table.name, err)
	}
	return nil
}

func (r *rows) names() string {
	var names []string
	for _, c := range r.table.columns {
		names = append(names, c.name)
	}
	return strings.Join(names, ", ")
}

func (r *rows) insertArrays(ctx context.Context, tx *ent.Tx) error {
	var parameters []string
	args := make([]any, len(r.table.columns))
	for i, c := range r.table.columns {
		parameters = append(parameters, "$"+strconv.Itoa(i+1)+"::"+c.kind+"[]")
		args[i] = array(r.values, i)
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO "+r.table.name+" ("+r.names()+") SELECT * FROM unnest("+strings.Join(parameters, ", ")+")", args...)
	return err
}

// array writes a column of the rows as PostgreSQL reads arrays.
func array(rows [][]any, column int) string {
	b := []byte{'{'}
	for i, row := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		switch v := row[column].(type) {
		case nil:
			b = append(b, "NULL"...)
		case int64:
			b = strconv.AppendInt(b, v, 10)
		case bool:
			b = strconv.AppendBool(b, v)
		case time.Time:
			b = v.UTC().AppendFormat(b, `"2006-01-02T15:04:05.999999Z"`)
		case []byte:
			b = append(hex.AppendEncode(append(b, `"\\x`...), v), '"')
		case string:
			b = append(b, '"')
			for _, c := range []byte(v) {
				if c == '"' || c == '\\' {
					b = append(b, '\\')
				}
				b = append(b, c)
			}
			b = append(b, '"')
		default:
			panic(fmt.Sprintf("history: no array of %T", v))
		}
	}
	return string(append(b, '}'))
}

func (r *rows) insertValues(ctx context.Context, tx *ent.Tx) error {
	const most = 400 // rows of a statement: the largest table stays well below SQLite's 32,766 parameters
	one := "(?" + strings.Repeat(",?", len(r.table.columns)-1) + ")"
	for chunk := range slices.Chunk(r.values, most) {
		query := "INSERT INTO " + r.table.name + " (" + r.names() + ") VALUES " + one + strings.Repeat(","+one, len(chunk)-1)
		if _, err := tx.ExecContext(ctx, query, slices.Concat(chunk...)...); err != nil {
			return err
		}
	}
	return nil
}
