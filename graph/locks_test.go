package graph_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"entgo.io/ent/privacy"
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	products "galley/ent/product"
	"galley/graph"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
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
			for _, name := range []string{"anonymous", "guest", "ada", "bob", "clerk", "staff"} {
				as := shop.Rows.Viewer(name)
				seen := map[string]bool{}
				for _, query := range everyRead(owners) {
					answer := open.Do(t, as, query.text, query.variables)
					collectIDs(t, answer.Data, seen)
				}
				for id := range seen {
					if owner, known := owners[id]; !known || !owner.visible(name, as) {
						t.Errorf("%s sees %s of %q", name, id, owner)
					}
				}
				for id, owner := range owners {
					if owner.visible(name, as) && !seen[id] {
						t.Errorf("%s does not see %s of %q: the walk is not complete", name, id, owner)
					}
				}
			}
		})
	}
}

// owner says whose a row is: "public", "draft", "stock", or an account's or guest's name.
type owner string

func (o owner) visible(name string, v viewer.Viewer) bool {
	switch o {
	case "public":
		return true
	case "draft":
		return v.Has(viewer.CatalogRead)
	case "stock":
		return v.Has(viewer.StockRead)
	}
	kind, who, _ := strings.Cut(string(o), ":")
	switch kind {
	case "user", "address", "identity":
		return name == who || v.Has(viewer.UserRead)
	case "order":
		return name == who || v.Has(viewer.OrderRead)
	}
	return name == who // carts
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
	for _, r := range c.Identity.Query().AllX(ctx) {
		owners[r.NodeID().String()] = owner("identity:" + name(&r.UserID))
	}
	for _, r := range c.Category.Query().AllX(ctx) {
		owners[r.NodeID().String()] = "public"
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
	for _, r := range c.Cart.Query().AllX(ctx) {
		owners[r.NodeID().String()] = owner("cart:" + name(r.UserID))
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
				owners[p.NodeID().String()] = o
			}
		}
	}
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
			reads = append(reads, read{text: fmt.Sprintf("{ %s { %s } }", f.Name, selection(s.Types[f.Type.Name()], 4))})
		}
	}
	var ids []any
	for id := range owners {
		ids = append(ids, id)
	}
	for _, typ := range nodeTypes() {
		for chunk := range slices.Chunk(ids, 100) {
			reads = append(reads, read{
				text:      fmt.Sprintf("query($ids: [ID!]!) { nodes(ids: $ids) { id ... on %s { %s } } }", typ.Name, selection(typ, 3)),
				variables: map[string]any{"ids": chunk},
			})
		}
	}
	for id := range owners {
		reads = append(reads, read{text: fmt.Sprintf("{ node(id: %q) { id } }", id)})
		for _, field := range []string{"user", "product", "category", "cart", "order"} {
			reads = append(reads, read{text: fmt.Sprintf("{ %s(id: %q) { id } }", field, id)})
		}
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

// TestDirectivesRefuseWithoutRowRules removes every policy. What is not public is still refused to
// those who may not ask for it, field by field.
func TestDirectivesRefuseWithoutRowRules(t *testing.T) {
	t.Parallel()
	shop := graphtest.New(t, databasetest.SQLite) // no SQL is at stake
	var ids []any
	for id := range ownersOf(t, shop) {
		ids = append(ids, id)
	}
	refusals := 0
	for _, typ := range nodeTypes() {
		for _, field := range ownFields(typ) {
			query := fmt.Sprintf("query($ids: [ID!]!) { nodes(ids: $ids) { ... on %s { %s } } }", typ.Name, small(field))
			for _, name := range []string{"anonymous", "ada"} {
				ctx := privacy.DecisionContext(viewer.With(t.Context(), shop.Rows.Viewer(name)), privacy.Allow)
				codes := shop.Send(t, ctx, &graphql.RawParams{Query: query, Variables: map[string]any{"ids": ids}}).Codes()
				want := expected(accessOf(typ, field), name)
				if want == "" {
					if len(codes) > 0 {
						t.Errorf("%s.%s is refused to %s: %v", typ.Name, field.Name, name, codes)
					}
					continue
				}
				refusals++
				if len(codes) == 0 || slices.ContainsFunc(codes, func(code string) bool { return code != string(want) }) {
					t.Errorf("%s.%s: %s gets %v instead of %s", typ.Name, field.Name, name, codes, want)
				}
			}
		}
	}
	t.Logf("%d refusals", refusals)
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

// expected is the code that a rule answers a viewer with, who has no permissions.
func expected(rule, name string) fault.Code {
	switch {
	case rule == "public":
		return ""
	case name == "anonymous":
		return fault.Unauthenticated
	case rule == "permission":
		return fault.Forbidden
	}
	return ""
}
