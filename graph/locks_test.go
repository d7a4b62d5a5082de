package graph_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	products "galley/ent/product"
	"galley/graph"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/viewer"
)

// TestRowRulesHoldWithoutDirectives removes every access directive. Whatever a viewer asks for then,
// by each root field, each id and each edge, no foreign row comes back.
func TestRowRulesHoldWithoutDirectives(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			open := shop.Run(shop.WithoutDirectives())
			owners := ownersOf(t, shop)
			reads := everyRead(owners)
			for _, a := range readers(shop.Rows) {
				seen := map[string]bool{}
				for _, query := range reads {
					answer := open.Do(t, a.Viewer, query.text, query.variables)
					collectIDs(t, answer.Data, seen)
				}
				for id := range seen {
					if owner, known := owners[id]; !known || !owner.visible(a.account, a.Viewer) {
						t.Errorf("%s sees %s of %q", a, id, owner)
					}
				}
				for id, owner := range owners {
					if owner.visible(a.account, a.Viewer) && !seen[id] {
						t.Errorf("%s does not see %s of %q: the walk is not complete", a, id, owner)
					}
				}
			}
		})
	}
}

// owner says whose a row is: "public", "draft", "stock", "staff", or an account's or guest's name.
type owner string

func (o owner) visible(name string, v viewer.Viewer) bool {
	switch o {
	case "public":
		return true
	case "draft":
		return v.Has(viewer.CatalogRead)
	case "stock":
		return v.Has(viewer.StockRead)
	case "staff":
		return v.Has(viewer.StaffRead)
	case "audit":
		return v.Has(viewer.AuditRead)
	case "job":
		return v.Has(viewer.JobRead)
	case "pricing":
		return v.Has(viewer.PricingRead)
	case "approval rule":
		return v.Has(viewer.ApprovalRead)
	case "order note":
		return v.Has(viewer.OrderRead)
	}
	kind, who, _ := strings.Cut(string(o), ":")
	switch kind {
	case "user", "address", "identity":
		return name == who || v.Has(viewer.UserRead)
	case "order":
		return name == who || v.Has(viewer.OrderRead)
	case "approval":
		return name == who || v.Has(viewer.ApprovalRead)
	}
	return name == who // carts, sessions
}

// ownersOf lists every node of the shop, and whose it is.
func ownersOf(t *testing.T, shop *graphtest.Shop) map[string]owner {
	t.Helper()
	ctx := databasetest.System(t.Context())
	c := shop.Database.Client
	owners := map[string]owner{}
	name := func(userID *int64) string {
		if userID == nil {
			return "guest"
		}
		for n, u := range shop.Rows.Users {
			if u.ID == *userID {
				return n
			}
		}
		return "nobody"
	}
	for _, r := range c.User.Query().AllX(ctx) {
		owners[r.NodeID().String()] = owner("user:" + name(&r.ID))
	}
	for _, r := range c.Address.Query().AllX(ctx) {
		owners[r.NodeID().String()] = owner("address:" + name(&r.UserID))
	}
	for _, r := range c.Session.Query().AllX(ctx) {
		owners[r.NodeID().String()] = owner("session:" + name(&r.UserID))
	}
	for _, r := range c.Identity.Query().AllX(ctx) {
		owners[r.NodeID().String()] = owner("identity:" + name(&r.UserID))
	}
	for _, r := range c.Category.Query().AllX(ctx) {
		owners[r.NodeID().String()] = "public"
	}
	for _, r := range c.AuditEntry.Query().AllX(ctx) {
		owners[r.NodeID().String()] = "audit"
	}
	for _, r := range c.ApprovalRule.Query().AllX(ctx) {
		owners[r.NodeID().String()] = "approval rule"
	}
	for _, r := range c.Approval.Query().AllX(ctx) {
		owners[r.NodeID().String()] = owner("approval:" + name(&r.RequestedBy))
	}
	visibility := map[int64]owner{}
	for _, r := range c.Product.Query().AllX(ctx) {
		visibility[r.ID] = "draft"
		if r.Status == products.StatusPUBLISHED {
			visibility[r.ID] = "public"
		}
		owners[r.NodeID().String()] = visibility[r.ID]
	}
	for _, r := range c.Variant.Query().AllX(ctx) {
		owners[r.NodeID().String()] = visibility[r.ProductID]
		if r.Archived {
			owners[r.NodeID().String()] = "draft"
		}
	}
	for _, r := range c.Media.Query().AllX(ctx) {
		owners[r.NodeID().String()] = visibility[r.ProductID]
	}
	for _, r := range c.StockMovement.Query().AllX(ctx) {
		owners[r.NodeID().String()] = "stock"
	}
	for _, r := range c.Role.Query().AllX(ctx) {
		owners[r.NodeID().String()] = "staff"
	}
	for _, r := range c.APIKey.Query().AllX(ctx) {
		owners[r.NodeID().String()] = "staff"
	}
	for _, r := range c.Job.Query().AllX(ctx) {
		owners[r.NodeID().String()] = "job"
	}
	for _, r := range c.Promotion.Query().AllX(ctx) {
		owners[r.NodeID().String()] = "pricing"
	}
	for _, r := range c.TaxRate.Query().AllX(ctx) {
		owners[r.NodeID().String()] = "pricing"
	}
	for _, r := range c.DeliveryZone.Query().AllX(ctx) {
		owners[r.NodeID().String()] = "pricing"
	}
	for _, r := range c.DeliveryMethod.Query().AllX(ctx) {
		owners[r.NodeID().String()] = "pricing"
	}
	for _, r := range c.Cart.Query().AllX(ctx) {
		owners[r.NodeID().String()] = owner("cart:" + name(r.UserID))
		for _, q := range c.DeliveryQuote.Query().AllX(ctx) {
			if q.CartID == r.ID {
				owners[q.NodeID().String()] = owner("cart:" + name(r.UserID))
			}
		}
		for _, l := range c.CartLine.Query().AllX(ctx) {
			if l.CartID == r.ID {
				owners[l.NodeID().String()] = owner("cart:" + name(r.UserID))
			}
		}
	}
	for _, r := range c.Order.Query().AllX(ctx) {
		o := owner("order:" + name(r.UserID))
		owners[r.NodeID().String()] = o
		for _, l := range c.OrderLine.Query().AllX(ctx) {
			if l.OrderID == r.ID {
				owners[l.NodeID().String()] = o
			}
		}
		for _, p := range c.Payment.Query().AllX(ctx) {
			if p.OrderID == r.ID {
				ownersOfPayment(t, shop, p, o, owners)
			}
		}
		ownersOfFulfilment(t, shop, r.ID, o, owners)
	}
	ownersOfAccounts(t, shop, name, owners)
	return owners
}

type read struct {
	text      string
	variables map[string]any
}

// everyRead asks for everything in every way: each root field that needs no id, and node and nodes
// for each id there is, with all fields two edges deep.
func everyRead(owners map[string]owner) []read {
	s := graph.Schema()
	var reads []read
	for _, f := range ownFields(s.Query) {
		if !needsArguments(f) && composite(f) {
			reads = append(reads, read{text: fmt.Sprintf("{ %s { %s } }", f.Name, selection(s.Types[f.Type.Name()], 3))})
		}
	}
	var ids []any
	for id := range owners {
		ids = append(ids, id)
	}
	for _, typ := range nodeTypes() {
		for chunk := range slices.Chunk(ids, 100) {
			reads = append(reads, read{
				text:      fmt.Sprintf("query($ids: [ID!]!) { nodes(ids: $ids) { id ... on %s { %s } } }", typ.Name, selection(typ, 2)),
				variables: map[string]any{"ids": chunk},
			})
		}
	}
	for _, field := range []string{"node", "user", "product", "category", "cart", "order"} {
		var alone strings.Builder
		for i, id := range ids {
			fmt.Fprintf(&alone, "f%d: %s(id: %q) { id } ", i, field, id)
		}
		reads = append(reads, read{text: "{ " + alone.String() + "}"})
	}
	return reads
}

// collectIDs notes every id of an answer.
func collectIDs(t *testing.T, data json.RawMessage, into map[string]bool) {
	t.Helper()
	if data == nil {
		return
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			if id, ok := v["id"].(string); ok {
				into[id] = true
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(v)
}

// accessOf is the name of the rule that holds for a field: its own, else its type's.
func accessOf(d *ast.Definition, f *ast.FieldDefinition) string {
	for _, rule := range []string{"public", "identified", "permission"} {
		if f != nil && f.Directives.ForName(rule) != nil {
			return rule
		}
	}
	for _, rule := range []string{"public", "identified", "permission"} {
		if d.Directives.ForName(rule) != nil {
			return rule
		}
	}
	return ""
}
