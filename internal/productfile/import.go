package productfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"entgo.io/ent/dialect/sql/sqlgraph"

	"galley/ent"
	"galley/internal/catalog"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/live"
	"galley/internal/money"
	"galley/internal/stock"
	"galley/internal/viewer"
)

// Options say how to import.
type Options struct {
	// Name is the file's, for the report.
	Name string
	// Currency is the shop's.
	Currency money.Currency
	// DryRun does everything, and undoes it.
	DryRun bool
	// Progress hears how many of the products are done; it may be nil.
	Progress func(step string, done, total int64)
}

// importing is one run of Import.
type importing struct {
	db      *database.DB
	catalog *catalog.Workflow
	stock   *stock.Workflow
	options Options
	tree    *tree
}

var (
	errUndo        = errors.New("a dry run is undone")
	errInterrupted = errors.New("interrupted; the same command goes on from here")
)

const writeTries = 4

// Import changes the shop's products to what a file says of them, each in a transaction of its own. The
// whole file is read before the first.
func Import(ctx context.Context, db *database.DB, r io.Reader, o Options) (*Report, error) {
	ctx = viewer.AsSystem(ctx)
	groups, err := read(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Name, err)
	}
	i := &importing{db: db, catalog: catalog.New(db, o.Currency), stock: stock.New(db, new(live.Broker)), options: o}
	if i.tree, err = readTree(ctx, db.Client.Category); err != nil {
		return nil, err
	}
	report := &Report{File: o.Name, DryRun: o.DryRun, Rows: []Row{}}
	for n, g := range groups {
		if o.Progress != nil {
			o.Progress("products", int64(n+1), int64(len(groups)))
		}
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("%w: %w", errInterrupted, err)
		}
		rows, err := i.write(ctx, g)
		if err != nil {
			return nil, fmt.Errorf("%s: product %s of line %d: %w", o.Name, g.slug, g.lines[0].number, err)
		}
		report.Rows = append(report.Rows, rows...)
	}
	return report, nil
}

// write writes a product in a transaction, and tells what became of its rows.
func (i *importing) write(ctx context.Context, g *group) ([]Row, error) {
	if g.wrong != nil {
		return g.rejected(g.wrong), nil
	}
	var w *writing
	for try := 1; ; try++ {
		err := i.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			w = i.begin(tx, g)
			if err := w.product(ctx); err != nil {
				return err
			}
			if i.options.DryRun {
				return errUndo
			}
			return nil
		})
		if try < writeTries && sqlgraph.IsUniqueConstraintError(err) {
			continue // somebody else took the name between the look and the write
		}
		if at, ok := errors.AsType[*wrong](err); ok {
			return g.rejected(at), nil
		}
		if err != nil && !errors.Is(err, errUndo) {
			return nil, err
		}
		if w.madeCategory && !i.options.DryRun {
			i.tree, err = readTree(ctx, i.db.Client.Category)
			return w.rows, err
		}
		return w.rows, nil
	}
}

// rejected are the rows of a product of which one is wrong.
func (g *group) rejected(at *wrong) []Row {
	var rows []Row
	for _, l := range g.lines {
		row := Row{Line: l.number, Slug: g.slug, SKU: l.sku(), Result: Rejected, Field: at.field, Reason: at.reason}
		if l.number != at.line {
			row.Reason = fmt.Sprintf("Its product is rejected for line %d", at.line)
		}
		rows = append(rows, row)
	}
	return rows
}

// rejection makes what a workflow rejects into what is wrong with a line of the file: with l itself, or
// with one of the lines that its variants are from.
func rejection(err error, l *line, aboutVariant bool, variants []*line) error {
	rejected, ok := errors.AsType[fault.Rejected](err)
	if !ok {
		return err
	}
	field := rejected[0].Field
	if len(field) == 3 && field[0] == "variants" {
		if n, err := strconv.Atoi(field[1]); err == nil && n < len(variants) {
			l, aboutVariant = variants[n], true
		}
	}
	return &wrong{l.number, columnOf(field, aboutVariant), rejected[0].Message}
}

// columnOf is the column that a workflow's input has its field from.
func columnOf(field []string, aboutVariant bool) string {
	if len(field) == 0 {
		return colSlug
	}
	switch name := field[len(field)-1]; {
	case name == "title" && aboutVariant:
		return colVariant
	case name == "available", name == "quantity":
		return colStock
	case name == "purchaseLimit":
		return colLimit
	case name == "id" && aboutVariant:
		return colArchived
	case name == "id":
		return colStatus
	case name == "parent", name == "name":
		return colCategory
	case name == "product", name == "variants":
		return colSKU
	default:
		return name
	}
}
