// Package catalog is how staff change what the shop shows: products with their variants and
// pictures, and the categories that they are sorted into.
//
// Whoever changes anything of a product first locks the product's row, and whoever changes the tree
// of categories its rows, so that what is derived from several rows (the lowest price, the words that
// a search finds, positions) is never built on a state that somebody else is just leaving. Locks are
// taken in one order: categories, product, the rest.
package catalog

import (
	"context"
	"log/slog"

	"entgo.io/ent/dialect/sql/sqlgraph"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/viewer"
)

// What can be wrong in the catalogue: the SDL's CatalogErrorCode.
const (
	Invalid     fault.Reason = "INVALID"
	SlugTaken   fault.Reason = "SLUG_TAKEN"
	SKUTaken    fault.Reason = "SKU_TAKEN"
	NotFound    fault.Reason = "NOT_FOUND"
	NoVariant   fault.Reason = "NO_VARIANT"
	Archived    fault.Reason = "ARCHIVED"
	Cycle       fault.Reason = "CYCLE"
	NotEmpty    fault.Reason = "NOT_EMPTY"
	NotAPicture fault.Reason = "NOT_A_PICTURE"
)

// The bounds of the catalogue.
const (
	MaxVariants      = 200               // of a product, archived ones included
	MaxPictures      = 50                // of a product
	MaxDepth         = 20                // of the tree of categories
	MaxDescription   = 20_000            // characters
	MaxAvailable     = 100_000_000       // pieces of a variant
	MaxPurchaseLimit = 1_000_000         // pieces of a variant
	MaxWeight        = 10_000_000        // grams of a piece
	MaxPrice         = money.Minor(1e10) // of a piece
	MaxFile          = 10 << 20          // bytes of a picture
	MaxPixels        = 40_000_000        // of a picture
	MaxSide          = 12_000            // pixels of a picture
	MaxMade          = 2048              // pixels of a side of a picture that we make
)

// Workflow is what staff do with the catalogue.
type Workflow struct {
	db       *database.DB
	currency money.Currency
	log      *slog.Logger
	pictures *pictures
	within   *ent.Tx // that of the caller, for all that is changed
}

// New makes the workflow of a shop that sells in one currency.
func New(db *database.DB, currency money.Currency) *Workflow {
	return &Workflow{db: db, currency: currency, log: slog.New(slog.DiscardHandler), pictures: newPictures()}
}

// WithLogger has what goes wrong with serving pictures logged, and returns the workflow.
func (w *Workflow) WithLogger(log *slog.Logger) *Workflow {
	w.log = log
	return w
}

// In is the workflow within a transaction of the caller's, which makes several changes one. What it
// rejects comes as an error, fault.Rejected: then the caller rolls back.
func (w *Workflow) In(tx *ent.Tx) *Workflow {
	in := *w
	in.within = tx
	return &in
}

// maxAttempts bounds how often a mutation is run that finds a name free which somebody else takes.
const maxAttempts = 4

// mutate runs a mutation for those who may change the catalogue. A unique name that was free when it
// looked and is taken when it writes has it run again: then it finds who took it.
func (w *Workflow) mutate(ctx context.Context, fn func(ctx context.Context, tx *ent.Tx) (int64, error)) (*database.Outcome, error) {
	if err := viewer.Need(ctx, viewer.CatalogWrite); err != nil {
		return nil, err
	}
	if w.within != nil {
		key, err := fn(ctx, w.within)
		return &database.Outcome{Key: key}, err
	}
	for attempt := 1; ; attempt++ {
		outcome, err := w.db.Mutate(ctx, fn)
		switch {
		case !sqlgraph.IsUniqueConstraintError(err):
			return outcome, err
		case attempt == maxAttempts:
			return nil, fault.Wrap(fault.Conflict, "Others are changing the same: try again in a moment", err)
		}
	}
}
