package graph_test

import (
	"strings"
	"testing"

	"galley/graph/graphtest"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/lifecycle"
	"galley/internal/secret"
	"galley/internal/token"
	"galley/internal/viewer"
)

// TestATokenOfALetterOpensOneOrder brings the token of Bob's order as a stranger, and as Ada.
func TestATokenOfALetterOpensOneOrder(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			bobs := shop.Rows.Orders["B1"]
			text := lifecycle.AccessToken(secret.Development(), bobs.ID, bobs.Email)
			shop.Database.Client.Order.UpdateOneID(bobs.ID).SetAccessHash(token.Hash(text)).ExecX(databasetest.System(t.Context()))
			for _, as := range []string{"anonymous", "guest", "ada"} {
				ctx, count := database.WithCounter(viewer.With(t.Context(), shop.Rows.Viewer(as)))
				ctx, err := shop.WithOrderToken(ctx, text)
				if err != nil || count.Statements() > 0 {
					t.Fatalf("%v, %d statements", err, count.Statements())
				}
				v := viewer.From(ctx)
				if v.UserID != shop.Rows.Viewer(as).UserID || !v.Identified() || (v.CartToken != nil) != (as == "guest") {
					t.Errorf("%s becomes %+v", as, v)
				}
				answer := string(shop.Do(t, v, `{
					bobs: order(number: "B1") { number email timeline { kind text } fulfilments { trackingNumber } payments { status } customer { id } }
					guests: order(number: "G1") { number } own: order(number: "A1") { number } me { email } orders { totalCount }
				}`, nil).Data)
				shop.Must(t, v, `{ bobs: order(number: "B1") { number timeline { kind } fulfilments { trackingNumber lines { quantity line { sku } } } payments { status } } }`, nil, nil)
				if strings.Contains(answer, "Rings twice") {
					t.Errorf("%s reads the staff's notes: %s", as, answer)
				}
				var seen struct {
					Bobs, Guests, Own, Me *struct{ Number, Email string }
					Customer              *struct {
						Customer *struct{ ID string }
					}
				}
				shop.Must(t, v, `{
					bobs: order(number: "B1") { number email } guests: order(number: "G1") { number } own: order(number: "A1") { number }
					customer: order(number: "B1") { customer { id } }
				}`, nil, &seen)
				if seen.Bobs == nil || seen.Customer.Customer != nil || (seen.Guests != nil) != (as == "guest") || (seen.Own != nil) != (as == "ada") {
					t.Errorf("%s sees %+v", as, seen)
				}
			}
			for _, bad := range []string{"ot_", text[:20], text + "a", strings.ToUpper(text), graphtest.GuestToken} {
				_, err := shop.WithOrderToken(t.Context(), bad)
				if code, _ := fault.CodeOf(err); code != fault.Unauthenticated {
					t.Errorf("%q: %v", bad, err)
				}
			}
			unknown, err := shop.WithOrderToken(t.Context(), lifecycle.AccessToken(secret.Development(), 1, "x@y.example"))
			if err != nil {
				t.Fatal(err)
			}
			var none struct{ Order *struct{ Number string } }
			shop.Must(t, viewer.From(unknown), `{ order(number: "B1") { number } }`, nil, &none)
			if none.Order != nil {
				t.Error("another token opens it")
			}
		})
	}
}
