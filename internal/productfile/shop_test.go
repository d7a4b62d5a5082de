package productfile_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"galley/ent"
	"galley/ent/category"
	"galley/ent/product"
	"galley/ent/variant"
	"galley/internal/catalog"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/nodeid"
	"galley/internal/productfile"
)

// shop is a shop under test.
type shop struct {
	t       *testing.T
	db      *database.DB
	system  context.Context
	catalog *catalog.Workflow
}

func each(t *testing.T, test func(t *testing.T, s *shop)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		test(t, &shop{t: t, db: db, system: databasetest.System(t.Context()), catalog: catalog.New(db, "GBP")})
	})
}

// imported imports a file of lines.
func (s *shop) imported(o productfile.Options, lines ...string) *productfile.Report {
	s.t.Helper()
	o.Name, o.Currency = "test.csv", "GBP"
	r, err := productfile.Import(s.t.Context(), s.db, strings.NewReader(strings.Join(lines, "\n")), o)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func (s *shop) exported() string {
	s.t.Helper()
	var b bytes.Buffer
	if err := productfile.Export(s.t.Context(), s.db, &b); err != nil {
		s.t.Fatal(err)
	}
	return b.String()
}

// edited is the exported file with one cell of a SKU's row changed.
func (s *shop) edited(sku, column, value string) string {
	s.t.Helper()
	rows, err := csv.NewReader(strings.NewReader(s.exported())).ReadAll()
	if err != nil {
		s.t.Fatal(err)
	}
	rows[0][0] = strings.TrimPrefix(rows[0][0], "\ufeff")
	at := slices.Index(rows[0], column)
	for _, row := range rows[1:] {
		if row[slices.Index(rows[0], "sku")] == sku {
			row[at] = value
		}
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		s.t.Fatal(err)
	}
	return b.String()
}

func (s *shop) did(out *database.Outcome, err error) int64 {
	s.t.Helper()
	if err != nil || len(out.UserErrors) > 0 {
		s.t.Fatal(out, err)
	}
	return out.Key
}

// furnish makes a product of two variants in a category, and publishes it.
func (s *shop) furnish() *ent.Product {
	s.t.Helper()
	home := nodeid.Category.ID(s.did(s.catalog.CategoryCreate(s.system, catalog.CategoryCreateInput{Name: "Home"})))
	walls := nodeid.Category.ID(s.did(s.catalog.CategoryCreate(s.system, catalog.CategoryCreateInput{Name: "Walls & Doors", Parent: &home})))
	key := s.did(s.catalog.ProductCreate(s.system, catalog.ProductCreateInput{
		Title: "Clock", Description: "It ticks.\nLoudly.", Category: &walls,
		Variants: []catalog.ProductVariantInput{{SKU: "C-1", Title: "Red", Price: "12.50", Available: 5}, {SKU: "C-2", Title: "Blue", Price: "13", Available: 6}},
	}))
	s.did(s.catalog.ProductPublish(s.system, catalog.ProductStateInput{ID: nodeid.Product.ID(key)}))
	return s.db.Client.Product.GetX(s.system, key)
}

func (s *shop) product(slug string) *ent.Product {
	s.t.Helper()
	return s.db.Client.Product.Query().Where(product.Slug(slug)).WithCategory().OnlyX(s.system)
}

func (s *shop) variant(sku string) *ent.Variant {
	s.t.Helper()
	return s.db.Client.Variant.Query().Where(variant.Sku(sku)).OnlyX(s.system)
}

// state is everything of the catalogue, versions and times of change included.
func (s *shop) state() string {
	s.t.Helper()
	c := s.db.Client
	var b strings.Builder
	for _, x := range c.Category.Query().Order(category.ByID()).AllX(s.system) {
		fmt.Fprintln(&b, x)
	}
	for _, x := range c.Product.Query().Order(product.ByID()).AllX(s.system) {
		fmt.Fprintln(&b, x)
	}
	for _, x := range c.Variant.Query().Order(variant.ByID()).AllX(s.system) {
		fmt.Fprintln(&b, x)
	}
	fmt.Fprintln(&b, c.StockMovement.Query().AllX(s.system))
	terms := c.ProductTerm.Query().AllX(s.system)
	slices.SortFunc(terms, func(a, b *ent.ProductTerm) int { return strings.Compare(a.String(), b.String()) })
	fmt.Fprintln(&b, terms)
	return b.String()
}

// results are what became of the rows, in short.
func results(r *productfile.Report) string {
	var all []string
	for _, row := range r.Rows {
		text := fmt.Sprintf("%d %s", row.Line, row.Result)
		if len(row.Changed) > 0 {
			text += " " + strings.Join(row.Changed, "+")
		}
		if row.Field != "" {
			text += " " + row.Field
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

func (s *shop) expect(r *productfile.Report, want string) {
	s.t.Helper()
	if got := results(r); got != want {
		s.t.Errorf("got %s, want %s\n%s", got, want, r)
	}
}
