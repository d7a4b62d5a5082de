//go:build whole

package history_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/history"
)

// The tests of the whole data set take a minute and have a target of their own, make import-whole.
const wholeFile = "../onlineretail/testdata/online-retail.csv.gz"

func whole(t *testing.T) history.Source {
	t.Helper()
	data, err := os.ReadFile(wholeFile)
	if err != nil {
		t.Fatal(err)
	}
	return history.Source{Name: "online-retail.csv.gz", Reader: bytes.NewReader(data), Size: int64(len(data))}
}

func TestTheWholeFileIsAsPublished(t *testing.T) {
	data, err := os.ReadFile(wholeFile)
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../onlineretail/testdata/README.md")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	if want := hex.EncodeToString(sum[:]) + "  online-retail.csv.gz"; !strings.Contains(string(readme), want) {
		t.Errorf("the README beside it does not have %q", want)
	}
}

func open(t *testing.T, url string) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), database.Options{URL: url, Instance: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// The reference figures were counted apart from Galley, over the data set as it is published.
func TestTheWholeFileGoesIn(t *testing.T) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			url := databasetest.URL(t, engine)
			db := open(t, url)
			most := watchHeap(t)
			began := time.Now()
			r := mustImport(t, db, whole(t), options(t))
			took := time.Since(began)
			t.Logf("%s\npeak heap %d MB", r, most()>>20)
			got := r.Figures()
			got.Seconds, got.RowsPerSecond, got.RejectedFile = 0, 0, ""
			want := history.Report{
				File: "online-retail.csv.gz", Rows: 541_909, Lines: 530_103,
				Cancellations: 9288, StockCorrections: 1336, ZeroPrices: 1179, Adjustments: 3,
				Products: history.Count{New: 3926}, Drafts: 135, Customers: history.Count{New: 4372}, Orders: history.Count{New: 19_959},
				LinesWithoutProduct: 2378, Total: "10655622.48",
			}
			if got != want {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
			before := summary(t, db)
			if before[0] != "3926 products, 135 drafts, 4372 users, 19959 orders of 1065562248, 530103 lines, 2378 without a variant" {
				t.Errorf("the shop has %s", before[0])
			}
			t.Run("once", func(t *testing.T) {
				again := mustImport(t, db, whole(t), options(t))
				if again.Orders != (history.Count{Same: 19_959}) || again.Products.Same != 3926 || again.Customers.Same != 4372 {
					t.Errorf("got %+v", again)
				}
				if after := summary(t, db); !slices.Equal(before, after) {
					t.Error("the shop has changed")
				}
			})
			t.Run("and the same behind the sample", func(t *testing.T) {
				both := open(t, databasetest.URL(t, engine))
				began := time.Now()
				mustImport(t, both, sample(t), options(t))
				mustImport(t, both, whole(t), options(t))
				took = min(took, time.Since(began)) // this imports it all too: a machine may have had a bad moment
				if after := summary(t, both); !slices.Equal(before, after) {
					t.Error("the shop is another")
				}
			})
			t.Run("at no less than a quarter of the speed of its lines alone", func(t *testing.T) {
				bare := insertLines(t, db, engine, url)
				ratio := bare.Seconds() / took.Seconds()
				t.Logf("%s: the import %.1f s (%.0f lines/s), its lines alone %.1f s (%.0f lines/s): %.2f of that speed",
					engine, took.Seconds(), 530_103/took.Seconds(), bare.Seconds(), 530_103/bare.Seconds(), ratio)
				if ratio < 0.25 {
					t.Errorf("the import has %.2f of the speed", ratio)
				}
			})
		})
	}
}

// summary is what the shop has: its figures, and each product, customer and order in a line.
func summary(t *testing.T, db *database.DB) []string {
	t.Helper()
	ctx := databasetest.System(t.Context())
	text := func(query string) (found []string) {
		err := db.InTxWithin(ctx, time.Minute, func(ctx context.Context, tx *ent.Tx) error {
			found = nil
			rows, err := tx.QueryContext(ctx, query)
			if err != nil {
				return err
			}
			defer func() { _ = rows.Close() }()
			for rows.Next() {
				var line string
				if err := rows.Scan(&line); err != nil {
					return err
				}
				found = append(found, line)
			}
			return rows.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(found)
		return found
	}
	figures := text(`SELECT (SELECT count(*) FROM products) || ' products, ' || (SELECT count(*) FROM products WHERE status = 'DRAFT') || ' drafts, ' ||
(SELECT count(*) FROM users) || ' users, ' || (SELECT count(*) FROM orders) || ' orders of ' || (SELECT sum(total_amount) FROM orders) || ', ' ||
(SELECT count(*) FROM order_lines) || ' lines, ' || (SELECT count(*) FROM order_lines WHERE variant_id IS NULL) || ' without a variant'`)
	return slices.Concat(figures,
		text(`SELECT v.sku || ' ' || p.title || ' ' || p.status || ' ' || v.price_amount || ' ' || p.price_from_amount FROM variants v JOIN products p ON p.id = v.product_id`),
		text(`SELECT email || ' ' || name || ' ' || country FROM users`),
		text(`SELECT o.number || ' ' || o.email || ' ' || o.country || ' ' || o.total_amount || ' ' || count(*) || ' ' || sum(l.total_amount) || ' ' || sum(l.position)
FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY o.id, o.number, o.email, o.country, o.total_amount`))
}

// insertLines writes the shop's lines once more into the emptied table with its keys and indexes, as
// fast as a driver does: COPY, or a prepared insert of several rows, in one transaction.
func insertLines(t *testing.T, db *database.DB, engine databasetest.Engine, url string) time.Duration {
	t.Helper()
	columns := []string{"id", "position", "title", "sku", "quantity", "unit_price_amount", "total_amount", "currency", "order_id", "variant_id"}
	lines := db.Client.OrderLine.Query().AllX(databasetest.System(t.Context()))
	values := make([][]any, len(lines))
	for i, l := range lines {
		variant := any(nil)
		if l.VariantID != nil {
			variant = *l.VariantID
		}
		values[i] = []any{l.ID, l.Position, l.Title, l.Sku, l.Quantity, int64(l.UnitPriceAmount), int64(l.TotalAmount), string(l.Currency), l.OrderID, variant}
	}
	var raw *sql.DB
	var err error
	if engine == databasetest.Postgres {
		raw, err = sql.Open("postgres", url)
	} else {
		raw, err = sql.Open("sqlite", "file:"+strings.TrimPrefix(url, "sqlite:")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_txlock=immediate")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	if _, err := raw.Exec("DELETE FROM order_lines"); err != nil {
		t.Fatal(err)
	}
	if engine == databasetest.Postgres {
		if _, err := raw.Exec("VACUUM FULL order_lines"); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	tx, err := raw.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if engine == databasetest.Postgres {
		err = copyIn(tx, columns, values)
	} else {
		err = insertPrepared(tx, columns, values)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		t.Fatal(err)
	}
	return time.Since(began)
}

func copyIn(tx *sql.Tx, columns []string, rows [][]any) error {
	into, err := tx.Prepare(pq.CopyIn("order_lines", columns...))
	if err != nil {
		return err
	}
	for _, row := range rows {
		if _, err := into.Exec(row...); err != nil {
			return err
		}
	}
	if _, err := into.Exec(); err != nil {
		return err
	}
	return into.Close()
}

func insertPrepared(tx *sql.Tx, columns []string, rows [][]any) error {
	const at = 100
	one := "(?" + strings.Repeat(",?", len(columns)-1) + ")"
	for n, chunks := range map[int][][]any{at: rows[:len(rows)/at*at], 1: rows[len(rows)/at*at:]} {
		into, err := tx.Prepare(fmt.Sprintf("INSERT INTO order_lines (%s) VALUES %s%s", strings.Join(columns, ","), one, strings.Repeat(","+one, n-1)))
		if err != nil {
			return err
		}
		for chunk := range slices.Chunk(chunks, n) {
			if _, err := into.Exec(slices.Concat(chunk...)...); err != nil {
				return err
			}
		}
		if err := into.Close(); err != nil {
			return err
		}
	}
	return nil
}

// watchHeap looks at the heap until the test ends, and returns what tells the most that it held.
func watchHeap(t *testing.T) func() uint64 {
	t.Helper()
	debug.FreeOSMemory()
	stop, done := make(chan struct{}), make(chan struct{})
	var most uint64
	go func() {
		defer close(done)
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		for tick := time.Tick(20 * time.Millisecond); ; {
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64())
			select {
			case <-stop:
				return
			case <-tick:
			}
		}
	}()
	return func() uint64 { close(stop); <-done; return most }
}
