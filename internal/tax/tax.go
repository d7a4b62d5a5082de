// Package tax is how staff say what each country takes on which goods.
package tax

import (
	"context"
	"fmt"
	"strings"

	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqlgraph"

	"galley/ent"
	"galley/ent/taxrate"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/postal"
	"galley/internal/pricing"
	"galley/internal/viewer"
)

// What can be wrong with a rate: values of the SDL's PricingErrorCode.
const (
	Invalid fault.Reason = "INVALID"
	TooMany fault.Reason = "TOO_MANY"
)

// MaxRates is how many rates a shop may have: some for each country there is.
const MaxRates = 1000

const maxName = 100 // characters

// Workflow is what staff do with tax rates.
type Workflow struct{ db *database.DB }

// New makes the workflow of a shop.
func New(db *database.DB) *Workflow { return &Workflow{db: db} }

// SetInput is the SDL's TaxRateSetInput.
type SetInput struct {
	Country, TaxCategory, Name string
	BasisPoints                int
	ExpectedVersion            *int
}

// DeleteInput is the SDL's TaxRateDeleteInput.
type DeleteInput struct {
	ID              nodeid.ID
	ExpectedVersion *int
}

// Set says what a country takes on a category of goods: a new rate, or another value of the one there is.
func (w *Workflow) Set(ctx context.Context, in SetInput) (*database.Outcome, error) {
	if err := viewer.Need(ctx, viewer.PricingWrite); err != nil {
		return nil, err
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		if err := in.clean(); err != nil {
			return 0, err
		}
		return in.save(viewer.AsSystem(ctx), tx)
	})
}

// clean brings the input into the form in which it is kept, or says what is wrong with it.
func (in *SetInput) clean() error {
	var c fault.Collector
	in.Country, in.Name = strings.ToUpper(strings.TrimSpace(in.Country)), strings.TrimSpace(in.Name)
	c.Add(in.Country == "" || postal.IsCountry(in.Country), Invalid,
		"This is not the code of a country, such as GB; empty stands for all that have no rate of their own", "country")
	category, ok := pricing.TaxCategory(in.TaxCategory)
	c.Add(ok, Invalid, "A tax category is 1 to 40 small letters, digits and hyphens", "taxCategory")
	in.TaxCategory = category
	c.Line(in.Name, maxName, true, Invalid, "name")
	c.Add(0 <= in.BasisPoints && in.BasisPoints <= 10_000, Invalid, "A rate is 0 to 10000 hundredths of a percent", "basisPoints")
	return c.Err()
}

func (in *SetInput) save(ctx context.Context, tx *ent.Tx) (int64, error) {
	q := tx.TaxRate.Query().Where(taxrate.Country(in.Country), taxrate.TaxCategory(in.TaxCategory))
	q.Modify(database.Locked(sql.LockNoKeyUpdate))
	known, err := q.Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return in.create(ctx, tx)
	case err != nil:
		return 0, fmt.Errorf("hold tax rate: %w", err)
	}
	if err := fault.Expect(known.Version, in.ExpectedVersion); err != nil {
		return 0, err
	}
	if known.Name == in.Name && known.BasisPoints == in.BasisPoints {
		return known.ID, nil
	}
	err = tx.TaxRate.Update().Where(taxrate.ID(known.ID)).AddVersion(1).SetName(in.Name).SetBasisPoints(in.BasisPoints).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("update tax rate: %w", err)
	}
	return known.ID, nil
}

func (in *SetInput) create(ctx context.Context, tx *ent.Tx) (int64, error) {
	if in.ExpectedVersion != nil {
		return 0, fault.Changed()
	}
	n, err := tx.TaxRate.Query().Count(ctx)
	switch {
	case err != nil:
		return 0, fmt.Errorf("count tax rates: %w", err)
	case n >= MaxRates:
		return 0, fault.Reject(TooMany, fmt.Sprintf("A shop has at most %d tax rates", MaxRates))
	}
	row, err := tx.TaxRate.Create().SetCountry(in.Country).SetTaxCategory(in.TaxCategory).SetName(in.Name).SetBasisPoints(in.BasisPoints).Save(ctx)
	switch {
	case sqlgraph.IsUniqueConstraintError(err):
		return 0, fault.Changed()
	case err != nil:
		return 0, fmt.Errorf("create tax rate: %w", err)
	}
	return row.ID, nil
}

// Delete removes a rate. Orders keep what they were taxed.
func (w *Workflow) Delete(ctx context.Context, in DeleteInput) (*database.Outcome, error) {
	if err := viewer.Need(ctx, viewer.PricingWrite); err != nil {
		return nil, err
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		q := tx.TaxRate.Query().Where(taxrate.ID(in.ID.KeyOf(nodeid.TaxRate)))
		q.Modify(database.Locked(sql.LockUpdate))
		known, err := q.Only(ctx)
		switch {
		case ent.IsNotFound(err):
			return 0, fault.New(fault.NotFound, "There is no such tax rate")
		case err != nil:
			return 0, fmt.Errorf("hold tax rate: %w", err)
		}
		if err := fault.Expect(known.Version, in.ExpectedVersion); err != nil {
			return 0, err
		}
		if err := tx.TaxRate.DeleteOneID(known.ID).Exec(ctx); err != nil {
			return 0, fmt.Errorf("delete tax rate: %w", err)
		}
		return known.ID, nil
	})
}
