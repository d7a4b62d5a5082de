package databasetest

import (
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// Fill puts rows into every table of a database, knowing no more of it than its catalogue: what is empty, large,
// not ASCII, null. A row that a CHECK refuses is left out; each column has a value in some row, and each
// optional one lacks it in another.
func Fill(tb testing.TB, engine Engine, pool *sql.DB) {
	tb.Helper()
	f := &filler{tb: tb, engine: engine, tables: Catalogue(tb, engine, pool), keys: map[string][]int64{}}
	for len(f.keys) < len(f.tables) {
		before := len(f.keys)
		for _, name := range sorted(f.tables) {
			t := f.tables[name]
			ready := f.keys[name] == nil && !slices.ContainsFunc(t.ForeignKeys, func(k ForeignKey) bool {
				return k.Parent != name && f.keys[k.Parent] == nil
			})
			if ready {
				f.fill(pool, name, t)
			}
		}
		if len(f.keys) == before {
			tb.Fatal("tables refer to each other in a circle")
		}
	}
}

type filler struct {
	tb     testing.TB
	engine Engine
	tables map[string]*Table
	keys   map[string][]int64 // of the rows that are there
	count  int64
}

// numbers is how many values of a column of numbers are tried.
const numbers = 5

// fill tries rows of a table: each word that its CHECKs know, with each number, with all values, without each optional one, and
// without all of them.
func (f *filler) fill(pool *sql.DB, name string, t *Table) {
	f.tb.Helper()
	tx, err := pool.BeginTx(f.tb.Context(), nil)
	if err != nil {
		f.tb.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	var refused error
	filled, lacked := map[string]bool{}, map[string]bool{}
	words := numbers * max(1, len(wordsOf(t.Checks)))
	for i := range words * (len(t.Columns) + 2) {
		without := i / words // none, one of the columns, or all
		values := make([]any, len(t.Columns))
		for j, c := range t.Columns {
			if !c.Nullable || without != j+1 && without != len(t.Columns)+1 {
				values[j] = f.value(name, t, c, i)
			}
		}
		if err := f.insert(tx, name, t, values); err != nil {
			refused = err
			continue
		}
		for j, c := range t.Columns {
			if c.Name == "id" {
				f.keys[name] = append(f.keys[name], values[j].(int64))
			}
			filled[c.Name] = filled[c.Name] || values[j] != nil
			lacked[c.Name] = lacked[c.Name] || values[j] == nil
		}
	}
	for _, c := range t.Columns {
		if !filled[c.Name] || c.Nullable && !lacked[c.Name] {
			f.tb.Errorf("%s.%s: filled %v, lacked %v; last refused: %v", name, c.Name, filled[c.Name], lacked[c.Name], refused)
		}
	}
	if err := tx.Commit(); err != nil {
		f.tb.Fatal(err)
	}
}

func (f *filler) insert(tx *sql.Tx, name string, t *Table, values []any) error {
	f.tb.Helper()
	var columns, marks []string
	for i, c := range t.Columns {
		columns, marks = append(columns, `"`+c.Name+`"`), append(marks, mark(f.engine, i))
	}
	f.exec(tx, "SAVEPOINT row")
	_, err := tx.ExecContext(f.tb.Context(), fmt.Sprintf(`INSERT INTO "%s" (%s) VALUES (%s)`, name, strings.Join(columns, ", "), strings.Join(marks, ", ")), values...)
	if err != nil {
		f.exec(tx, "ROLLBACK TO SAVEPOINT row")
	}
	f.exec(tx, "RELEASE SAVEPOINT row")
	return err
}

func (f *filler) exec(tx *sql.Tx, statement string) {
	f.tb.Helper()
	if _, err := tx.ExecContext(f.tb.Context(), statement); err != nil {
		f.tb.Fatal(err)
	}
}

// value makes the nth value of a column.
func (f *filler) value(name string, t *Table, c Column, n int) any {
	f.count++
	if i := slices.IndexFunc(t.ForeignKeys, func(k ForeignKey) bool { return k.Column == c.Name }); i >= 0 {
		parents := f.keys[t.ForeignKeys[i].Parent]
		if len(parents) == 0 {
			return nil // the first row of a tree
		}
		return parents[n%len(parents)]
	}
	switch kindOf(c) {
	case "int":
		if c.Name == "id" {
			return int64(len(f.keys[name]) + 1)
		}
		return []int64{f.count, math.MaxInt64, 1, math.MinInt64, 0}[n%numbers]
	case "bool":
		return n%2 == 0
	case "time":
		at := []int64{f.count, 1_700_000_000_123_456, -1, 253_402_300_799_999_999}[n%4]
		if f.engine == Postgres {
			return time.UnixMicro(at).UTC()
		}
		return at
	case "json":
		return []byte(fmt.Sprintf(`{"name":"Ö \" \\ %d","list":[1,2.5,null,true]}`, f.count))
	case "bytes":
		return [][]byte{{}, {0, 255, 10, 0, byte(f.count), byte(f.count >> 8)}, []byte("plain" + fmt.Sprint(f.count))}[n%3]
	}
	named := regexp.MustCompile(`\b` + c.Name + `\b`)
	if words := wordsOf(slices.DeleteFunc(slices.Clone(t.Checks), func(check string) bool { return !named.MatchString(check) })); len(words) > 0 {
		return words[n%len(words)]
	}
	return []string{fmt.Sprint("plain ", f.count), "", fmt.Sprint("naïve 店 🛒 \" ' \\ \n\t\u2028 ", f.count)}[n%3]
}

var quotedWord = regexp.MustCompile(`'(\w+)'`)

// wordsOf are the words that CHECKs know, such as an order's states.
func wordsOf(checks []string) (words []string) {
	for _, m := range quotedWord.FindAllStringSubmatch(strings.Join(checks, " "), -1) {
		if !slices.Contains(words, m[1]) {
			words = append(words, m[1])
		}
	}
	return words
}

// Rows reads all rows of all tables as text that is the same on both engines, by table and column.
func Rows(tb testing.TB, engine Engine, pool *sql.DB) map[string][]map[string]string {
	tb.Helper()
	all := map[string][]map[string]string{}
	for name, t := range Catalogue(tb, engine, pool) {
		all[name] = rowsOf(tb, pool, name, t)
	}
	return all
}

func rowsOf(tb testing.TB, pool *sql.DB, name string, t *Table) (found []map[string]string) {
	tb.Helper()
	var columns []string
	for _, c := range t.Columns {
		columns = append(columns, `"`+c.Name+`"`)
	}
	rows, err := pool.QueryContext(tb.Context(), fmt.Sprintf(`SELECT %s FROM "%s" ORDER BY id`, strings.Join(columns, ", "), name))
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			tb.Fatal(err)
		}
		row := map[string]string{}
		for i, c := range t.Columns {
			row[c.Name] = alike(tb, kindOf(c), values[i])
		}
		found = append(found, row)
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return found
}

// alike writes a value in the same way whichever engine it is from.
func alike(tb testing.TB, kind string, value any) string {
	tb.Helper()
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return fmt.Sprint(v)
	case time.Time:
		return fmt.Sprint(v.UnixMicro())
	case int64:
		if kind == "bool" {
			return fmt.Sprint(v != 0)
		}
		return fmt.Sprint(v)
	case string:
		return alike(tb, kind, []byte(v))
	case []byte:
		switch kind {
		case "bytes":
			return "x" + hex.EncodeToString(v)
		case "json":
			var decoded any
			if err := json.Unmarshal(v, &decoded); err != nil {
				tb.Fatalf("%s: %v", v, err)
			}
			text, err := json.Marshal(decoded)
			if err != nil {
				tb.Fatal(err)
			}
			return string(text)
		}
		return fmt.Sprintf("%q", v)
	}
	tb.Fatalf("a value of type %T", value)
	return ""
}

// kindOf is what a column holds, whichever engine names its type.
func kindOf(c Column) string {
	first, _, _ := strings.Cut(strings.ToLower(c.Type), " ")
	switch first {
	case "integer", "bigint":
		return "int"
	case "bool", "boolean":
		return "bool"
	case "datetime", "timestamp":
		return "time"
	case "json", "jsonb":
		return "json"
	case "blob", "bytea":
		return "bytes"
	}
	return "text"
}

func mark(engine Engine, i int) string {
	if engine == Postgres {
		return fmt.Sprintf("$%d", i+1)
	}
	return "?"
}

func sorted(tables map[string]*Table) (names []string) {
	for name := range tables {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
