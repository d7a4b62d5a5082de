package graph_test

import (
	"context"
	"testing"
	"time"

	"galley/graph/connection"
	"galley/graph/graphtest"
	"galley/graph/loader"
	"galley/internal/database/databasetest"
	"galley/internal/postal"
	"galley/internal/viewer"
)

// The lists of what prices are made of, for TestNoListHoldsForeignRows.

func promotionList(t *testing.T, ctx context.Context, l *loader.Loaders, _ map[int64]string) []string { //nolint:revive // a test's T comes first
	t.Helper()
	first := 100
	c, err := l.Promotions(ctx, connection.Args{First: &first}, &loader.PromotionFilter{})
	return listed(t, ctx, c, err)
}

func taxRateList(t *testing.T, ctx context.Context, l *loader.Loaders, _ map[int64]string) []string { //nolint:revive // a test's T comes first
	t.Helper()
	rates, err := l.TaxRates(ctx, nil)
	var all []loader.Node
	for _, r := range rates {
		all = append(all, r)
	}
	return nodes(t, err, all...)
}

func deliveryZoneList(t *testing.T, ctx context.Context, l *loader.Loaders, _ map[int64]string) []string { //nolint:revive // a test's T comes first
	t.Helper()
	zones, err := l.DeliveryZones(ctx)
	var all []loader.Node
	for _, z := range zones {
		all = append(all, z)
	}
	return nodes(t, err, all...)
}

// offer has the carts of accounts offered a delivery.
func offer(t *testing.T, shop *graphtest.Shop, names ...string) {
	t.Helper()
	for _, name := range names {
		shop.Database.Client.DeliveryQuote.Create().SetCartID(shop.Rows.Carts[name].ID).SetMethodID(shop.Rows.DeliveryMethod.ID).SetName("Ship").
			SetPriceAmount(2500).SetCurrency("GBP").SetCountry("NZ").SetMeasure(0).SetPosition(0).SetExpiresAt(shop.Database.Now().Add(time.Hour)).
			ExecX(databasetest.System(t.Context()))
	}
}

// TestPricesThroughTheGraph is staff's way to promotions, rates and deliveries, and a shopper's to an option.
func TestPricesThroughTheGraph(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			staff, ada := shop.Rows.Viewer("staff"), shop.Rows.Viewer("ada")
			home, cart := shop.Rows.Categories["home"].NodeID().String(), shop.Rows.Carts["ada"]
			expect := func(as viewer.Viewer, document, want string, variables map[string]any) {
				t.Helper()
				if got := shop.Must(t, as, document, variables, nil); string(got.Data) != want {
					t.Errorf("got\n%s\nwant\n%s", got.Data, want)
				}
			}
			expect(staff, `mutation($home: ID!) { promotionCreate(input: {name: "Five off", code: "five", kind: FIXED_AMOUNT, amount: "5.00", minimum: "20", categories: [$home], usageLimit: 3}) {
				promotion { name code kind basisPoints fixedAmount { amount } minimum { amount currencyCode } categories { slug } startsAt oncePerCustomer usageLimit used active version } userErrors { code } } }`,
				`{"promotionCreate":{"promotion":{"name":"Five off","code":"FIVE","kind":"FIXED_AMOUNT","basisPoints":0,"fixedAmount":{"amount":"5.00"},`+
					`"minimum":{"amount":"20.00","currencyCode":"GBP"},"categories":[{"slug":"home"}],"startsAt":null,"oncePerCustomer":false,"usageLimit":3,"used":0,"active":true,"version":1},"userErrors":[]}}`,
				map[string]any{"home": home})
			expect(staff, `{ promotion(code: " Five ") { name } none: promotion(code: "no such") { name }
				promotions(filter: {query: "fi", automatic: false, kind: [FIXED_AMOUNT]}) { totalCount nodes { code } } }`,
				`{"promotion":{"name":"Five off"},"none":null,"promotions":{"totalCount":1,"nodes":[{"code":"FIVE"}]}}`, nil)
			expect(staff, `mutation { taxRateSet(input: {country: "gb", name: "VAT 20 %", basisPoints: 2000}) { taxRate { country taxCategory name basisPoints } userErrors { code } } }`,
				`{"taxRateSet":{"taxRate":{"country":"GB","taxCategory":"standard","name":"VAT 20 %","basisPoints":2000},"userErrors":[]}}`, nil)
			expect(staff, `{ taxRates(country: "GB") { name } }`, `{"taxRates":[{"name":"VAT 20 %"}]}`, nil)
			var made struct {
				DeliveryZoneCreate struct{ DeliveryZone struct{ ID string } }
			}
			shop.Must(t, staff, `mutation { deliveryZoneCreate(input: {name: "Home", countries: ["GB"]}) { deliveryZone { id } userErrors { code } } }`, nil, &made)
			expect(staff, `mutation($zone: ID!) { deliveryMethodCreate(input: {zone: $zone, name: "Post", basis: VALUE, tiers: [{fromValue: "0", price: "3.95"}, {fromValue: "50", price: "0"}]}) {
				deliveryMethod { name basis tiers { fromWeight fromValue { amount } price { amount } } taxCategory active } userErrors { code } } }`,
				`{"deliveryMethodCreate":{"deliveryMethod":{"name":"Post","basis":"VALUE","tiers":[{"fromWeight":null,"fromValue":{"amount":"0.00"},"price":{"amount":"3.95"}},`+
					`{"fromWeight":null,"fromValue":{"amount":"50.00"},"price":{"amount":"0.00"}}],"taxCategory":"standard","active":true},"userErrors":[]}}`,
				map[string]any{"zone": made.DeliveryZoneCreate.DeliveryZone.ID})
			expect(staff, `{ deliveryZones { name countries methods { name } } }`,
				`{"deliveryZones":[{"name":"New Zealand","countries":["NZ"],"methods":[{"name":"Ship"}]},{"name":"Home","countries":["GB"],"methods":[{"name":"Post"}]}]}`, nil)

			shop.Database.Client.Cart.UpdateOneID(cart.ID).SetShippingAddress(&postal.Address{Name: "Ada", Line1: "1 Way", City: "York", Country: "GB"}).
				ExecX(databasetest.System(t.Context()))
			expect(ada, `mutation($cart: ID!) { cartDeliveryOptionsQuote(input: {cart: $cart}) { cart { deliveryOptions { name price { amount } expiresAt } deliveryOption { name } } userErrors { code } } }`,
				`{"cartDeliveryOptionsQuote":{"cart":{"deliveryOptions":[{"name":"Post","price":{"amount":"3.95"},"expiresAt":"`+
					shop.Database.Now().Add(30*time.Minute).Format(time.RFC3339)+`"}],"deliveryOption":null},"userErrors":[]}}`, map[string]any{"cart": cart.NodeID().String()})
		})
	}
}
