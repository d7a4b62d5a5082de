package approval

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqlgraph"

	"galley/ent"
	"galley/ent/approvalrule"
	"galley/ent/auditentry"
	"galley/ent/variant"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/viewer"
)

// maxThreshold bounds a rule on prices: 10,000 %.
const maxThreshold = 1_000_000

// day is how far back a price is compared, so that many small steps are one large one.
const day = 24 * time.Hour

// RuleSetInput is the SDL's ApprovalRuleSetInput.
type RuleSetInput struct {
	Kind            approvalrule.Kind
	Threshold       int
	Active          bool
	ExpectedVersion *int
}

// RuleSet says which changes of a kind wait.
func (w *Workflow) RuleSet(ctx context.Context, in RuleSetInput) (*database.Outcome, error) {
	if _, err := mayDecide(ctx); err != nil {
		return nil, err
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		var c fault.Collector
		c.Add(in.Threshold >= 0, Invalid, "A threshold is not below zero", "threshold")
		c.Add(in.Kind != approvalrule.KindPRICE_CHANGE || in.Threshold <= maxThreshold, Invalid,
			fmt.Sprintf("A threshold for prices is at most %d", maxThreshold), "threshold")
		if err := c.Err(); err != nil {
			return 0, err
		}
		return in.save(viewer.AsSystem(ctx), tx)
	})
}

func (in RuleSetInput) save(ctx context.Context, tx *ent.Tx) (int64, error) {
	known, err := tx.ApprovalRule.Query().Where(approvalrule.KindEQ(in.Kind)).Only(ctx)
	switch {
	case ent.IsNotFound(err) && in.ExpectedVersion == nil:
		made, err := tx.ApprovalRule.Create().SetKind(in.Kind).SetThreshold(in.Threshold).SetActive(in.Active).Save(ctx)
		switch {
		case sqlgraph.IsUniqueConstraintError(err):
			return 0, fault.Changed()
		case err != nil:
			return 0, fmt.Errorf("create rule: %w", err)
		}
		return made.ID, nil
	case ent.IsNotFound(err):
		return 0, fault.Changed()
	case err != nil:
		return 0, fmt.Errorf("read rule: %w", err)
	case in.ExpectedVersion != nil && *in.ExpectedVersion != known.Version:
		return 0, fault.Changed()
	}
	n, err := tx.ApprovalRule.Update().Where(approvalrule.ID(known.ID), approvalrule.Version(known.Version)).
		SetThreshold(in.Threshold).SetActive(in.Active).AddVersion(1).Save(ctx)
	switch {
	case err != nil:
		return 0, fmt.Errorf("update rule: %w", err)
	case n == 0:
		return 0, fault.Changed()
	}
	return known.ID, nil
}

// rule is the threshold for changes of a kind by whoever is asking, or false where nothing waits: the shop's own
// changes never do, nor does one that a second person is just making.
func rule(ctx context.Context, tx *ent.Tx, kind approvalrule.Kind) (int, bool, error) {
	if ctx.Value(approvedKey{}) != nil || viewer.Actor(ctx).Kind == viewer.System {
		return 0, false, nil
	}
	r, err := tx.ApprovalRule.Query().Where(approvalrule.KindEQ(kind), approvalrule.Active(true)).Only(viewer.AsSystem(ctx))
	switch {
	case ent.IsNotFound(err):
		return 0, false, nil
	case err != nil:
		return 0, false, fmt.Errorf("read approval rule: %w", err)
	}
	return r.Threshold, true, nil
}

// PriceChange rejects another price of a variant that needs a second person.
func PriceChange(ctx context.Context, tx *ent.Tx, db *database.DB, v *ent.Variant, price money.Minor) error {
	threshold, holds, err := rule(ctx, tx, approvalrule.KindPRICE_CHANGE)
	if err != nil || !holds {
		return err
	}
	base, err := priceBefore(viewer.AsSystem(ctx), tx, v, db.Now().Add(-day))
	if err != nil {
		return err
	}
	if by := max(price-base, base-price); int64(by)*10_000 > int64(threshold)*int64(base) {
		return fault.Reject(Needed, "This price needs a second person: ask for it by approvalRequest", "price")
	}
	return nil
}

// OrderCancellation rejects the cancellation of an order by staff that needs a second person.
func OrderCancellation(ctx context.Context, tx *ent.Tx, o *ent.Order) error {
	threshold, holds, err := rule(ctx, tx, approvalrule.KindORDER_CANCELLATION)
	if err != nil || !holds || int64(o.TotalAmount) <= int64(threshold) {
		return err
	}
	return fault.Reject(Needed, "This cancellation needs a second person: ask for it by approvalRequest", "id")
}

// Refund rejects a refund by staff that needs a second person, by what is given back of the payment altogether: many
// small ones are one large one.
func Refund(ctx context.Context, tx *ent.Tx, total money.Minor) error {
	threshold, holds, err := rule(ctx, tx, approvalrule.KindREFUND)
	if err != nil || !holds || int64(total) <= int64(threshold) {
		return err
	}
	return fault.Reject(Needed, "This refund needs a second person: ask for it by approvalRequest", "amount")
}

// priceBefore is what a variant cost at a moment, or what was approved since: the audit log knows.
func priceBefore(ctx context.Context, tx *ent.Tx, v *ent.Variant, since time.Time) (money.Minor, error) {
	changes, err := tx.AuditEntry.Query().
		Where(auditentry.ObjectKind(variant.Table), auditentry.ObjectID(v.ID), auditentry.CreatedAtGTE(since), ofPrice).
		Order(auditentry.ByCreatedAt(sql.OrderDesc()), auditentry.ByID(sql.OrderDesc())).
		Select(auditentry.FieldAction, auditentry.FieldBefore).All(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the variant's prices: %w", err)
	}
	price := v.PriceAmount
	for _, c := range changes {
		if c.Action == approveAction {
			break
		}
		var before struct {
			Price money.Minor `json:"price_amount"`
		}
		if err := json.Unmarshal(c.Before, &before); err != nil {
			return 0, fmt.Errorf("decode price: %w", err)
		}
		price = before.Price
	}
	return price, nil
}

// approveAction is the mutation that Approve serves, as the audit log calls it.
const approveAction = "approve"

// ofPrice leaves the entries of changed prices. SQLite keeps JSON as bytes.
func ofPrice(s *sql.Selector) {
	column := s.C(auditentry.FieldBefore)
	if s.Dialect() == dialect.SQLite {
		column = "CAST(" + column + " AS TEXT)"
	}
	s.Where(sql.ExprP(column + "->>'" + variant.FieldPriceAmount + "' IS NOT NULL"))
}
