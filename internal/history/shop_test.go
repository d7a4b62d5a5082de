package history_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	_ "time/tzdata" // the tests run where no time zone database is installed

	"galley/ent"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/history"
	"galley/internal/onlineretail"
)

const sampleFile = "../demo/data/online-retail-sample.csv.gz"

// source makes a file of rows behind the header.
func source(rows ...string) history.Source {
	text := onlineretail.Header + "\n" + strings.Join(rows, "\n") + "\n"
	return history.Source{Name: "test.csv", Reader: strings.NewReader(text), Size: int64(len(text))}
}

func zipped(t testing.TB, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sample(t testing.TB) history.Source {
	t.Helper()
	data, err := os.ReadFile(sampleFile)
	if err != nil {
		t.Fatal(err)
	}
	return history.Source{Name: "sample", Reader: bytes.NewReader(data), Size: int64(len(data))}
}

// options are those of a test: rejected rows go into a directory of its own.
func options(t testing.TB) history.Options {
	t.Helper()
	return history.Options{Currency: "GBP", Rejected: filepath.Join(t.TempDir(), "rejected.csv")}
}

func mustImport(t testing.TB, db *database.DB, from history.Source, o history.Options) *history.Report {
	t.Helper()
	report, err := history.Import(t.Context(), db, from, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// state writes all that an import makes, without keys and times of writing, so that two shops compare.
func state(t testing.TB, db *database.DB) string {
	t.Helper()
	ctx := databasetest.System(t.Context())
	c := db.Client
	var lines []string
	note := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	products := map[int64]*ent.Product{}
	for _, p := range c.Product.Query().AllX(ctx) {
		products[p.ID] = p
		note("product %s %q %q %s %x %d %s %v %v %v", p.Slug, p.Title, p.Description, p.Status, p.TitleKey, p.PriceFromAmount, p.Currency,
			p.PublishedAt, p.CreatedAt.UTC(), p.CategoryID)
	}
	variants := map[int64]string{}
	for _, v := range c.Variant.Query().AllX(ctx) {
		variants[v.ID] = v.Sku
		note("variant %s of %s %q %d %s %d %d %v %v", v.Sku, products[v.ProductID].Slug, v.Title, v.PriceAmount, v.Currency, v.Available, v.Position, v.Archived, v.CreatedAt.UTC())
	}
	for _, w := range c.ProductTerm.Query().AllX(ctx) {
		note("term %s of %s %d", w.Term, products[w.ProductID].Slug, w.Weight)
	}
	for _, m := range c.StockMovement.Query().AllX(ctx) {
		note("movement %s %d %s %q", variants[m.VariantID], m.Quantity, m.Reason, m.Note)
	}
	users := map[int64]string{0: ""}
	for _, u := range c.User.Query().AllX(ctx) {
		users[u.ID] = u.Email
		note("user %s %q %s %x %v %v %v %v", u.Email, u.Name, u.Country, u.NameKey, u.Staff, u.Active, u.Permissions, u.CreatedAt.UTC())
	}
	orders := map[int64]string{}
	for _, o := range c.Order.Query().AllX(ctx) {
		orders[o.ID] = o.Number
		user := int64(0)
		if o.UserID != nil {
			user = *o.UserID
		}
		note("order %s %s %s %s %d %d %s %s %v %v", o.Number, o.Email, users[user], o.Status, o.SubtotalAmount, o.TotalAmount, o.Currency, o.Country, o.PlacedAt.UTC(), o.CreatedAt.UTC())
	}
	for _, l := range c.OrderLine.Query().AllX(ctx) {
		variant := int64(0)
		if l.VariantID != nil {
			variant = *l.VariantID
		}
		note("line %s %d %q %q of %s %d %d %d %s", orders[l.OrderID], l.Position, l.Title, l.Sku, variants[variant], l.Quantity, l.UnitPriceAmount, l.TotalAmount, l.Currency)
	}
	for _, p := range c.Payment.Query().AllX(ctx) {
		note("payment %s %s %s %d %s %v", orders[p.OrderID], p.Method, p.Status, p.DueAmount, p.Currency, p.CreatedAt.UTC())
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// compare tells where two states differ, in a few lines.
func compare(t testing.TB, got, want string) {
	t.Helper()
	if got == want {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	shown := 0
	for _, side := range []struct {
		name string
		a, b []string
	}{{"too much", g, w}, {"missing", w, g}} {
		counts := map[string]int{}
		for _, line := range side.b {
			counts[line]++
		}
		for _, line := range side.a {
			if counts[line]--; counts[line] < 0 && shown < 20 {
				t.Errorf("%s: %s", side.name, line)
				shown++
			}
		}
	}
}

// endless gives a text again and again.
type endless struct {
	text string
	left int64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && e.left > 0 {
		c := copy(p[n:], e.text[:min(int64(len(e.text)), e.left)])
		n, e.left = n+c, e.left-int64(c)
	}
	return n, nil
}
