package graph

import (
	"context"

	"galley/ent"
	entapproval "galley/ent/approval"
	"galley/graph/model"
	"galley/internal/approval"
	"galley/internal/catalog"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/fulfil"
	"galley/internal/nodeid"
	"galley/internal/settlement"
)

// approvals is the workflow of changes that wait, which knows how the others make them.
func approvals(db *database.DB, catalogue *catalog.Workflow, orders *fulfil.Workflow, payments *settlement.Workflow) *approval.Workflow {
	return approval.New(db, map[entapproval.Kind]approval.Change{
		entapproval.KindPRICE_CHANGE: approval.Of(func(ctx context.Context, tx *ent.Tx, in catalog.VariantUpdateInput) (*database.Outcome, error) {
			return catalogue.In(tx).VariantUpdate(ctx, in)
		}),
		entapproval.KindORDER_CANCELLATION: approval.Of(func(ctx context.Context, tx *ent.Tx, in fulfil.CancelInput) (*database.Outcome, error) {
			return orders.In(tx).Cancel(ctx, in)
		}),
		entapproval.KindREFUND: approval.Of(func(ctx context.Context, tx *ent.Tx, in settlement.RefundInput) (*database.Outcome, error) {
			return payments.In(tx).Refund(ctx, in)
		}),
	})
}

// request keeps the one change that is asked for.
func (r *Resolver) request(ctx context.Context, in model.ApprovalRequestInput) (*database.Outcome, error) {
	switch update, cancel, refund := in.VariantUpdate, in.OrderCancel, in.PaymentRefund; {
	case update != nil && cancel == nil && refund == nil:
		return r.approval.Request(ctx, approval.Request{
			Kind: entapproval.KindPRICE_CHANGE, Object: update.ID.KeyOf(nodeid.Variant), Version: update.ExpectedVersion,
			Input: update, Field: "variantUpdate", Reason: in.Reason,
		})
	case cancel != nil && update == nil && refund == nil:
		return r.approval.Request(ctx, approval.Request{
			Kind: entapproval.KindORDER_CANCELLATION, Object: cancel.ID.KeyOf(nodeid.Order), Version: cancel.ExpectedVersion,
			Input: cancel, Field: "orderCancel", Reason: in.Reason,
		})
	case refund != nil && update == nil && cancel == nil:
		return r.approval.Request(ctx, approval.Request{
			Kind: entapproval.KindREFUND, Object: refund.Payment.KeyOf(nodeid.Payment), Version: refund.ExpectedVersion,
			Input: refund, Field: "paymentRefund", Reason: in.Reason,
		})
	}
	return nil, fault.New(fault.BadUserInput, "Give exactly one change")
}
