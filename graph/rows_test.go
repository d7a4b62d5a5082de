package graph_test

import (
	"testing"

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
