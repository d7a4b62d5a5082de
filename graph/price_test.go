package graph_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"galley/ent"
	"galley/ent/cartline"
	"galley/graph"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/postal"
	"galley/internal/quote"
	"galley/internal/viewer"
)

// amounts and what else a cart says of its price, as its storefront asks for it.
const priceFields = `subtotal { amount } discount { amount } delivery { amount } tax { amount } taxIncluded total { amount }
	promotions { name code amount { amount } } priceExplanation { kind label amount { amount currencyCode } included }
	warnings { code promoCode message line { id quantity variant { sku } total { amount } } }
	lines { unitPrice { amount } total { amount } discount { amount } tax { amount } }`

// priced fills Ada's cart: two of 85123A at 2.95, delivered for 3.95, a code for 10 % and one that is none, 20 % tax.
func priced(t *testing.T, shop *graphtest.Shop) *ent.Cart {
	t.Helper()
	system, db := databasetest.System(t.Context()), shop.Database.Client
	db.TaxRate.Create().SetCountry("GB").SetTaxCategory("standard").SetName("VAT 20 %").SetBasisPoints(2000).ExecX(system)
	db.Promotion.Create().SetName("Welcome").SetCode("TENTH").SetKind("PERCENTAGE").SetBasisPoints(1000).SetCurrency("GBP").ExecX(system)
	zone := db.DeliveryZone.Create().SetName("UK").SetCountries([]string{"GB"}).SaveX(system)
	var prices ent.DeliveryMethod
	if err := json.Unmarshal([]byte(`{"tiers": [{"from": 0, "price": 395}]}`), &prices); err != nil {
		t.Fatal(err)
	}
	method := db.DeliveryMethod.Create().SetZoneID(zone.ID).SetName("Post").SetBasis("WEIGHT").SetTiers(prices.Tiers).SetCurrency("GBP").SaveX(system)
	cart := shop.Rows.Carts["ada"]
	option := db.DeliveryQuote.Create().SetCartID(cart.ID).SetMethodID(method.ID).SetName("Post").SetPriceAmount(395).SetCurrency("GBP").
		SetCountry("GB").SetMeasure(0).SetPosition(0).SetExpiresAt(shop.Database.Now().Add(time.Hour)).SaveX(system)
	db.CartLine.Update().Where(cartline.CartID(cart.ID)).SetSeenPrice(250).ExecX(system)
	return db.Cart.UpdateOneID(cart.ID).SetShippingAddress(&postal.Address{Country: "GB"}).SetPromoCodes([]string{"TENTH", "NONE"}).
		SetDeliveryQuoteID(option.ID).SaveX(system)
}

// tree is an answer's data.
type tree = map[string]any

func gbp(amount string) tree { return tree{"amount": amount} }

func TestWhatACartCosts(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			cart := priced(t, shop)
			ada := shop.Rows.Viewer("ada")
			line := shop.Database.Client.CartLine.Query().Where(cartline.CartID(cart.ID)).OnlyX(databasetest.System(t.Context()))
			step := func(kind, label, amount string, included bool) any {
				return tree{"kind": kind, "label": label, "amount": tree{"amount": amount, "currencyCode": "GBP"}, "included": included}
			}
			want := tree{
				"subtotal": gbp("5.90"), "discount": gbp("0.59"), "delivery": gbp("3.95"), "tax": gbp("1.54"), "taxIncluded": true, "total": gbp("9.26"),
				"promotions": []any{tree{"name": "Welcome", "code": "TENTH", "amount": gbp("0.59")}},
				"priceExplanation": []any{
					step("LINES", "Items", "5.90", false), step("PROMOTION", "Welcome", "-0.59", false), step("DELIVERY", "Post", "3.95", false),
					step("TAX", "VAT 20 %", "1.54", true), step("TOTAL", "Total", "9.26", false),
				},
				"warnings": []any{
					tree{
						"code": "PRICE_CHANGED", "promoCode": nil, "message": "The price was 2.50 GBP and is 2.95 GBP by now",
						"line": tree{"id": line.NodeID().String(), "quantity": 2.0, "variant": tree{"sku": "85123A"}, "total": gbp("5.90")},
					},
					tree{"code": "PROMO_CODE_INVALID", "promoCode": "NONE", "message": "There is no such code", "line": nil},
				},
				"lines": []any{tree{"unitPrice": gbp("2.95"), "total": gbp("5.90"), "discount": gbp("0.59"), "tax": gbp("0.88")}},
			}
			compareCart := func(ways map[string]*graphtest.Shop, as viewer.Viewer, want tree) {
				t.Helper()
				for way, shop := range ways {
					for _, document := range []string{fmt.Sprintf(`{ cart(id: %q) { %s } }`, cart.NodeID(), priceFields), fmt.Sprintf(`{ me { cart { %s } } }`, priceFields)} {
						var got struct {
							Cart tree
							Me   struct{ Cart tree }
						}
						shop.Must(t, as, document, nil, &got)
						if got.Cart == nil {
							got.Cart = got.Me.Cart
						}
						if diff := cmp.Diff(want, got.Cart); diff != "" {
							t.Errorf("%s, %s: %s", way, document, diff)
						}
					}
				}
			}
			ways := map[string]*graphtest.Shop{"in levels": shop, "one by one": shop.Run(shop.OneByOne()), "of whole rows": shop.Run(shop.WholeRows())}
			compareCart(ways, ada, want)

			t.Run("a line alone costs the same", func(t *testing.T) {
				for way, shop := range ways {
					var got struct{ Node tree }
					shop.Must(t, ada, fmt.Sprintf(`{ node(id: %q) { ... on CartLine { unitPrice { amount } total { amount } discount { amount } tax { amount } } } }`, line.NodeID()), nil, &got)
					if diff := cmp.Diff(want["lines"].([]any)[0], any(got.Node)); diff != "" {
						t.Errorf("%s: %s", way, diff)
					}
				}
			})
			t.Run("tax is added where prices do not contain it", func(t *testing.T) {
				onTop := graph.NewShop(graph.Options{Database: shop.Database, Currency: "GBP", TaxOnTop: true})
				var got struct{ Cart tree }
				shop.Run(onTop.Executor()).Must(t, ada, fmt.Sprintf(`{ cart(id: %q) { tax { amount } taxIncluded total { amount } } }`, cart.NodeID()), nil, &got)
				if diff := cmp.Diff(tree{"tax": gbp("1.85"), "taxIncluded": false, "total": gbp("11.11")}, got.Cart); diff != "" {
					t.Error(diff)
				}
			})
			t.Run("what a checkout promises holds, whatever becomes of the prices", func(t *testing.T) {
				system := databasetest.System(t.Context())
				now, err := quote.Source{Currency: "GBP", TaxIncluded: true, Now: shop.Database.Now}.Of(system, shop.Database.Client, []*ent.Cart{cart})
				if err != nil {
					t.Fatal(err)
				}
				frozen, err := quote.Freeze(now[cart.ID].Price)
				if err != nil {
					t.Fatal(err)
				}
				shop.Database.Client.Cart.UpdateOneID(cart.ID).SetQuote(frozen).SetReservedUntil(shop.Database.Now().Add(time.Hour)).ExecX(system)
				line.Update().SetSeenPrice(295).ExecX(system)
				shop.Database.Client.Variant.UpdateOneID(shop.Rows.Variants["85123A"].ID).SetPriceAmount(1000).ExecX(system)
				shop.Database.Client.Promotion.Update().SetActive(false).ExecX(system)
				want["warnings"] = []any{}
				compareCart(ways, ada, want)
			})
		})
	}
}

func TestWhatAnOrderCost(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			system, db := databasetest.System(t.Context()), shop.Database.Client
			frozen := json.RawMessage(`{"steps": [{"kind": "LINES", "label": "Items", "amount": 1000}, {"kind": "TAX", "label": "VAT", "amount": 80, "included": true}]}`)
			o := db.Order.Create().SetNumber("PRICED").SetUserID(shop.Rows.Users["ada"].ID).SetEmail("ada@galley.example").SetCurrency("GBP").
				SetSubtotalAmount(1000).SetDiscountAmount(100).SetDeliveryAmount(395).SetDeliveryName("Post").SetTaxAmount(80).SetTotalAmount(1295).
				SetQuote(frozen).SetPlacedAt(graphtest.Start()).SaveX(system)
			db.OrderLine.Create().SetOrderID(o.ID).SetPosition(0).SetTitle("Mug").SetSku("MUG").SetQuantity(1).SetUnitPriceAmount(1000).SetTotalAmount(1000).
				SetDiscountAmount(100).SetTaxAmount(50).SetCurrency("GBP").ExecX(system)
			var got struct{ Order, Old tree }
			shop.Must(t, shop.Rows.Viewer("ada"), `{ order(number: "PRICED") { discount { amount } delivery { amount } deliveryName tax { amount } taxIncluded
				priceExplanation { kind amount { amount } included } lines { discount { amount } tax { amount } } } old: order(number: "A1") { priceExplanation { kind } } }`, nil, &got)
			want := tree{
				"discount": gbp("1.00"), "delivery": gbp("3.95"), "deliveryName": "Post", "tax": gbp("0.80"), "taxIncluded": true,
				"priceExplanation": []any{
					tree{"kind": "LINES", "amount": gbp("10.00"), "included": false}, tree{"kind": "TAX", "amount": gbp("0.80"), "included": true},
				},
				"lines": []any{tree{"discount": gbp("1.00"), "tax": gbp("0.50")}},
			}
			if diff := cmp.Diff(want, got.Order); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tree{"priceExplanation": []any{}}, got.Old); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPricesAreReadForAllCartsAtOnce asks for one cart and for three, with batches that wait for nothing.
func TestPricesAreReadForAllCartsAtOnce(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			priced(t, shop)
			ada := shop.Rows.Viewer("ada")
			db, system := shop.Database.Client, databasetest.System(t.Context())
			ids := []any{shop.Rows.Carts["ada"].NodeID().String()}
			for range 2 {
				c := db.Cart.Create().SetUserID(ada.UserID).SetCurrency("GBP").SaveX(system)
				db.CartLine.Create().SetCartID(c.ID).SetVariantID(shop.Rows.Variants["22001"].ID).SetQuantity(1).SetSeenPrice(1).ExecX(system)
				ids = append(ids, c.NodeID().String())
			}
			shop = shop.Run(shop.Impatient())
			for fields, want := range map[string]int{
				"total { amount }":         5, // the carts, promotions, lines, rates, deliveries
				"subtotal { amount }":      3, // the carts, lines, variants: as ever
				priceFields:                8, // also lines and variants for themselves, and those of the warnings
				"lines { tax { amount } }": 6,
			} {
				for _, carts := range [][]any{ids[:1], ids, ids[:1]} {
					query := fmt.Sprintf(`query($ids: [ID!]!) { nodes(ids: $ids) { ... on Cart { %s } } }`, fields)
					if got := shop.Must(t, ada, query, map[string]any{"ids": carts}, nil).Statements; got != want {
						t.Errorf("%s of %d carts takes %d statements, not %d", fields, len(carts), got, want)
					}
				}
			}
		})
	}
}
