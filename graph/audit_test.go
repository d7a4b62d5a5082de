package graph_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// logged is an entry of the audit log as the graph tells it.
type logged struct {
	Action, ActorKind, ObjectKind string
	ObjectID, ActorID             *string
	Actor                         *struct{ Name string }
	Object                        *struct {
		Typename string `json:"__typename"`
	}
	Before, After map[string]json.RawMessage
}

// auditLog is what was noted since the shop was filled, the oldest first.
func auditLog(t *testing.T, shop *graphtest.Shop, filter string) []logged {
	t.Helper()
	var data struct {
		AuditLog struct{ Nodes []logged }
	}
	shop.Must(t, shop.Rows.Viewer("staff"), fmt.Sprintf(`{ auditLog(first: 100, filter: {%s}) { nodes {
		action actorKind objectKind objectId actorId actor { name } object { __typename } before after } } }`, filter), nil, &data)
	found := slices.DeleteFunc(data.AuditLog.Nodes, func(e logged) bool { return string(e.Before["title"]) == `"Red Mug"` })
	slices.Reverse(found)
	return found
}

// lines are the entries in short, sorted: the order within a transaction is no promise.
func lines(entries []logged) []string {
	var all []string
	for _, e := range entries {
		all = append(all, strings.ReplaceAll(fmt.Sprintf("%s %s %s→%s", e.Action, e.ObjectKind, written(e.Before), written(e.After)), `\u0026`, "&"))
	}
	slices.Sort(all)
	return all
}

// written is an object by names, sorted.
func written(fields map[string]json.RawMessage) []byte {
	text, err := json.Marshal(fields)
	if err != nil { // it was JSON before
		panic(err)
	}
	return text
}

// TestStaffMutationsLeaveTheirTrace runs mutations of the staff, and looks at what is noted of each.
func TestStaffMutationsLeaveTheirTrace(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			ids := strings.NewReplacer("VARIANT", shop.Rows.Variants["22001"].NodeID().String(), "CLERK", shop.Rows.Users["clerk"].NodeID().String(),
				"MUGS", shop.Rows.Categories["mugs"].NodeID().String(), "ORDER", shop.Rows.Orders["B1"].NodeID().String())
			seen := 0
			for _, c := range []struct {
				mutation string
				want     []string
			}{
				{`variantUpdate(input: {id: "VARIANT", price: "3.25"})`, []string{
					`variantUpdate products {"price_from_amount":295}→{"price_from_amount":325}`,
					`variantUpdate variants {"price_amount":295}→{"price_amount":325}`,
				}},
				{`userUpdate(input: {id: "CLERK", name: "Carl", password: "a long enough secret"})`, []string{
					`userUpdate users {"name":"Carl Clerk"}→{"name":"Carl","password":"changed"}`,
				}},
				{`userUpdate(input: {id: "CLERK", name: "Carl"})`, nil},                // nothing changes
				{`userUpdate(input: {id: "CLERK", email: "ada@galley.example"})`, nil}, // rejected
				{`productUpdate(input: {id: "VARIANT", title: "No product"})`, nil},    // not found
				{`cartCreate`, nil}, // one's own basket
				{`userDeactivate(input: {id: "CLERK"})`, []string{`userDeactivate users {"active":true}→{"active":false}`}},
				{`stockAdjust(input: {variant: "VARIANT", quantity: -1, reason: DAMAGED})`, []string{
					`stockAdjust stock_movements null→{"actor_id":STAFF,"created_at":"2026-03-01T09:00:00Z","note":"","order_id":null,"quantity":-1,"reason":"DAMAGED","variant_id":KEY}`,
					`stockAdjust variants {"available":10}→{"available":9}`,
				}},
				{`approvalRuleSet(input: {kind: PRICE_CHANGE, threshold: 5})`, []string{`approvalRuleSet approval_rules {"threshold":10000}→{"threshold":5}`}},
				{`orderCancel(input: {id: "ORDER", reason: "No hat"})`, []string{
					`orderCancel orders {"cancel_reason":"","cancelled_at":null,"status":"PLACED"}→{"cancel_reason":"No hat","cancelled_at":"2026-03-01T09:00:00Z","status":"CANCELLED"}`,
					`orderCancel payments {"status":"PENDING"}→{"client_secret":"changed","status":"VOIDED"}`,
				}},
				{`categoryDelete(input: {id: "MUGS"})`, []string{
					`categoryDelete categories {"created_at":"2026-03-01T09:00:00Z","description":"","name":"Mugs & Teacups","parent_id":HOME,"position":1,"slug":"mugs"}→null`,
					`categoryDelete categories {"position":2}→{"position":0}`,
					`categoryDelete products {"category_id":CATEGORY}→{"category_id":null}`,
					`categoryDelete products {"category_id":CATEGORY}→{"category_id":null}`,
				}},
			} {
				shop.Do(t, shop.Rows.Viewer("staff"), "mutation { f: "+ids.Replace(c.mutation)+" { userErrors { code } } }", nil)
				all := auditLog(t, shop, "")
				got := strings.Join(lines(all[seen:]), "\n")
				seen = len(all)
				want := strings.NewReplacer("STAFF", fmt.Sprint(shop.Rows.Users["staff"].ID), "KEY", fmt.Sprint(shop.Rows.Variants["22001"].ID),
					"CATEGORY", fmt.Sprint(shop.Rows.Categories["mugs"].ID), "HOME", fmt.Sprint(shop.Rows.Categories["home"].ID),
				).Replace(strings.Join(c.want, "\n"))
				if got != want {
					t.Errorf("%s left\n%s\ninstead of\n%s", c.mutation, got, want)
				}
			}
		})
	}
}

// TestWhatMovesIsNoted moves a variant to another place: its siblings move too.
func TestWhatMovesIsNoted(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			for _, sku := range []string{"22002L", "22002S"} { // positions 1 and 2 become 1 and 0, then 0 and 1
				move := fmt.Sprintf(`mutation { variantUpdate(input: {id: %q, position: 0}) { userErrors { code } } }`, shop.Rows.Variants[sku].NodeID())
				shop.Must(t, shop.Rows.Viewer("staff"), move, nil, nil)
			}
			found := auditLog(t, shop, "")
			for _, e := range found {
				if e.ObjectKind != "variants" || len(e.After) != 1 || string(e.Before["position"]) == string(e.After["position"]) {
					t.Errorf("got %v", e)
				}
			}
			if len(found) != 3 {
				t.Errorf("%d entries for three moves", len(found))
			}
		})
	}
}

// TestTheAuditLogHoldsNoSecret makes rows with everything in them, and searches what is noted of them.
func TestTheAuditLogHoldsNoSecret(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			shop.Must(t, shop.Rows.Viewer("staff"), `mutation {
				userCreate(input: {email: "new@galley.example", password: "a long enough secret", name: "New"}) { userErrors { code } }
				productCreate(input: {title: "New", variants: [{sku: "NEW1", title: "", price: "1.00"}]}) { userErrors { code } }
			}`, nil, nil)
			found := auditLog(t, shop, "")
			if len(found) != 3 {
				t.Errorf("%d entries for an account, a product and a variant: %v", len(found), lines(found))
			}
			for _, e := range found {
				if e.Before != nil || len(e.After) < 5 {
					t.Errorf("a new row: %v", e)
				}
				for name, value := range e.After {
					if strings.HasSuffix(name, "_hash") || strings.HasSuffix(name, "_key") || strings.Contains(string(value), "argon2") || strings.Contains(string(value), "secret") {
						t.Errorf("%s shows %s: %s", e.ObjectKind, name, value)
					}
				}
				if e.ObjectKind == "users" && string(e.After["password"]) != `"changed"` {
					t.Errorf("an account with a password: %v", e)
				}
			}
		})
	}
}

// TestTheAuditLogIsFiltered asks for parts of the log.
func TestTheAuditLogIsFiltered(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			bob, mug, mugs := shop.Rows.Users["bob"].NodeID(), shop.Rows.Products["mug"].NodeID(), shop.Rows.Categories["mugs"].NodeID()
			shop.Must(t, shop.Rows.Viewer("staff"), fmt.Sprintf(`mutation {
				a: userUpdate(input: {id: %q, country: "FR"}) { userErrors { code } }
				b: productUpdate(input: {id: %q, title: "Mug"}) { userErrors { code } }
			}`, bob, mug), nil, nil)
			machine := viewer.Viewer{Kind: viewer.APIKey, APIKeyID: 123, Permissions: viewer.Permissions()}
			shop.Must(t, machine, fmt.Sprintf(`mutation { categoryUpdate(input: {id: %q, name: "M"}) { userErrors { code } } }`, mugs), nil, nil)
			for filter, want := range map[string]string{
				``:                                "userUpdate productUpdate categoryUpdate",
				`action: ["userUpdate", "other"]`: "userUpdate",
				`action: []`:                      "",
				fmt.Sprintf(`object: %q`, mug):    "productUpdate",
				fmt.Sprintf(`object: %q`, nodeid.Variant.ID(mug.Key)):                                                   "",
				fmt.Sprintf(`actor: %q`, shop.Rows.Users["staff"].NodeID()):                                             "userUpdate productUpdate",
				fmt.Sprintf(`actor: %q`, nodeid.User.ID(123)):                                                           "categoryUpdate",
				`createdAt: {from: "2026-03-01T09:00:00Z"}`:                                                             "userUpdate productUpdate categoryUpdate",
				`createdAt: {until: "2026-03-01T09:00:00Z"}`:                                                            "",
				fmt.Sprintf(`object: %q, action: ["productUpdate"], actor: %q`, mug, shop.Rows.Users["staff"].NodeID()): "productUpdate",
			} {
				var actions []string
				for _, e := range auditLog(t, shop, filter) {
					actions = append(actions, e.Action)
				}
				if got := strings.Join(actions, " "); got != want {
					t.Errorf("%s finds %q instead of %q", filter, got, want)
				}
			}
			entry := auditLog(t, shop, fmt.Sprintf(`object: %q`, mug))[0]
			if entry.Actor == nil || entry.Actor.Name != "Grace Hopper" || entry.Object == nil || entry.Object.Typename != "Product" || *entry.ObjectID != mug.String() ||
				*entry.ActorID != shop.Rows.Users["staff"].NodeID().String() {
				t.Errorf("got %+v", entry)
			}
			if e := auditLog(t, shop, `action: ["categoryUpdate"]`)[0]; e.Actor != nil || e.ActorKind != "API_KEY" || *e.ActorID != nodeid.APIKey.ID(123).String() {
				t.Errorf("a machine's: %+v", e)
			}
			reader := viewer.Viewer{Kind: viewer.Staff, UserID: 1 << 40, Permissions: []viewer.Permission{viewer.AuditRead}}
			var data struct {
				AuditLog struct {
					Nodes []struct {
						ObjectID *string
						Object   *struct{ ID string }
					}
				}
			}
			shop.Must(t, reader, fmt.Sprintf(`{ auditLog(filter: {object: %q}) { nodes { objectId object { id } } } }`, bob), nil, &data)
			if n := data.AuditLog.Nodes; len(n) != 1 || n[0].ObjectID == nil || n[0].Object != nil {
				t.Errorf("who reads the log alone gets %+v", n)
			}
		})
	}
}
