package graph_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"galley/graph"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// operation is a field of Query or Mutation with arguments that would work. %s stands for the
// object's id; own, foreign and missing name it, from Ada's point of view.
type operation struct {
	document     string
	own, foreign func(graphtest.Rows) nodeid.ID
	kind         nodeid.Kind
	file         bool // takes an upload
}

func order(number string) func(graphtest.Rows) nodeid.ID {
	return func(r graphtest.Rows) nodeid.ID { return r.Orders[number].NodeID() }
}

func cart(name string) func(graphtest.Rows) nodeid.ID {
	return func(r graphtest.Rows) nodeid.ID { return r.Carts[name].NodeID() }
}

func address(name string) func(graphtest.Rows) nodeid.ID {
	return func(r graphtest.Rows) nodeid.ID { return r.Addresses[name].NodeID() }
}

func user(name string) func(graphtest.Rows) nodeid.ID {
	return func(r graphtest.Rows) nodeid.ID { return r.Users[name].NodeID() }
}

func product(key string) func(graphtest.Rows) nodeid.ID {
	return func(r graphtest.Rows) nodeid.ID { return r.Products[key].NodeID() }
}

func variant(sku string) func(graphtest.Rows) nodeid.ID {
	return func(r graphtest.Rows) nodeid.ID { return r.Variants[sku].NodeID() }
}

func category(key string) func(graphtest.Rows) nodeid.ID {
	return func(r graphtest.Rows) nodeid.ID { return r.Categories[key].NodeID() }
}

// operations lists what the schema offers. A field that is not here fails TestAccessMatrix.
func operations() map[string]operation {
	one := func(document string, kind nodeid.Kind, own, foreign func(graphtest.Rows) nodeid.ID) operation {
		return operation{document: document, kind: kind, own: own, foreign: foreign}
	}
	all := func(document string) operation { return operation{document: document} }
	return map[string]operation{
		"node":       one(`{ f: node(id: "%s") { id } }`, nodeid.Order, order("A1"), order("B1")),
		"nodes":      one(`{ f: nodes(ids: ["%s"]) { id } }`, nodeid.Cart, cart("ada"), cart("bob")),
		"me":         all(`{ f: me { email } }`),
		"user":       one(`{ f: user(id: "%s") { email } }`, nodeid.User, user("ada"), user("bob")),
		"users":      all(`{ f: users { totalCount } }`),
		"product":    one(`{ f: product(id: "%s") { title } }`, nodeid.Product, product("mug"), product("draft")),
		"products":   all(`{ f: products { totalCount } }`),
		"category":   one(`{ f: category(id: "%s") { name } }`, nodeid.Category, category("home"), nil),
		"categories": all(`{ f: categories { totalCount } }`),
		"cart":       one(`{ f: cart(id: "%s") { totalQuantity } }`, nodeid.Cart, cart("ada"), cart("bob")),
		"order":      one(`{ f: order(id: "%s") { number } }`, nodeid.Order, order("A1"), order("B1")),
		"orders":     all(`{ f: orders { totalCount } }`),

		"signUp":               all(`mutation { f: signUp(input: {email: "new@galley.example", password: "a long enough secret"}) { email userErrors { code } } }`),
		"signIn":               all(`mutation { f: signIn(input: {email: "bob@galley.example", password: "wrong"}) { userErrors { code } } }`),
		"emailVerify":          all(`mutation { f: emailVerify(input: {token: "gv_unknown"}) { userErrors { code } } }`),
		"emailVerifyRequest":   all(`mutation { f: emailVerifyRequest { email userErrors { code } } }`),
		"passwordResetRequest": all(`mutation { f: passwordResetRequest(input: {email: "bob@galley.example"}) { email userErrors { code } } }`),
		"passwordReset":        all(`mutation { f: passwordReset(input: {token: "gv_unknown", newPassword: "a long enough secret"}) { userErrors { code } } }`),
		"passwordChange":       all(`mutation { f: passwordChange(input: {currentPassword: "wrong", newPassword: "a long enough secret"}) { user { email } userErrors { code } } }`),
		"emailChangeRequest":   all(`mutation { f: emailChangeRequest(input: {newEmail: "new@galley.example", password: "wrong"}) { email userErrors { code } } }`),
		"emailChangeConfirm":   all(`mutation { f: emailChangeConfirm(input: {token: "gv_unknown"}) { user { email } userErrors { code } } }`),
		"accountExport":        all(`mutation { f: accountExport { json userErrors { code } } }`),
		"accountDelete":        all(`mutation { f: accountDelete(input: {password: "wrong"}) { user { email } userErrors { code } } }`),
		"accountDeleteCancel":  all(`mutation { f: accountDeleteCancel { user { email } userErrors { code } } }`),

		"signOut":        all(`mutation { f: signOut { signedOut } }`),
		"profileUpdate":  all(`mutation { f: profileUpdate(input: {name: "New Name"}) { user { name } userErrors { code } } }`),
		"addressSave":    all(`mutation { f: addressSave(input: {address: {name: "N", line1: "L", city: "C", country: "GB"}}) { address { name } userErrors { code } } }`),
		"addressDelete":  one(`mutation { f: addressDelete(input: {id: "%s"}) { userErrors { code } } }`, nodeid.Address, address("ada"), address("bob")),
		"userCreate":     all(`mutation { f: userCreate(input: {email: "new@galley.example"}) { user { email } userErrors { code } } }`),
		"userUpdate":     one(`mutation { f: userUpdate(input: {id: "%s", name: "New Name"}) { user { name } userErrors { code } } }`, nodeid.User, user("ada"), user("bob")),
		"userDeactivate": one(`mutation { f: userDeactivate(input: {id: "%s"}) { user { active } userErrors { code } } }`, nodeid.User, user("ada"), user("bob")),

		"productCreate":    all(`mutation { f: productCreate(input: {title: "New"}) { product { title } userErrors { code } } }`),
		"productUpdate":    one(`mutation { f: productUpdate(input: {id: "%s", title: "New"}) { product { title } userErrors { code } } }`, nodeid.Product, product("mug"), product("draft")),
		"productPublish":   one(`mutation { f: productPublish(input: {id: "%s"}) { product { status } userErrors { code } } }`, nodeid.Product, product("draft"), nil),
		"productUnpublish": one(`mutation { f: productUnpublish(input: {id: "%s"}) { product { status } userErrors { code } } }`, nodeid.Product, product("mug"), nil),
		"productArchive":   one(`mutation { f: productArchive(input: {id: "%s"}) { product { status } userErrors { code } } }`, nodeid.Product, product("mug"), product("draft")),
		"variantCreate":    one(`mutation { f: variantCreate(input: {product: "%s", variant: {sku: "NEW1", price: "1.00"}}) { variant { sku } userErrors { code } } }`, nodeid.Product, product("mug"), product("draft")),
		"variantUpdate":    one(`mutation { f: variantUpdate(input: {id: "%s", price: "1.00"}) { variant { price { amount } } userErrors { code } } }`, nodeid.Variant, variant("22001"), variant("26001")),
		"variantArchive":   one(`mutation { f: variantArchive(input: {id: "%s"}) { variant { archived } userErrors { code } } }`, nodeid.Variant, variant("22002L"), variant("26001")),
		"categoryCreate":   all(`mutation { f: categoryCreate(input: {name: "New"}) { category { name } userErrors { code } } }`),
		"categoryUpdate":   one(`mutation { f: categoryUpdate(input: {id: "%s", name: "New"}) { category { name } userErrors { code } } }`, nodeid.Category, category("mugs"), nil),
		"categoryMove":     one(`mutation { f: categoryMove(input: {id: "%s", parent: null}) { category { name } userErrors { code } } }`, nodeid.Category, category("mugs"), nil),
		"categoryDelete":   one(`mutation { f: categoryDelete(input: {id: "%s"}) { userErrors { code } } }`, nodeid.Category, category("mugs"), nil),
		"mediaUpload": {
			document: `mutation($file: Upload!) { f: mediaUpload(input: {product: "%s", file: $file}) { media { width } userErrors { code } } }`,
			kind:     nodeid.Product, own: product("mug"), foreign: product("draft"), file: true,
		},
		"stockAdjust": one(`mutation { f: stockAdjust(input: {variant: "%s", quantity: 1, reason: RECEIVED}) { variant { available } userErrors { code } } }`, nodeid.Variant, variant("22001"), variant("26001")),

		"cartCreate":       all(`mutation { f: cartCreate { cart { status } userErrors { code } } }`),
		"cartLinesAdd":     one(`mutation { f: cartLinesAdd(input: {cart: "%s", lines: []}) { cart { status } userErrors { code } } }`, nodeid.Cart, cart("ada"), cart("bob")),
		"cartLinesUpdate":  one(`mutation { f: cartLinesUpdate(input: {cart: "%s", lines: []}) { cart { status } userErrors { code } } }`, nodeid.Cart, cart("ada"), cart("bob")),
		"cartLinesRemove":  one(`mutation { f: cartLinesRemove(input: {cart: "%s", lines: []}) { cart { status } userErrors { code } } }`, nodeid.Cart, cart("ada"), cart("bob")),
		"checkoutComplete": one(`mutation { f: checkoutComplete(input: {cart: "%s", email: "x@galley.example", shippingAddress: {name: "N", line1: "L", city: "C", country: "GB"}}) { order { status } userErrors { code } } }`, nodeid.Cart, cart("ada"), cart("bob")),
		"orderCancel":      one(`mutation { f: orderCancel(input: {id: "%s"}) { order { status } userErrors { code } } }`, nodeid.Order, order("A1"), order("B1")),
	}
}

// TestAccessMatrix asks every operation as every kind of viewer for an own, a foreign and a missing
// object, each operation on rows of its own, and compares the outcomes with testdata/access.txt. A field that
// the schema gains has to join, or the test fails.
func TestAccessMatrix(t *testing.T) {
	t.Parallel()
	s := graph.Schema()
	known := operations()
	for _, f := range append(ownFields(s.Query), ownFields(s.Mutation)...) {
		if _, ok := known[f.Name]; !ok {
			t.Errorf("%s is not in the access matrix", f.Name)
		}
	}
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			var table strings.Builder
			cells := 0
			rows := map[string][]string{}
			for _, name := range slices.Sorted(maps.Keys(known)) {
				shop := graphtest.New(t, engine)
				for _, target := range []string{"missing", "foreign", "own"} {
					row := outcomes(t, shop, known[name], target)
					if row == nil {
						continue
					}
					cells += len(row)
					rows[target] = row
					fmt.Fprintf(&table, "%-16s %-7s  %s\n", name, target, strings.Join(row, "  "))
				}
				// Who may not see a foreign object cannot tell that it is there. Staff may.
				for i, cell := range rows["foreign"] {
					if cell != rows["missing"][i] && !strings.HasPrefix(cell, "staff=") {
						t.Errorf("%s: a foreign object shows: %s, a missing one: %s", name, cell, rows["missing"][i])
					}
				}
				clear(rows)
			}
			t.Logf("%d cells", cells)
			const file = "testdata/access.txt"
			if *update && engine == databasetest.SQLite {
				if err := os.WriteFile(file, []byte(table.String()), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if table.String() != string(want) {
				t.Errorf("got\n%s\nwant\n%s", table.String(), want)
			}
		})
	}
}

// TestRowRulesHoldMutationsWithoutDirectives removes every access directive: what they refuse, the
// workflows and row rules refuse too.
func TestRowRulesHoldMutationsWithoutDirectives(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			open := shop.Run(shop.WithoutDirectives())
			refused := 0
			for _, f := range ownFields(graph.Schema().Mutation) {
				if f.Name == "signOut" {
					continue // it ends nothing for those who have no session, and says so
				}
				for _, target := range []string{"own", "foreign"} {
					guarded := outcomes(t, shop, operations()[f.Name], target)
					for i, cell := range outcomes(t, open, operations()[f.Name], target) {
						_, with, _ := strings.Cut(guarded[i], "=")
						who, without, _ := strings.Cut(cell, "=")
						if with != "UNAUTHENTICATED" && with != "FORBIDDEN" {
							continue
						}
						refused++
						if without == "ok" || without == "INTERNAL_SERVER_ERROR" {
							t.Errorf("%s of %s object by %s: %s", f.Name, target, who, without)
						}
					}
				}
			}
			t.Logf("%d refusals", refused)
		})
	}
}

// outcomes runs one operation as each viewer in turn. It returns nil if there is no such target.
func outcomes(t *testing.T, shop *graphtest.Shop, op operation, target string) []string {
	t.Helper()
	document := op.document
	switch op.kind {
	case "":
		if target != "own" {
			return nil
		}
	default:
		id := op.kind.ID(1 << 40)
		pick := op.own
		if target == "foreign" {
			pick = op.foreign
		}
		if target != "missing" {
			if pick == nil {
				return nil
			}
			id = pick(shop.Rows)
		}
		document = fmt.Sprintf(document, id)
	}
	var row []string
	for _, name := range []string{"anonymous", "guest", "ada", "clerk", "staff"} {
		params := &graphql.RawParams{Query: document}
		if op.file {
			params.Variables = map[string]any{"file": upload()}
		}
		answer := shop.Send(t, viewer.With(t.Context(), shop.Rows.Viewer(name)), params)
		row = append(row, name+"="+outcome(t, answer))
	}
	return row
}

// outcome is a word for an answer: a code, a user error's code, null, or ok.
func outcome(t *testing.T, r graphtest.Response) string {
	t.Helper()
	if len(r.Errors) > 0 {
		return strings.Join(slices.Compact(r.Codes()), ",")
	}
	var data struct{ F json.RawMessage }
	if err := json.Unmarshal(r.Data, &data); err != nil {
		t.Fatal(err)
	}
	var payload struct{ UserErrors []struct{ Code string } }
	if strings.HasPrefix(string(data.F), "{") {
		if err := json.Unmarshal(data.F, &payload); err != nil {
			t.Fatal(err)
		}
	}
	switch {
	case len(payload.UserErrors) > 0:
		return payload.UserErrors[0].Code
	case string(data.F) == "null" || string(data.F) == "[null]":
		return "null"
	}
	return "ok"
}
