package graph_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"galley/ent"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/nodeid"
	"galley/internal/pricing"
	"galley/internal/viewer"
)

// TestNoEdgeIsNPlusOne asks each field of each type for one parent and for twenty: both take the
// same number of statements, though no batch waits for more.
func TestNoEdgeIsNPlusOne(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			shop = shop.Run(shop.Impatient())
			parents := wide(t, shop)
			edges := 0
			for _, typ := range nodeTypes() {
				as := shop.Rows.Viewer("staff")
				if typ.Name == "Cart" || typ.Name == "CartLine" || typ.Name == "DeliveryOption" || typ.Name == "Session" {
					as = shop.Rows.Viewer("ada") // staff do not see other people's carts and sessions
				}
				ids := parents[typ.Name]
				if len(ids) < 20 {
					t.Errorf("%s has %d rows to ask", typ.Name, len(ids))
					continue
				}
				for _, field := range ownFields(typ) {
					if needsArguments(field) {
						t.Errorf("%s.%s needs arguments: this test cannot ask for it", typ.Name, field.Name)
					}
					query := fmt.Sprintf("query($ids: [ID!]!) { nodes(ids: $ids) { ... on %s { %s } } }", typ.Name, small(field))
					one := shop.Must(t, as, query, map[string]any{"ids": ids[:1]}, nil).Statements
					many := shop.Must(t, as, query, map[string]any{"ids": ids[:20]}, nil).Statements
					if one != many || one == 0 {
						t.Errorf("%s.%s takes %d statements for one parent, %d for twenty", typ.Name, field.Name, one, many)
					}
					edges++
				}
			}
			t.Logf("%d fields", edges)
		})
	}
}

// TestStatementsDependOnTheDocumentAlone runs deep documents on few and on many rows, again and again,
// with batches that wait for nothing.
func TestStatementsDependOnTheDocumentAlone(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			impatient := shop.Run(shop.Impatient())
			wide(t, shop)
			staff := shop.Rows.Viewer("staff")
			for document, want := range map[string]int{
				`{ product(slug: "mug") { title } }`:                     1,
				`{ products(first: %d) { nodes { title } } }`:            1,
				`{ products(first: %d) { totalCount nodes { title } } }`: 2,
				`{ user(id: "ADA") { orders(first: %d) { nodes { number lines { title variant { sku product { title } } } } } } }`:                                                                                                                                                5,
				`{ users(first: %d) { nodes { orders(first: 5) { totalCount nodes { number lines { variant { product { title } } } } } } } }`:                                                                                                                                     6,
				`{ orders(first: %d) { totalCount edges { cursor node { customer { email addresses { city } } payments { status } lines { sku variant { sku product { title category { slug path { slug } parent { name } } media { url } variants { sku } inStock } } } } } } }`: 14,
				`{ users(first: %d) { nodes { orders(first: 3, filter: {status: [PLACED], placedAt: {from: "2026-01-01T00:00:00Z"}, total: {min: "0.50"}}) { totalCount nodes { lines { product { title } } } } } } }`:                                                            5,
				`{ users(first: %d) { nodes { orders(filter: {customer: "ADA"}, sortKey: TOTAL, last: 3) { edges { node { number } } pageInfo { startCursor } } } } }`:                                                                                                            2,
				`{ products(first: %d, filter: {price: {min: "0.10"}, inStock: true, category: "HOME"}) { totalCount nodes { variants { sku } } } }`:                                                                                                                              3,
				`{ orders(first: %d, filter: {query: "W"}, offset: 1) { nodes { customer { orders(first: 1, filter: {status: []}) { totalCount } } } } }`:                                                                                                                         4,
				`{ users(first: %d, filter: {active: true}) { totalCount nodes { a: orders(filter: {query: "W"}) { totalCount } b: orders(first: 1) { nodes { number } } } } }`:                                                                                                   5,
				`{ categories(first: %d) { nodes { children { name } products(first: 3) { totalCount nodes { variants { stockMovements(first: 2) { totalCount nodes { actor { name } order { number } } } } } } } } }`:                                                            9,
			} {
				for _, first := range []int{1, 2, 5, 10, 20, 20, 20} {
					text := strings.NewReplacer("ADA", shop.Rows.Users["ada"].NodeID().String(), "HOME", shop.Rows.Categories["home"].NodeID().String()).Replace(document)
					if strings.Contains(text, "%d") {
						text = fmt.Sprintf(text, first)
					}
					if got := impatient.Must(t, staff, text, nil, nil).Statements; got != want {
						t.Errorf("%s takes %d statements instead of %d", text, got, want)
					}
				}
			}
		})
	}
}

// TestNestedPages walks the pages of a connection below another by cursor, both ways.
func TestNestedPages(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			wide(t, shop)
			staff := shop.Rows.Viewer("staff")
			for _, list := range []string{
				`category(slug: "garden") { list: products(sortKey: TITLE%s) { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
				`category(slug: "home") { list: products(sortKey: PRICE, descendants: true%s) { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
				`user(id: "ADA") { list: orders(sortKey: PLACED%s) { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
				`user(id: "ADA") { list: orders(filter: {status: [PLACED]}%s) { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
			} {
				ask := func(arguments string) (ids []string, more bool, start, end string) {
					text := strings.ReplaceAll(fmt.Sprintf("{ parent: "+list+" }", arguments), "ADA", shop.Rows.Users["ada"].NodeID().String())
					var data struct {
						Parent struct {
							List struct {
								Nodes    []struct{ ID string }
								PageInfo struct {
									HasNextPage, HasPreviousPage bool
									StartCursor, EndCursor       string
								}
							}
						}
					}
					shop.Must(t, staff, text, nil, &data)
					for _, n := range data.Parent.List.Nodes {
						ids = append(ids, n.ID)
					}
					p := data.Parent.List.PageInfo
					return ids, p.HasNextPage && strings.Contains(arguments, "first") || p.HasPreviousPage && strings.Contains(arguments, "last"), p.StartCursor, p.EndCursor
				}
				all, _, _, _ := ask(", first: 100")
				var forwards, backwards []string
				for after := ""; ; {
					ids, more, _, end := ask(", first: 2" + after)
					forwards = append(forwards, ids...)
					if !more {
						break
					}
					after = fmt.Sprintf(", after: %q", end)
				}
				for before := ""; ; {
					ids, more, start, _ := ask(", last: 2" + before)
					backwards = append(ids, backwards...)
					if !more {
						break
					}
					before = fmt.Sprintf(", before: %q", start)
				}
				if len(all) < 3 || !slices.Equal(all, forwards) || !slices.Equal(all, backwards) {
					t.Errorf("%s: %d entries, %d forwards, %d backwards", list, len(all), len(forwards), len(backwards))
				}
			}
		})
	}
}

// wide makes twenty rows of each type, and returns their ids.
func wide(t *testing.T, shop *graphtest.Shop) map[string][]any {
	t.Helper()
	ctx := databasetest.System(t.Context())
	ids := map[string][]any{}
	note := func(typ string, kind nodeid.Kind, key int64) { ids[typ] = append(ids[typ], kind.ID(key).String()) }
	err := shop.Database.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		for i := range 20 {
			u := tx.User.Create().SetEmail(fmt.Sprintf("wide%d@galley.example", i)).SetNameKey([]byte{}).SaveX(ctx)
			note("User", nodeid.User, u.ID)
			note("Address", nodeid.Address, tx.Address.Create().SetUserID(u.ID).SetName("N").SetLine1("L").SetCity("C").SetCountry("GB").SaveX(ctx).ID)
			note("Identity", nodeid.Identity, tx.Identity.Create().SetUserID(u.ID).SetIssuer("https://issuer.example").SetSubject(fmt.Sprint(i)).SaveX(ctx).ID)
			note("Session", nodeid.Session, tx.Session.Create().SetUserID(shop.Rows.Users["ada"].ID).SetPresentation("TOKEN").
				SetExpiresAt(graphtest.Start().AddDate(0, 0, 30)).SaveX(ctx).ID)
			c := tx.Category.Create().SetName("Wide").SetSlug(fmt.Sprintf("wide-%d", i)).SetParentID(shop.Rows.Categories["garden"].ID).SaveX(ctx)
			note("Category", nodeid.Category, c.ID)
			p := tx.Product.Create().SetTitle("Wide").SetTitleKey([]byte("wide")).SetSlug(fmt.Sprintf("wide-%d", i)).SetCurrency("GBP").
				SetCategoryID(c.ID).SetStatus("PUBLISHED").SaveX(ctx)
			note("Product", nodeid.Product, p.ID)
			v := tx.Variant.Create().SetProductID(p.ID).SetSku(fmt.Sprintf("WIDE%d", i)).SetPriceAmount(100).SetCurrency("GBP").SetAvailable(1).SaveX(ctx)
			note("Variant", nodeid.Variant, v.ID)
			picture := tx.Media.Query().FirstX(ctx).PictureID
			note("Media", nodeid.Media, tx.Media.Create().SetProductID(p.ID).SetPictureID(picture).SetToken(fmt.Sprintf("wide%d", i)).SetWidth(1).SetHeight(1).SaveX(ctx).ID)
			cart := tx.Cart.Create().SetUserID(shop.Rows.Users["ada"].ID).SetCurrency("GBP").SaveX(ctx)
			note("Cart", nodeid.Cart, cart.ID)
			note("CartLine", nodeid.CartLine, tx.CartLine.Create().SetCartID(cart.ID).SetVariantID(v.ID).SetQuantity(1).SaveX(ctx).ID)
			o := tx.Order.Create().SetNumber(fmt.Sprintf("W%d", i)).SetUserID(u.ID).SetEmail("w@galley.example").SetSubtotalAmount(100).SetTotalAmount(100).
				SetCurrency("GBP").SetPlacedAt(graphtest.Start()).SaveX(ctx)
			note("Order", nodeid.Order, o.ID)
			line := tx.OrderLine.Create().SetOrderID(o.ID).SetVariantID(v.ID).SetPosition(0).SetTitle("Wide").SetSku("W").
				SetQuantity(1).SetUnitPriceAmount(100).SetTotalAmount(100).SetCurrency("GBP").SaveX(ctx)
			note("OrderLine", nodeid.OrderLine, line.ID)
			pay := tx.Payment.Create().SetOrderID(o.ID).SetMethod("MANUAL").SetDueAmount(100).SetCurrency("GBP").SaveX(ctx)
			note("Payment", nodeid.Payment, pay.ID)
			step, fact := asked(ctx, tx, pay)
			note("PaymentStep", nodeid.PaymentStep, step)
			note("PaymentEvent", nodeid.PaymentEvent, fact)
			parcel, event := sent(ctx, tx, line, pay, u)
			note("Fulfilment", nodeid.Fulfilment, parcel)
			note("OrderEvent", nodeid.OrderEvent, event)
			note("StockMovement", nodeid.StockMovement, tx.StockMovement.Create().SetVariantID(v.ID).SetQuantity(1).SetReason("RECEIVED").
				SetActorID(u.ID).SetOrderID(o.ID).SaveX(ctx).ID)
			r := tx.Role.Create().SetName(fmt.Sprintf("Wide %d", i)).SetPermissions([]viewer.Permission{viewer.StockRead}).SaveX(ctx)
			note("Role", nodeid.Role, r.ID)
			tx.UserRole.Create().SetUserID(u.ID).SetRoleID(r.ID).SaveX(ctx)
			note("ApiKey", nodeid.APIKey, tx.APIKey.Create().SetName("Wide").SetTokenHash(fmt.Appendf(nil, "wide %d", i)).SetHint("gk_").
				SetPermissions([]viewer.Permission{}).SetCreatedBy(u.ID).SaveX(ctx).ID)
			if rule := tx.ApprovalRule.Query().OnlyX(ctx); i == 0 { // there are two rules at most
				ids["ApprovalRule"] = slices.Repeat([]any{rule.NodeID().String()}, 20)
			}
			note("AuditEntry", nodeid.AuditEntry, tx.AuditEntry.Create().SetAction("wide").SetActorKind("STAFF").SetActorID(u.ID).
				SetObjectKind("orders").SetObjectID(o.ID).SaveX(ctx).ID)
			note("Approval", nodeid.Approval, tx.Approval.Create().SetKind("ORDER_CANCELLATION").SetObjectID(o.ID).SetInput([]byte("{}")).
				SetRequestedBy(u.ID).SetExpiresAt(graphtest.Start()).SaveX(ctx).ID)
			note("Promotion", nodeid.Promotion, tx.Promotion.Create().SetName("Wide").SetKind("FREE_DELIVERY").SetCurrency("GBP").SetCategoryIds([]int64{c.ID}).SaveX(ctx).ID)
			note("TaxRate", nodeid.TaxRate, tx.TaxRate.Create().SetCountry("NZ").SetTaxCategory(fmt.Sprintf("wide-%d", i)).SetName("Wide").SetBasisPoints(0).SaveX(ctx).ID)
			zone := tx.DeliveryZone.Create().SetName("Wide").SetCountries([]string{"NZ"}).SaveX(ctx)
			note("DeliveryZone", nodeid.DeliveryZone, zone.ID)
			method := tx.DeliveryMethod.Create().SetZoneID(zone.ID).SetName("Wide").SetBasis("VALUE").SetTiers([]pricing.Tier{{}}).SetCurrency("GBP").SaveX(ctx)
			note("DeliveryMethod", nodeid.DeliveryMethod, method.ID)
			option := tx.DeliveryQuote.Create().SetCartID(cart.ID).SetMethodID(method.ID).SetName("Wide").SetPriceAmount(100).SetCurrency("GBP").
				SetCountry("NZ").SetMeasure(0).SetPosition(0).SetExpiresAt(graphtest.Start().AddDate(0, 0, 1)).SaveX(ctx)
			cart.Update().SetDeliveryQuoteID(option.ID).ExecX(ctx)
			note("DeliveryOption", nodeid.DeliveryQuote, option.ID)
			note("Job", nodeid.Job, tx.Job.Create().SetKind("wide").SetRunAt(graphtest.Start()).SaveX(ctx).ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// TestPagesWalkTheWholeList pages through lists forwards, backwards and by number: each time the same
// rows come, none twice, also where many share the value that they are sorted by.
func TestPagesWalkTheWholeList(t *testing.T) {
	t.Parallel()
	type page struct {
		List struct {
			TotalCount int
			Nodes      []struct{ ID string }
			PageInfo   struct {
				HasNextPage, HasPreviousPage bool
				StartCursor, EndCursor       *string
			}
		}
	}
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			wide(t, shop)
			for _, list := range []string{
				"products(sortKey: TITLE%s)", "products(sortKey: PRICE, reverse: true%s)", "products(sortKey: NEWEST%s)",
				`products(filter: {query: "mug"}%s)`, `products(filter: {query: "red"}, reverse: true%s)`,
				"users(sortKey: NAME%s)", "users(sortKey: CREATED, reverse: true%s)", "orders(sortKey: TOTAL%s)", "orders(sortKey: PLACED, reverse: false%s)",
				"categories(filter: {roots: false}%s)", `jobs(filter: {kind: "wide"}%s)`,
				`promotions(filter: {query: "wide", automatic: true, active: true, kind: [FREE_DELIVERY]}%s)`,
			} {
				ask := func(arguments string) page {
					var p page
					query := "{ list: " + fmt.Sprintf(list, arguments) + " { totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"
					shop.Must(t, viewer.Viewer{Kind: viewer.System}, query, nil, &p)
					return p
				}
				all := ask(", first: 100")
				if len(all.List.Nodes) != all.List.TotalCount || all.List.TotalCount == 0 || all.List.PageInfo.HasNextPage {
					t.Errorf("%s: %d of %d", list, len(all.List.Nodes), all.List.TotalCount)
				}
				check := func(how string, got []string) {
					for i, n := range all.List.Nodes {
						if i >= len(got) || got[i] != n.ID {
							t.Errorf("%s %s: entry %d of %d differs", list, how, i, len(all.List.Nodes))
							return
						}
					}
					if len(got) != len(all.List.Nodes) {
						t.Errorf("%s %s: %d entries instead of %d", list, how, len(got), len(all.List.Nodes))
					}
				}
				var forwards, backwards, numbered []string
				for after := ""; ; {
					p := ask(", first: 3" + after)
					for _, n := range p.List.Nodes {
						forwards = append(forwards, n.ID)
					}
					if !p.List.PageInfo.HasNextPage || len(forwards) > 200 {
						break
					}
					after = fmt.Sprintf(", after: %q", *p.List.PageInfo.EndCursor)
				}
				check("forwards", forwards)
				for before := ""; ; {
					p := ask(", last: 3" + before)
					var ids []string
					for _, n := range p.List.Nodes {
						ids = append(ids, n.ID)
					}
					backwards = append(ids, backwards...)
					if !p.List.PageInfo.HasPreviousPage || len(backwards) > 200 {
						break
					}
					before = fmt.Sprintf(", before: %q", *p.List.PageInfo.StartCursor)
				}
				check("backwards", backwards)
				for offset := 0; offset < all.List.TotalCount; offset += 3 {
					for _, n := range ask(fmt.Sprintf(", first: 3, offset: %d", offset)).List.Nodes {
						numbered = append(numbered, n.ID)
					}
				}
				check("by number", numbered)
			}
		})
	}
}
