package graph_test

import (
	"database/sql"
	"fmt"
	mathrand "math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"galley/graph/graphtest"
	"galley/internal/database"
	"galley/internal/database/databasetest"
)

// lasting is a shop that can be put back as it was, so that each cell of the matrix finds the same one: a shop
// for each would take minutes.
type lasting struct {
	*graphtest.Shop
	pool   *sql.DB
	tables []table // parents first
}

// table is a table whose rows have a copy.
type table struct {
	name             string
	children         []string // whose rows go with its own
	remove, put, odd string   // statements: take away what is new, put back what has changed, count what is left of it
}

// newLasting makes a shop that is put back to what prepare leaves.
func newLasting(t *testing.T, engine databasetest.Engine, prepare func(*graphtest.Shop)) *lasting {
	t.Helper()
	address := databasetest.URL(t, engine)
	db, err := database.Open(t.Context(), database.Options{
		URL: address, Now: graphtest.Start, Random: mathrand.NewChaCha8([32]byte{}), Instance: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	shop := graphtest.Filled(t, db)
	prepare(shop)
	l := &lasting{Shop: shop.Run(shop.Impatient()), pool: databasetest.Connect(t, address)}
	t.Cleanup(func() {
		l.check(t)
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	tables := databasetest.Catalogue(t, engine, l.pool)
	delete(tables, "audit_entries") // they stay, whatever is done: that is what they are for
	var copies []string
	for _, name := range parentsFirst(t, tables) {
		var columns, changes []string
		for _, c := range tables[name].Columns {
			columns = append(columns, `"`+c.Name+`"`)
			changes = append(changes, fmt.Sprintf(`"%[1]s" = excluded."%[1]s"`, c.Name))
		}
		of := strings.NewReplacer("<rows>", `"`+name+`"`, "<saved>", `"galley_saved_`+name+`"`,
			"<columns>", strings.Join(columns, ", "), "<changes>", strings.Join(changes, ", ")).Replace
		copies = append(copies, of(`CREATE TABLE <saved> AS SELECT * FROM <rows>`))
		l.tables = append(l.tables, table{
			name:     name,
			children: childrenOf(name, tables),
			remove:   of(`DELETE FROM <rows> WHERE id NOT IN (SELECT id FROM <saved>)`),
			put: of(`INSERT INTO <rows> (<columns>) SELECT * FROM (SELECT <columns> FROM <saved> EXCEPT SELECT <columns> FROM <rows>) AS changed
				WHERE true ON CONFLICT (id) DO UPDATE SET <changes>`),
			odd: of(`SELECT (SELECT COUNT(*) FROM (SELECT <columns> FROM <saved> EXCEPT SELECT <columns> FROM <rows>) AS gone) +
				(SELECT COUNT(*) FROM (SELECT <columns> FROM <rows> EXCEPT SELECT <columns> FROM <saved>) AS new)`),
		})
	}
	l.exec(t, copies)
	return l
}

var writes = regexp.MustCompile("(?:(?:INSERT INTO|UPDATE)|(DELETE FROM)) [\"`]?(\\w+)")

// restore puts back the tables that were written to since it was last called.
func (l *lasting) restore(t *testing.T) {
	t.Helper()
	var written []string
	for _, s := range l.Statements() {
		for _, m := range writes.FindAllStringSubmatch(s.SQL, -1) {
			written = append(written, m[2])
			if i := slices.IndexFunc(l.tables, func(t table) bool { return t.name == m[2] }); i >= 0 && m[1] != "" {
				written = append(written, l.tables[i].children...)
			}
		}
	}
	l.putBack(t, func(table string) bool { return slices.Contains(written, table) })
}

// restoreAll puts back all tables: for who has written to them past the graph.
func (l *lasting) restoreAll(t *testing.T) {
	t.Helper()
	l.Statements()
	l.putBack(t, func(string) bool { return true })
}

func (l *lasting) putBack(t *testing.T, which func(table string) bool) {
	t.Helper()
	var removals, returns []string
	for _, table := range l.tables {
		if which(table.name) {
			removals, returns = append(removals, table.remove), append(returns, table.put)
		}
	}
	slices.Reverse(removals)
	if len(removals) > 0 {
		l.exec(t, append(removals, returns...))
	}
}

// check fails if anything was not put back.
func (l *lasting) check(t *testing.T) {
	t.Helper()
	for _, table := range l.tables {
		var odd int
		if err := l.pool.QueryRow(table.odd).Scan(&odd); err != nil || odd != 0 { //nolint:noctx // the test's context is over
			t.Errorf("%s: %d rows are not as they were, %v", table.name, odd, err)
		}
	}
}

func (l *lasting) exec(t *testing.T, statements []string) {
	t.Helper()
	tx, err := l.pool.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(t.Context(), strings.Join(statements, ";")); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// parentsFirst orders tables so that none comes before what it refers to.
func parentsFirst(t *testing.T, tables map[string]*databasetest.Table) []string {
	t.Helper()
	var order []string
	for len(order) < len(tables) {
		before := len(order)
		for name, table := range tables {
			waits := func(k databasetest.ForeignKey) bool { return k.Parent != name && !slices.Contains(order, k.Parent) }
			if !slices.Contains(order, name) && !slices.ContainsFunc(table.ForeignKeys, waits) {
				order = append(order, name)
			}
		}
		if len(order) == before {
			t.Fatal("tables refer to each other in a circle")
		}
	}
	return order
}

// childrenOf are the tables that refer to one, and those that refer to them.
func childrenOf(parent string, tables map[string]*databasetest.Table) []string {
	var children []string
	for name, table := range tables {
		if name != parent && slices.ContainsFunc(table.ForeignKeys, func(k databasetest.ForeignKey) bool { return k.Parent == parent }) {
			children = append(append(children, name), childrenOf(name, tables)...)
		}
	}
	return children
}
