package promotion

import (
	"context"
	"fmt"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqlgraph"

	"galley/ent"
	"galley/ent/promotion"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// Create makes a promotion. Who does so is asked here too, and by the policy of its rows.
func (w *Workflow) Create(ctx context.Context, in CreateInput) (*database.Outcome, error) {
	if err := viewer.Need(ctx, viewer.PricingWrite); err != nil {
		return nil, err
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		var c fault.Collector
		p := &ent.Promotion{Kind: in.Kind, OncePerCustomer: in.OncePerCustomer, Active: in.Active}
		e := edit{c: &c, p: p, currency: w.currency}
		e.name(in.Name)
		e.code(in.Code)
		if in.BasisPoints != nil {
			p.BasisPoints = *in.BasisPoints
		}
		e.amount(&p.Amount, in.Amount, "amount")
		e.amount(&p.MinimumAmount, in.Minimum, "minimum")
		e.categories(in.Categories)
		p.StartsAt, p.EndsAt, p.UsageLimit = stored(in.StartsAt, nil), stored(in.EndsAt, nil), in.UsageLimit
		e.check()
		if err := w.checkOthers(ctx, tx, &c, p, nil); err != nil {
			return 0, err
		}
		row, err := tx.Promotion.Create().SetName(p.Name).SetNillableCode(p.Code).SetKind(p.Kind).SetBasisPoints(p.BasisPoints).
			SetAmount(p.Amount).SetCurrency(w.currency).SetMinimumAmount(p.MinimumAmount).SetCategoryIds(p.CategoryIds).
			SetNillableStartsAt(p.StartsAt).SetNillableEndsAt(p.EndsAt).SetOncePerCustomer(p.OncePerCustomer).
			SetNillableUsageLimit(p.UsageLimit).SetActive(p.Active).Save(ctx)
		if err != nil {
			return 0, unlessTaken(err, "create promotion")
		}
		return row.ID, nil
	})
}

// Update changes a promotion. Orders that took it keep what they were promised; carts are priced anew.
func (w *Workflow) Update(ctx context.Context, in UpdateInput) (*database.Outcome, error) {
	if err := viewer.Need(ctx, viewer.PricingWrite); err != nil {
		return nil, err
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		before, err := hold(ctx, tx, in.ID)
		if err != nil {
			return 0, err
		}
		if err := fault.Expect(before.Version, in.ExpectedVersion); err != nil {
			return 0, err
		}
		var c fault.Collector
		after := *before
		in.apply(&edit{c: &c, p: &after, currency: w.currency})
		if err := w.checkOthers(ctx, tx, &c, &after, before); err != nil || same(&after, before) {
			return before.ID, err
		}
		return before.ID, save(ctx, tx, &after)
	})
}

func (in UpdateInput) apply(e *edit) {
	p := e.p
	if in.Name != nil {
		e.name(*in.Name)
	}
	if code, ok := in.Code.ValueOK(); ok {
		e.code(code)
	}
	if in.BasisPoints != nil {
		p.BasisPoints = *in.BasisPoints
	}
	e.amount(&p.Amount, in.Amount, "amount")
	e.amount(&p.MinimumAmount, in.Minimum, "minimum")
	if in.Categories != nil {
		e.categories(in.Categories)
	}
	if at, ok := in.StartsAt.ValueOK(); ok {
		p.StartsAt = stored(at, p.StartsAt)
	}
	if at, ok := in.EndsAt.ValueOK(); ok {
		p.EndsAt = stored(at, p.EndsAt)
	}
	if in.OncePerCustomer != nil {
		p.OncePerCustomer = *in.OncePerCustomer
	}
	if limit, ok := in.UsageLimit.ValueOK(); ok {
		p.UsageLimit = limit
	}
	if in.Active != nil {
		p.Active = *in.Active
	}
	e.check()
}

func save(ctx context.Context, tx *ent.Tx, p *ent.Promotion) error {
	row := tx.Promotion.Update().Where(promotion.ID(p.ID)).AddVersion(1).SetName(p.Name).SetBasisPoints(p.BasisPoints).SetAmount(p.Amount).
		SetMinimumAmount(p.MinimumAmount).SetCategoryIds(p.CategoryIds).SetOncePerCustomer(p.OncePerCustomer).SetActive(p.Active)
	put(p.Code, row.SetCode, row.ClearCode)
	put(p.StartsAt, row.SetStartsAt, row.ClearStartsAt)
	put(p.EndsAt, row.SetEndsAt, row.ClearEndsAt)
	put(p.UsageLimit, row.SetUsageLimit, row.ClearUsageLimit)
	if err := row.Exec(ctx); err != nil {
		return unlessTaken(err, "update promotion")
	}
	return nil
}

// same tells whether a change left a promotion as it was.
func same(a, b *ent.Promotion) bool {
	return a.Name == b.Name && equal(a.Code, b.Code) && a.BasisPoints == b.BasisPoints && a.Amount == b.Amount && a.MinimumAmount == b.MinimumAmount &&
		slices.Equal(a.CategoryIds, b.CategoryIds) && a.StartsAt == b.StartsAt && a.EndsAt == b.EndsAt && a.OncePerCustomer == b.OncePerCustomer &&
		equal(a.UsageLimit, b.UsageLimit) && a.Active == b.Active
}

func equal[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// put sets a column to a value, or to none.
func put[T, R any](value *T, set func(T) R, unset func() R) {
	if value == nil {
		unset()
		return
	}
	set(*value)
}

// hold reads a promotion that the viewer may see, and keeps orders from taking it until the transaction ends.
func hold(ctx context.Context, tx *ent.Tx, id nodeid.ID) (*ent.Promotion, error) {
	q := tx.Promotion.Query().Where(promotion.ID(id.KeyOf(nodeid.Promotion)))
	q.Modify(database.Locked(sql.LockNoKeyUpdate))
	p, err := q.Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, fault.New(fault.NotFound, "There is no such promotion")
	case err != nil:
		return nil, fmt.Errorf("hold promotion: %w", err)
	}
	return p, nil
}

// unlessTaken names what failed, or says that another promotion has the code, whoever came first.
func unlessTaken(err error, doing string) error {
	if sqlgraph.IsUniqueConstraintError(err) {
		return fault.Reject(CodeTaken, "Another promotion has this code", "code")
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// stored is a time as both engines keep it: the one there is where they are the same.
func stored(t, there *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	at := t.UTC().Truncate(time.Microsecond)
	if there != nil && there.Equal(at) {
		return there
	}
	return &at
}
