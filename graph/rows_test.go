package graph_test

import (
	"context"
	"fmt"
	"testing"

	"galley/ent"
	fulfilments "galley/ent/fulfilment"
	"galley/ent/orderevent"
	"galley/ent/paymentevent"
	"galley/ent/paymentstep"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/nodeid"
)

// ownersOfAccounts are the owners of what belongs to accounts and staff, as far as the graph shows it.
func ownersOfAccounts(t *testing.T, shop *graphtest.Shop, name func(*int64) string, owners map[string]owner) {
	t.Helper()
	ctx := databasetest.System(t.Context())
	c := shop.Database.Client
	own := func(row any, o owner) {
		if n, shown := row.(interface{ NodeID() nodeid.ID }); shown {
			owners[n.NodeID().String()] = o
		}
	}
	for _, r := range c.Session.Query().AllX(ctx) {
		own(r, owner("session:"+name(&r.UserID)))
	}
	for _, r := range c.Identity.Query().AllX(ctx) {
		own(r, owner("identity:"+name(&r.UserID)))
	}
	for _, r := range c.Role.Query().AllX(ctx) {
		own(r, "staff")
	}
	for _, r := range c.APIKey.Query().AllX(ctx) {
		own(r, "staff")
	}
	for _, r := range c.AuditEntry.Query().AllX(ctx) {
		own(r, "audit")
	}
	for _, r := range c.ApprovalRule.Query().AllX(ctx) {
		own(r, "approval rule")
	}
	for _, r := range c.Approval.Query().AllX(ctx) {
		own(r, owner("approval:"+name(&r.RequestedBy)))
	}
	for _, r := range c.Job.Query().AllX(ctx) {
		own(r, "job")
	}
}

// ownersOfPayment are the owners of a payment's steps, which follow it, and of its ledger, which is the staff's own.
func ownersOfPayment(t *testing.T, shop *graphtest.Shop, p *ent.Payment, o owner, owners map[string]owner) {
	t.Helper()
	ctx := databasetest.System(t.Context())
	owners[p.NodeID().String()] = o
	for _, r := range shop.Database.Client.PaymentStep.Query().Where(paymentstep.PaymentID(p.ID)).AllX(ctx) {
		owners[r.NodeID().String()] = o
	}
	for _, r := range shop.Database.Client.PaymentEvent.Query().Where(paymentevent.PaymentID(p.ID)).AllX(ctx) {
		owners[r.NodeID().String()] = "order note"
	}
}

// ownersOfFulfilment are the owners of an order's parcels and timeline: notes are the staff's own.
func ownersOfFulfilment(t *testing.T, shop *graphtest.Shop, orderID int64, o owner, owners map[string]owner) {
	t.Helper()
	ctx := databasetest.System(t.Context())
	for _, r := range shop.Database.Client.Fulfilment.Query().Where(fulfilments.OrderID(orderID)).AllX(ctx) {
		owners[r.NodeID().String()] = o
	}
	for _, r := range shop.Database.Client.OrderEvent.Query().Where(orderevent.OrderID(orderID)).AllX(ctx) {
		owners[r.NodeID().String()] = o
		if !r.Public {
			owners[r.NodeID().String()] = "order note"
		}
	}
}

// sent makes a parcel of an order's line, and the event that tells of it.
func sent(ctx context.Context, tx *ent.Tx, line *ent.OrderLine, pay *ent.Payment, by *ent.User) (parcel, event int64) {
	f := tx.Fulfilment.Create().SetOrderID(line.OrderID).SaveX(ctx)
	tx.FulfilmentLine.Create().SetFulfilmentID(f.ID).SetOrderLineID(line.ID).SetQuantity(1).ExecX(ctx)
	data := fmt.Appendf(nil, `{"amount": 100, "payment": "%d", "fulfilment": "%d"}`, pay.ID, f.ID)
	e := tx.OrderEvent.Create().SetOrderID(line.OrderID).SetKind(orderevent.KindFULFILLED).SetData(data).SetActorID(by.ID).SaveX(ctx)
	return f.ID, e.ID
}

// asked makes a step of a payment, and the line of its ledger that tells of it.
func asked(ctx context.Context, tx *ent.Tx, p *ent.Payment) (step, event int64) {
	s := tx.PaymentStep.Create().SetPaymentID(p.ID).SetKind(paymentstep.KindCAPTURE).SetAmount(1).SetCurrency("GBP").SaveX(ctx)
	e := tx.PaymentEvent.Create().SetPaymentID(p.ID).SetGateway("manual").SetFact(p.NodeID().String()).SetKind(paymentevent.KindCAPTURED).
		SetAmount(1).SetCurrency("GBP").SetSource(paymentevent.SourceSTAFF).SetOccurredAt(graphtest.Start()).SaveX(ctx)
	return s.ID, e.ID
}
