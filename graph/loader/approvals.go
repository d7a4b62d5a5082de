package loader

import (
	"context"

	"entgo.io/ent/dialect/sql"
	"github.com/99designs/gqlgen/graphql"

	"galley/ent"
	entapproval "galley/ent/approval"
	"galley/ent/approvalrule"
	"galley/graph/connection"
	"galley/internal/approval"
	"galley/internal/nodeid"
)

// ApprovalFilter is the SDL's input of the same name.
type ApprovalFilter struct {
	Status      []approval.Status
	Object      *nodeid.ID
	RequestedBy *nodeid.ID
}

// ApprovalRules are all rules that the viewer may see.
func (l *Loaders) ApprovalRules(ctx context.Context) ([]*ent.ApprovalRule, error) {
	return l.source.Client.ApprovalRule.Query().Order(approvalrule.ByKind()).Select(l.of(approvalrule.Table)...).All(ctx)
}

// Approvals is a page of all approvals that the viewer may see, the latest first.
func (l *Loaders) Approvals(ctx context.Context, args connection.Args, filter *ApprovalFilter) (*connection.ApprovalConnection, error) {
	p, err := connection.NewPage(args, connection.Sort[*ent.Approval]{
		Name: "CREATED", Column: entapproval.FieldCreatedAt, Kind: connection.Time, Desc: true,
		Value: func(a *ent.Approval) any { return a.CreatedAt },
		Key:   func(a *ent.Approval) int64 { return a.ID },
	})
	if err != nil {
		return nil, err
	}
	q := l.source.Client.Approval.Query().Where(filter.where(l))
	count := q.Clone()
	q.Modify(p.Select)
	rows, err := q.Select(l.of(entapproval.Table, p.Columns()...)...).All(ctx)
	if err != nil {
		return nil, err
	}
	l.ahead(ctx, rows)
	return p.Connection(rows, count.Count), nil
}

func (f *ApprovalFilter) where(l *Loaders) func(*sql.Selector) {
	if f == nil {
		return nowhere
	}
	var all []func(*sql.Selector)
	if f.Status != nil {
		all = append(all, l.hasStatus(f.Status))
	}
	if f.Object != nil {
		all = append(all, entapproval.ObjectID(f.Object.Key))
	}
	if f.RequestedBy != nil {
		all = append(all, entapproval.RequestedBy(f.RequestedBy.Key))
	}
	return and(all)
}

// hasStatus leaves approvals in one of these states. What has waited too long is not told by its row alone.
func (l *Loaders) hasStatus(any []approval.Status) func(*sql.Selector) {
	return func(s *sql.Selector) {
		is := []*sql.Predicate{sql.False()}
		for _, status := range any {
			switch pending := sql.EQ(s.C(entapproval.FieldStatus), entapproval.StatusPENDING); status {
			case approval.StatusPending:
				is = append(is, sql.And(pending, sql.GT(s.C(entapproval.FieldExpiresAt), l.source.Now())))
			case approval.StatusExpired:
				is = append(is, sql.And(pending, sql.LTE(s.C(entapproval.FieldExpiresAt), l.source.Now())))
			default:
				is = append(is, sql.EQ(s.C(entapproval.FieldStatus), string(status)))
			}
		}
		s.Where(sql.Or(is...))
	}
}

// ApprovalStatus is what has become of a change by now.
func (l *Loaders) ApprovalStatus(a *ent.Approval) approval.Status {
	return approval.StatusAt(a, l.source.Now())
}

// VariantOfApproval is the key of the variant that a change is about, or 0.
func VariantOfApproval(a *ent.Approval) int64 { return objectOf(a, entapproval.KindPRICE_CHANGE) }

// OrderOfApproval is the key of the order that a change is about, or 0.
func OrderOfApproval(a *ent.Approval) int64 { return objectOf(a, entapproval.KindORDER_CANCELLATION) }

// PaymentOfApproval is the key of the payment that a change is about, or 0.
func PaymentOfApproval(a *ent.Approval) int64 { return objectOf(a, entapproval.KindREFUND) }

func objectOf(a *ent.Approval, kind entapproval.Kind) int64 {
	if a.Kind != kind {
		return 0
	}
	return a.ObjectID
}

func (w walk) ofApprovals(ctx context.Context, rows []*ent.Approval, f graphql.CollectedField) {
	switch f.Name {
	case "variant":
		toOne(ctx, w, rows, VariantOfApproval, &w.Variant, f)
	case "order":
		toOne(ctx, w, rows, OrderOfApproval, &w.Order, f)
	case "payment":
		toOne(ctx, w, rows, PaymentOfApproval, &w.Payment, f)
	case "requestedBy":
		toOne(ctx, w, rows, func(a *ent.Approval) int64 { return a.RequestedBy }, &w.User, f)
	case "decidedBy":
		toOne(ctx, w, rows, func(a *ent.Approval) int64 { return optional(a.DecidedBy) }, &w.User, f)
	}
}
