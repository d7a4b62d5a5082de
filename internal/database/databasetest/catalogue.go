package databasetest

import (
	"cmp"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"galley/internal/database"
)

// Column is a table's column as the engine's catalogue has it.
type Column struct {
	Name, Type, Default string
	Nullable            bool
}

// ForeignKey is a table's reference to a parent.
type ForeignKey struct{ Column, Parent, ParentColumn, OnUpdate, OnDelete string }

// Table is a table as the engine's catalogue has it, in an order that does not depend on how it came about.
type Table struct {
	Columns         []Column
	ForeignKeys     []ForeignKey
	Checks, Indexes []string
}

// Connect opens a database as migrations, backups and restores do. It is closed when the test ends.
func Connect(tb testing.TB, address string) *sql.DB {
	tb.Helper()
	pool, _, err := database.Connect(address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := pool.Close(); err != nil {
			tb.Error(err)
		}
	})
	return pool
}

// Catalogue reads which tables a database has, those of migrations left out.
func Catalogue(tb testing.TB, engine Engine, pool *sql.DB) map[string]*Table {
	tb.Helper()
	found := map[string]*Table{}
	queries := sqliteCatalogue
	if engine == Postgres {
		queries = postgresCatalogue
	}
	for _, r := range query(tb, pool, queries.tables) {
		found[r[0]] = &Table{}
		if engine == SQLite {
			found[r[0]].Checks = sqliteChecks(r[1])
		}
	}
	for name, t := range found {
		of := strings.NewReplacer("TABLE", name)
		for _, r := range query(tb, pool, of.Replace(queries.columns)) {
			t.Columns = append(t.Columns, Column{Name: r[0], Type: r[1], Default: r[2], Nullable: r[3] == "1"})
		}
		for _, r := range query(tb, pool, of.Replace(queries.foreignKeys)) {
			t.ForeignKeys = append(t.ForeignKeys, ForeignKey{r[0], r[1], r[2], r[3], r[4]})
		}
		for _, r := range query(tb, pool, of.Replace(queries.indexes)) {
			t.Indexes = append(t.Indexes, strings.ReplaceAll(r[0], "`", `"`))
		}
		if queries.checks != "" {
			for _, r := range query(tb, pool, of.Replace(queries.checks)) {
				t.Checks = append(t.Checks, r[0])
			}
		}
		slices.SortFunc(t.Columns, func(a, b Column) int { return cmp.Compare(a.Name, b.Name) })
		slices.SortFunc(t.ForeignKeys, func(a, b ForeignKey) int { return cmp.Compare(a.Column, b.Column) })
		slices.Sort(t.Checks)
		slices.Sort(t.Indexes)
	}
	return found
}

type catalogueQueries struct{ tables, columns, foreignKeys, indexes, checks string }

var sqliteCatalogue = catalogueQueries{
	tables: `SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'galley_%'`,
	columns: `SELECT name, type || CASE WHEN pk > 0 THEN ' key ' || pk ELSE '' END, COALESCE(dflt_value, ''), NOT "notnull"
		FROM pragma_table_info('TABLE')`,
	foreignKeys: `SELECT "from", "table", "to", on_update, on_delete FROM pragma_foreign_key_list('TABLE')`,
	indexes:     `SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'TABLE' AND sql IS NOT NULL`,
}

var postgresCatalogue = catalogueQueries{
	tables: `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT LIKE 'galley_%'`,
	columns: `SELECT attname, format_type(atttypid, atttypmod) || attidentity::text, COALESCE(pg_get_expr(adbin, adrelid), ''),
		CASE WHEN attnotnull THEN 0 ELSE 1 END
		FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
		WHERE attrelid = 'public."TABLE"'::regclass AND attnum > 0 AND NOT attisdropped`,
	foreignKeys: `SELECT a.attname, confrelid::regclass, p.attname, confupdtype, confdeltype FROM pg_constraint
		JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]
		JOIN pg_attribute p ON p.attrelid = confrelid AND p.attnum = confkey[1]
		WHERE conrelid = 'public."TABLE"'::regclass AND contype = 'f'`,
	indexes: `SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'TABLE'`,
	checks: `SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
		WHERE conrelid = 'public."TABLE"'::regclass AND contype NOT IN ('f', 'n')`,
}

// query returns each row as text.
func query(tb testing.TB, pool *sql.DB, text string) (found [][]string) {
	tb.Helper()
	rows, err := pool.QueryContext(tb.Context(), text)
	if err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		tb.Fatal(err)
	}
	for rows.Next() {
		values, targets := make([]string, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			tb.Fatalf("%s: %v", text, err)
		}
		found = append(found, values)
	}
	if err := rows.Err(); err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	return found
}

var sqliteCheck = regexp.MustCompile("CONSTRAINT [`\"](\\w+)[`\"] CHECK \\(")

// sqliteChecks finds the CHECKs in the text that made a table: SQLite keeps them nowhere else.
func sqliteChecks(table string) (checks []string) {
	for _, at := range sqliteCheck.FindAllStringSubmatchIndex(table, -1) {
		depth, end := 1, at[1]
		for ; depth > 0; end++ {
			switch table[end] {
			case '(':
				depth++
			case ')':
				depth--
			}
		}
		checks = append(checks, fmt.Sprintf("%s CHECK (%s", table[at[2]:at[3]], table[at[1]:end]))
	}
	return checks
}
