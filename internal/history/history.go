// Package history brings what a shop has sold elsewhere into this one: products, customers and orders
// out of the Online Retail data set's format.
//
// The file is read once from end to end before anything is written. What it says of each product, each
// customer and each invoice is sorted together on disk meanwhile (mergesort), so that memory does not
// grow with the file, and rows of an invoice need not stand together. Then products, customers and
// orders are written in batches, a transaction each. Whatever is there already is found by its SKU,
// e-mail or number, so that an import that was interrupted can be run again.
package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"entgo.io/ent/dialect/sql/sqlgraph"

	"galley/ent"
	"galley/ent/product"
	"galley/internal/catalog"
	"galley/internal/database"
	"galley/internal/mergesort"
	"galley/internal/money"
	"galley/internal/onlineretail"
	"galley/internal/viewer"
)

// Currency is that of the data set.
const Currency money.Currency = "GBP"

const (
	batchTime     = 2 * time.Minute
	writeTries    = 4
	rowsPerGlance = 4096 // how often an interruption is looked for
)

// Source is what is imported.
type Source struct {
	Name string
	io.Reader
	// Size is how many bytes there are; 0 if that is not known.
	Size int64
}

// Options say how to import.
type Options struct {
	// Currency is the shop's.
	Currency money.Currency
	// Stock is how many pieces new products have.
	Stock int
	// Rejected is where rows are listed that become no line. The file is made when there is one.
	Rejected string
	// Progress hears how far the import is; it may be nil.
	Progress func(step string, done, total int64)

	bounds bounds
}

// bounds are how much an import does at once. Tests have less.
type bounds struct {
	sortMemory int // bytes of each sorter
	texts      int // that are counted in memory before they are sorted
	rows       int // of a transaction's largest table, about
}

func (o Options) bounded() bounds {
	return cmp.Or(o.bounds, bounds{sortMemory: 8 << 20, texts: 1 << 14, rows: 5_000})
}

// importing is one run of Import.
type importing struct {
	db      *database.DB
	catalog *catalog.Workflow
	options Options
	bounds  bounds
	report  Report

	mentions, customers, lines *mergesort.Sorter
	rejected                   *rejected
	broken                     invoices // that have a row that cannot be read

	variants, users map[string]int64 // keys found so far, by SKU and by e-mail
}

// Import brings a file into the shop.
func Import(ctx context.Context, db *database.DB, from Source, o Options) (report *Report, err error) {
	began := time.Now()
	ctx = viewer.AsSystem(ctx)
	if err := checkCurrency(ctx, db, o.Currency); err != nil {
		return nil, err
	}
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	b := o.bounded()
	sorter := func() *mergesort.Sorter { return mergesort.New("", b.sortMemory) }
	i := &importing{
		db: db, catalog: catalog.New(db, Currency), options: o, bounds: b,
		mentions: sorter(), customers: sorter(), lines: sorter(),
		rejected: &rejected{path: o.Rejected}, variants: map[string]int64{}, users: map[string]int64{},
	}
	defer func() {
		err = errors.Join(err, i.rejected.close(), i.mentions.Close(), i.customers.Close(), i.lines.Close())
	}()
	if err := i.read(ctx, from); err != nil {
		return nil, fmt.Errorf("%s: %w", from.Name, err)
	}
	for _, write := range []func(context.Context) error{i.writeProducts, i.writeCustomers, i.writeOrders} {
		if err := write(ctx); err != nil {
			return nil, err
		}
	}
	i.report.finish(from.Name, i.rejected.name(), time.Since(began))
	return &i.report, i.report.check()
}

// checkCurrency refuses a shop that sells in another currency than the file does.
func checkCurrency(ctx context.Context, db *database.DB, shop money.Currency) error {
	if shop != Currency {
		return fmt.Errorf("the data is in %s, and this shop sells in %s (GALLEY_CURRENCY)", Currency, shop)
	}
	other, err := db.Client.Product.Query().Where(product.CurrencyNEQ(Currency)).First(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil
	case err != nil:
		return fmt.Errorf("look for products: %w", err)
	}
	return fmt.Errorf("the data is in %s, and this shop has products in %s", Currency, other.Currency)
}

// inTx writes a batch. Where somebody else takes a unique name between the look and the write, it looks
// again.
func (i *importing) inTx(ctx context.Context, fn func(ctx context.Context, tx *ent.Tx) error) error {
	for try := 1; ; try++ {
		if err := ctx.Err(); err != nil {
			return interrupted(err)
		}
		err := i.db.InTxWithin(ctx, batchTime, fn)
		if try == writeTries || !sqlgraph.IsUniqueConstraintError(err) {
			return err
		}
	}
}

func interrupted(err error) error {
	return fmt.Errorf("interrupted; the same command goes on from here: %w", err)
}

// invoices is a set of numbers of six digits.
type invoices [1_000_000 / 64]uint64

func (s *invoices) add(number string) {
	n := decimal(number)
	s[n/64] |= 1 << (n % 64)
}

func (s *invoices) has(number string) bool {
	n := decimal(number)
	return s[n/64]>>(n%64)&1 == 1
}

func decimal(sixDigits string) int {
	n := 0
	for _, digit := range sixDigits {
		n = n*10 + int(digit-'0')
	}
	return n
}

func email(customer string) string { return customer + "@customers.example" }

func minor(p onlineretail.Price) money.Minor { return money.Minor(p.Pence()) }
