package graph_test

import (
	"testing"

	"galley/ent/approval"
	"galley/ent/approvalrule"
	"galley/ent/auditentry"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/nodeid"
	"galley/internal/token"
	"galley/internal/viewer"
)

// furnish adds a row of each kind that a shop of graphtest's has none of.
func furnish(t *testing.T, shop *graphtest.Shop) {
	t.Helper()
	ctx := databasetest.System(t.Context())
	c := shop.Database.Client
	now := shop.Database.Now()
	for _, name := range []string{"ada", "bob"} {
		begin(t, shop, shop.Rows.Users[name])
		c.Identity.Create().SetUserID(shop.Rows.Users[name].ID).SetIssuer("https://issuer.example").SetSubject(name).SaveX(ctx)
	}
	role := c.Role.Create().SetName("Watchers").SetPermissions([]viewer.Permission{viewer.StockRead}).SaveX(ctx)
	c.UserRole.Create().SetUserID(shop.Rows.Users["clerk"].ID).SetRoleID(role.ID).SaveX(ctx)
	c.APIKey.Create().SetName("A machine's").SetTokenHash(token.Hash("furnish")).SetHint("gk_fur").
		SetPermissions([]viewer.Permission{viewer.StockRead}).SetCreatedBy(shop.Rows.Users["staff"].ID).SaveX(ctx)
	c.AuditEntry.Create().SetAction("furnish").SetActorKind(auditentry.ActorKindSYSTEM).SaveX(ctx)
	c.ApprovalRule.Create().SetKind(approvalrule.KindPRICE_CHANGE).SetThreshold(5000).SetActive(false).SaveX(ctx)
	c.Approval.Create().SetKind(approval.KindPRICE_CHANGE).SetInput([]byte(`{}`)).
		SetRequestedBy(shop.Rows.Users["staff"].ID).SetExpiresAt(now.AddDate(0, 0, 7)).SaveX(ctx)
	c.Job.Create().SetKind("furnish").SetRunAt(now).SaveX(ctx)
}

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
		own(r, "approval")
	}
	for _, r := range c.Approval.Query().AllX(ctx) {
		own(r, "approval")
	}
	for _, r := range c.Job.Query().AllX(ctx) {
		own(r, "job")
	}
}
