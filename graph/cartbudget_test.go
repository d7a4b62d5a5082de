package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"galley/ent/cartline"
	entvariant "galley/ent/variant"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/nodeid"
)

// TestCartBudgets changes the lines of a shopper's cart, one and fifty, of variants with a purchase limit: the statements
// are as many, at most six. An idempotency key costs its own: two to claim it, a savepoint, and one to store the outcome.
func TestCartBudgets(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			busy(t, shop, 3, 0)
			system := databasetest.System(t.Context())
			client, ada := shop.Database.Client, shop.Rows.Viewer("ada")
			client.Variant.Update().Where(entvariant.SkuHasPrefix("BUSY")).SetPurchaseLimit(10).SetAvailable(10).ExecX(system)
			variants := client.Variant.Query().Where(entvariant.SkuHasPrefix("BUSY")).Limit(50).AllX(system)
			for _, keyed := range []int{0, 3} {
				for _, n := range []int{1, 50} {
					var made struct {
						CartCreate struct{ Cart struct{ ID string } }
					}
					shop.Must(t, ada, `mutation { cartCreate { cart { id } } }`, nil, &made)
					id, err := nodeid.Parse(made.CartCreate.Cart.ID)
					if err != nil {
						t.Fatal(err)
					}
					run := func(want int, field string, lines []string) {
						directive := ""
						if keyed > 0 {
							directive = fmt.Sprintf(`@idempotent(key: "%s %d")`, field, n)
						}
						document := fmt.Sprintf(`mutation { %s(input: {cart: "%s", lines: [%s]}) %s { userErrors { code } } }`, field, id, strings.Join(lines, " "), directive)
						if got := shop.Must(t, ada, document, nil, nil).Statements; got != want+keyed {
							t.Errorf("%s of %d lines takes %d statements instead of %d", field, n, got, want+keyed)
						}
					}
					var adds, updates, removes []string
					for _, v := range variants[:n] {
						adds = append(adds, fmt.Sprintf(`{variant: "%s"}`, v.NodeID()))
					}
					run(5, "cartLinesAdd", adds)
					for _, l := range client.CartLine.Query().Where(cartline.CartID(id.Key)).AllX(system) {
						updates = append(updates, fmt.Sprintf(`{id: "%s", quantity: 3}`, l.NodeID()))
						removes = append(removes, fmt.Sprintf(`"%s"`, l.NodeID()))
					}
					if len(updates) != n {
						t.Fatalf("%d lines", len(updates))
					}
					run(5, "cartLinesUpdate", updates)
					run(3, "cartLinesRemove", removes)
				}
			}
		})
	}
}
