package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/viewer"
)

const manyRows = 3000

// crowd fills a shop with thousands of products, accounts and orders, most of them Ada's.
func crowd(t *testing.T, shop *graphtest.Shop, engine databasetest.Engine) {
	t.Helper()
	ctx := databasetest.System(t.Context())
	ada, garden := shop.Rows.Users["ada"].ID, shop.Rows.Categories["garden"].ID
	at, number, numbers, bytes := `timestamptz '2026-06-01' + n * interval '1 minute'`, "n::text", `generate_series(1, %d) AS n`, "n::text::bytea"
	if engine == databasetest.SQLite {
		at, number, bytes = "1780272000000000 + n * 60000000", "CAST(n AS TEXT)", "CAST(n AS BLOB)"
		numbers = "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < %d) SELECT n FROM s)"
	}
	numbers = fmt.Sprintf(numbers, manyRows)
	for _, statement := range []string{
		fmt.Sprintf(`INSERT INTO users (id, created_at, updated_at, version, email, name, phone, country, name_key, staff, active)
			SELECT n, %[1]s, %[1]s, 1, 'crowd' || %[2]s, '', '', '', %[3]s, false, true FROM %[4]s`, at, number, bytes, numbers),
		fmt.Sprintf(`INSERT INTO orders (id, created_at, updated_at, version, number, user_id, email, status, subtotal_amount, total_amount, currency, country, placed_at, cancel_reason)
			SELECT n, %[1]s, %[1]s, 1, 'CROWD' || %[2]s, CASE WHEN n %% 10 = 0 THEN n ELSE %[5]d END, '', 'PLACED', n, n, 'GBP', 'GB', %[1]s, '' FROM %[4]s`, at, number, bytes, numbers, ada),
		fmt.Sprintf(`INSERT INTO products (id, created_at, updated_at, version, title, slug, description, status, title_key, price_from_amount, currency, category_id)
			SELECT n, %[1]s, %[1]s, 1, 'Crowd', 'crowd-' || %[2]s, '', CASE WHEN n %% 4 = 0 THEN 'DRAFT' ELSE 'PUBLISHED' END, %[3]s, n, 'GBP', %[5]d FROM %[4]s`, at, number, bytes, numbers, garden),
		fmt.Sprintf(`INSERT INTO stock_movements (id, created_at, variant_id, quantity, reason, note)
			SELECT n, %[1]s, %[5]d, 1, 'RECEIVED', '' FROM %[4]s`, at, number, bytes, numbers, shop.Rows.Variants["22001"].ID),
		"ANALYZE",
	} {
		if _, err := shop.Database.Client.ExecContext(ctx, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// TestPagesReadNoMoreThanTheyShow asks PostgreSQL how it finds a page of each of ten parents, one of
// whom has thousands of rows: by an index, and it stops where the page ends.
func TestPagesReadNoMoreThanTheyShow(t *testing.T) {
	t.Parallel()
	shop := graphtest.New(t, databasetest.Postgres)
	crowd(t, shop, databasetest.Postgres)
	staff, anonymous := shop.Rows.Viewer("staff"), viewer.Viewer{}
	for _, c := range []struct {
		as              viewer.Viewer
		document, table string
		parents         int
	}{
		{staff, `{ users(first: 10) { nodes { orders(first: 5) { nodes { number } } } } }`, "orders", 10},
		{staff, `{ users(first: 10, sortKey: NAME, reverse: true) { nodes { orders(first: 5, sortKey: TOTAL, reverse: false) { nodes { number } } } } }`, "orders", 10},
		{staff, `{ users(first: 10) { nodes { orders(last: 5, sortKey: TOTAL) { nodes { number } } } } }`, "orders", 10},
		{shop.Rows.Viewer("ada"), `{ me { orders(first: 5) { nodes { number } } } }`, "orders", 1},
		{anonymous, `{ categories { nodes { products(first: 5) { nodes { title } } } } }`, "products", 4},
		{anonymous, `{ categories { nodes { products(first: 5, sortKey: TITLE) { nodes { title } } } } }`, "products", 4},
		{anonymous, `{ categories { nodes { products(first: 5, sortKey: PRICE, reverse: true) { nodes { title } } } } }`, "products", 4},
		{staff, `{ product(slug: "mug") { variants { stockMovements(first: 5) { nodes { quantity } } } } }`, "stock_movements", 1},
	} {
		plans := explain(t, shop, c.as, c.document, c.table)
		if len(plans) != 1 {
			t.Fatalf("%s asks %s %d times", c.document, c.table, len(plans))
		}
		read := 0
		plans[0].walk(func(p plan) {
			if p.Relation != c.table {
				return
			}
			read += int(p.Rows*p.Loops + p.Removed*p.Loops)
			if !strings.Contains(p.Node, "Index") {
				t.Errorf("%s reads %s by %s", c.document, c.table, p.Node)
			}
		})
		// Twice a page: PostgreSQL may walk the index of the order where nearly all rows are of one parent.
		if most := c.parents * 12; read > most || read == 0 {
			t.Errorf("%s reads %d rows of %s for %d at the most", c.document, read, c.table, most)
		}
	}
}

// TestListsAreReadInTheOrderOfAnIndex asks both engines how they find the first page of each list in
// each order: nothing is sorted.
func TestListsAreReadInTheOrderOfAnIndex(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			crowd(t, shop, engine)
			staff, anonymous := shop.Rows.Viewer("staff"), viewer.Viewer{}
			for _, c := range []struct {
				as          viewer.Viewer
				list, table string
			}{
				{anonymous, `products(sortKey: NEWEST)`, "products"}, {staff, `products(sortKey: NEWEST, reverse: true)`, "products"},
				{anonymous, `products(sortKey: TITLE, reverse: true)`, "products"}, {staff, `products(sortKey: TITLE)`, "products"},
				{anonymous, `products(sortKey: PRICE)`, "products"}, {staff, `products(sortKey: PRICE, last: 10)`, "products"},
				{staff, `products(filter: {status: [DRAFT]})`, "products"},
				{staff, `orders(sortKey: PLACED)`, "orders"}, {staff, `orders(sortKey: TOTAL)`, "orders"},
				{staff, `users(sortKey: CREATED)`, "users"}, {staff, `users(sortKey: NAME, reverse: true)`, "users"},
			} {
				document := "{ " + c.list + " { nodes { id } } }"
				if engine == databasetest.Postgres {
					explain(t, shop, c.as, document, c.table)[0].walk(func(p plan) {
						if p.Node == "Sort" || p.Node == "Seq Scan" {
							t.Errorf("%s: %s", c.list, p.Node)
						}
					})
					continue
				}
				if steps := queryPlan(t, shop, c.as, document); strings.Contains(steps, "TEMP B-TREE") || !strings.Contains(steps, "INDEX") {
					t.Errorf("%s: %s", c.list, steps)
				}
			}
		})
	}
}

// plan is a step of PostgreSQL's.
type plan struct {
	Node     string  `json:"Node Type"`
	Relation string  `json:"Relation Name"`
	Rows     float64 `json:"Actual Rows"`
	Loops    float64 `json:"Actual Loops"`
	Removed  float64 `json:"Rows Removed by Filter"`
	Plans    []plan  `json:"Plans"`
}

func (p plan) walk(visit func(plan)) {
	visit(p)
	for _, below := range p.Plans {
		below.walk(visit)
	}
}

// explain runs a document, and has PostgreSQL explain its statements about a table.
func explain(t *testing.T, shop *graphtest.Shop, as viewer.Viewer, document, table string) []plan {
	t.Helper()
	var plans []plan
	for _, s := range statements(t, shop, as, document) {
		if !strings.HasPrefix(s.SQL[strings.Index(s.SQL, "SELECT "):], `SELECT "`+table+`"`) {
			continue
		}
		var explained []struct{ Plan plan }
		if err := json.Unmarshal([]byte(ask(t, shop, "EXPLAIN (ANALYZE, FORMAT JSON) "+s.SQL, s.Args)[0]), &explained); err != nil {
			t.Fatal(err)
		}
		plans = append(plans, explained[0].Plan)
	}
	return plans
}

func queryPlan(t *testing.T, shop *graphtest.Shop, as viewer.Viewer, document string) string {
	t.Helper()
	s := statements(t, shop, as, document)
	if len(s) != 1 {
		t.Fatalf("%s takes %d statements", document, len(s))
	}
	return strings.Join(ask(t, shop, "EXPLAIN QUERY PLAN "+s[0].SQL, s[0].Args), "; ")
}

func statements(t *testing.T, shop *graphtest.Shop, as viewer.Viewer, document string) []graphtest.Statement {
	t.Helper()
	shop.Statements()
	shop.Must(t, as, document, nil, nil)
	return shop.Statements()
}

// ask runs a statement past Ent, and returns the last column of each row.
func ask(t *testing.T, shop *graphtest.Shop, query string, args []any) []string {
	t.Helper()
	rows, err := shop.Database.Client.QueryContext(context.WithoutCancel(t.Context()), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for rows.Next() {
		cells := make([]any, len(columns))
		for i := range cells {
			cells[i] = new(any)
		}
		var last string
		cells[len(cells)-1] = &last
		if err := rows.Scan(cells...); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, last)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return texts
}
