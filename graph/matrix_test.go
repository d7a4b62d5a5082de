package graph_test

import (
	"galley/graph/graphtest"
	"galley/internal/nodeid"
)

// The authorization matrix has three parts: operations (here and access_test.go) and the fields of every type
// (fields_test.go), each asked by every viewer (viewers_test.go) of an own, a foreign and a missing object on both
// engines; their outcomes stand in testdata/access.txt and testdata/fields.txt. Who adds an operation adds a line here
// and writes the files anew: go test ./graph -run 'TestAccessMatrix|TestFieldMatrix' -update.

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

func payment(number string) func(graphtest.Rows) nodeid.ID {
	return func(r graphtest.Rows) nodeid.ID { return r.Payments[number].NodeID() }
}

func fulfilment(number string) func(graphtest.Rows) nodeid.ID {
	return func(r graphtest.Rows) nodeid.ID { return r.Fulfilments[number].NodeID() }
}

func cart(name string) func(graphtest.Rows) nodeid.ID {
	return func(r graphtest.Rows) nodeid.ID { return r.Carts[name].NodeID() }
}

func address(name string) func(graphtest.Rows) nodeid.ID {
	return func(r graphtest.Rows) nodeid.ID { return r.Addresses[name].NodeID() }
}

func identity(name string) func(graphtest.Rows) nodeid.ID {
	return func(r graphtest.Rows) nodeid.ID { return r.Identities[name].NodeID() }
}

func user(name string) func(graphtest.Rows) nodeid.ID {
	return func(r graphtest.Rows) nodeid.ID { return r.Users[name].NodeID() }
}

func sessionOf(name string) func(graphtest.Rows) nodeid.ID {
	return func(r graphtest.Rows) nodeid.ID { return r.Sessions[name].NodeID() }
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

func role(r graphtest.Rows) nodeid.ID { return r.Roles["desk"].NodeID() }

func apiKey(r graphtest.Rows) nodeid.ID { return r.APIKeys["till"].NodeID() }

func approval(r graphtest.Rows) nodeid.ID { return r.Approval.NodeID() }

func promotion(r graphtest.Rows) nodeid.ID { return r.Promotion.NodeID() }

func taxRate(r graphtest.Rows) nodeid.ID { return r.TaxRate.NodeID() }

func zone(r graphtest.Rows) nodeid.ID { return r.DeliveryZone.NodeID() }

func method(r graphtest.Rows) nodeid.ID { return r.DeliveryMethod.NodeID() }

func job(kind string) func(graphtest.Rows) nodeid.ID {
	return func(r graphtest.Rows) nodeid.ID { return r.Jobs[kind].NodeID() }
}

// operations lists what the schema offers. A field that is not here fails TestAccessMatrix.
func operations() map[string]operation {
	one := func(document string, kind nodeid.Kind, own, foreign func(graphtest.Rows) nodeid.ID) operation {
		return operation{document: document, kind: kind, own: own, foreign: foreign}
	}
	all := func(document string) operation { return operation{document: document} }
	return map[string]operation{
		"node":            one(`{ f: node(id: "%s") { id } }`, nodeid.Order, order("A1"), order("B1")),
		"nodes":           one(`{ f: nodes(ids: ["%s"]) { id } }`, nodeid.Cart, cart("ada"), cart("bob")),
		"me":              all(`{ f: me { email } }`),
		"user":            one(`{ f: user(id: "%s") { email } }`, nodeid.User, user("ada"), user("bob")),
		"users":           all(`{ f: users { totalCount } }`),
		"product":         one(`{ f: product(id: "%s") { title } }`, nodeid.Product, product("mug"), product("draft")),
		"products":        all(`{ f: products { totalCount } }`),
		"category":        one(`{ f: category(id: "%s") { name } }`, nodeid.Category, category("home"), nil),
		"categories":      all(`{ f: categories { totalCount } }`),
		"cart":            one(`{ f: cart(id: "%s") { totalQuantity } }`, nodeid.Cart, cart("ada"), cart("bob")),
		"order":           one(`{ f: order(id: "%s") { number } }`, nodeid.Order, order("A1"), order("B1")),
		"orders":          all(`{ f: orders { totalCount } }`),
		"paymentMethods":  all(`{ f: paymentMethods }`),
		"signInProviders": all(`{ f: signInProviders { name } }`),
		"jobs":            all(`{ f: jobs { totalCount } }`),
		"lowStock":        all(`{ f: lowStock(below: 1000) { totalCount nodes { stock { onHand } } } }`),

		"signUp":               all(`mutation { f: signUp(input: {email: "new@galley.example", password: "a long enough secret"}) { email userErrors { code } } }`),
		"signIn":               all(`mutation { f: signIn(input: {email: "bob@galley.example", password: "wrong"}) { userErrors { code } } }`),
		"sessionRefresh":       all(`mutation { f: sessionRefresh(input: {refreshToken: "` + graphtest.RefreshToken + `"}) { token userErrors { code } } }`),
		"sessionRevoke":        one(`mutation { f: sessionRevoke(input: {id: "%s"}) { userErrors { code } } }`, nodeid.Session, sessionOf("ada"), sessionOf("bob")),
		"sessionsRevokeOthers": all(`mutation { f: sessionsRevokeOthers { revoked userErrors { code } } }`),
		"signOut":              all(`mutation { f: signOut { signedOut } }`),
		"profileUpdate":        all(`mutation { f: profileUpdate(input: {name: "New Name"}) { user { name } userErrors { code } } }`),
		"addressSave":          all(`mutation { f: addressSave(input: {address: {name: "N", line1: "L", city: "C", country: "GB"}}) { address { name } userErrors { code } } }`),
		"addressDelete":        one(`mutation { f: addressDelete(input: {id: "%s"}) { userErrors { code } } }`, nodeid.Address, address("ada"), address("bob")),
		"userCreate":           all(`mutation { f: userCreate(input: {email: "new@galley.example"}) { user { email } userErrors { code } } }`),
		"userUpdate":           one(`mutation { f: userUpdate(input: {id: "%s", name: "New Name"}) { user { name } userErrors { code } } }`, nodeid.User, user("ada"), user("bob")),
		"userDeactivate":       one(`mutation { f: userDeactivate(input: {id: "%s"}) { user { active } userErrors { code } } }`, nodeid.User, user("ada"), user("bob")),
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

		"roles":        all(`{ f: roles { name } }`),
		"apiKeys":      all(`{ f: apiKeys { totalCount } }`),
		"roleCreate":   all(`mutation { f: roleCreate(input: {name: "New", permissions: [STOCK_READ]}) { role { name } userErrors { code } } }`),
		"roleUpdate":   one(`mutation { f: roleUpdate(input: {id: "%s", name: "New", permissions: []}) { role { name } userErrors { code } } }`, nodeid.Role, role, nil),
		"roleDelete":   one(`mutation { f: roleDelete(input: {id: "%s"}) { userErrors { code } } }`, nodeid.Role, role, nil),
		"userRolesSet": one(`mutation { f: userRolesSet(input: {user: "%s", roles: []}) { user { email } userErrors { code } } }`, nodeid.User, user("clerk"), user("bob")),
		"apiKeyCreate": all(`mutation { f: apiKeyCreate(input: {name: "New", permissions: [STOCK_READ]}) { apiKey { name } userErrors { code } } }`),
		"apiKeyRevoke": one(`mutation { f: apiKeyRevoke(input: {id: "%s"}) { apiKey { name } userErrors { code } } }`, nodeid.APIKey, apiKey, nil),

		"oidcStart":      all(`mutation { f: oidcStart(input: {provider: "none", redirectUri: "https://shop.example/in"}) { url userErrors { code } } }`),
		"oidcComplete":   all(`mutation { f: oidcComplete(input: {flow: "gf_", state: "s", code: "c"}) { token userErrors { code } } }`),
		"identityUnlink": one(`mutation { f: identityUnlink(input: {id: "%s"}) { userErrors { code } } }`, nodeid.Identity, identity("ada"), identity("bob")),

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

		"auditLog":        all(`{ f: auditLog { totalCount } }`),
		"approvalRules":   all(`{ f: approvalRules { kind } }`),
		"approvals":       all(`{ f: approvals { totalCount } }`),
		"approvalRuleSet": all(`mutation { f: approvalRuleSet(input: {kind: PRICE_CHANGE, threshold: 500, active: false}) { approvalRule { threshold } userErrors { code } } }`),
		"approvalRequest": one(`mutation { f: approvalRequest(input: {variantUpdate: {id: "%s", expectedVersion: 1, price: "9.00"}}) { approval { status } userErrors { code } } }`, nodeid.Variant, variant("22001"), variant("26001")),
		"approve":         one(`mutation { f: approve(input: {id: "%s"}) { approval { status } userErrors { code } } }`, nodeid.Approval, approval, nil),
		"refuse":          one(`mutation { f: refuse(input: {id: "%s"}) { approval { status } userErrors { code } } }`, nodeid.Approval, approval, nil),
		"approvalCancel":  one(`mutation { f: approvalCancel(input: {id: "%s"}) { approval { status } userErrors { code } } }`, nodeid.Approval, approval, nil),
		"jobRetry":        one(`mutation { f: jobRetry(input: {id: "%s"}) { job { status } userErrors { code } } }`, nodeid.Job, job("dead"), nil),

		"cartCreate":               all(`mutation { f: cartCreate { cart { status } userErrors { code } } }`),
		"cartLinesAdd":             one(`mutation { f: cartLinesAdd(input: {cart: "%s", lines: []}) { cart { status } userErrors { code } } }`, nodeid.Cart, cart("ada"), cart("bob")),
		"cartLinesUpdate":          one(`mutation { f: cartLinesUpdate(input: {cart: "%s", lines: []}) { cart { status } userErrors { code } } }`, nodeid.Cart, cart("ada"), cart("bob")),
		"cartLinesRemove":          one(`mutation { f: cartLinesRemove(input: {cart: "%s", lines: []}) { cart { status } userErrors { code } } }`, nodeid.Cart, cart("ada"), cart("bob")),
		"cartBuyerUpdate":          one(`mutation { f: cartBuyerUpdate(input: {cart: "%s", email: "x@galley.example"}) { cart { email } userErrors { code } } }`, nodeid.Cart, cart("ada"), cart("bob")),
		"cartAddressesUpdate":      one(`mutation { f: cartAddressesUpdate(input: {cart: "%s", billingAddress: null}) { cart { status } userErrors { code } } }`, nodeid.Cart, cart("ada"), cart("bob")),
		"cartDeliveryOptionSelect": one(`mutation { f: cartDeliveryOptionSelect(input: {cart: "%s", option: "dquo_0000000000001"}) { cart { status } userErrors { code } } }`, nodeid.Cart, cart("ada"), cart("bob")),
		"cartPromoCodesAdd":        one(`mutation { f: cartPromoCodesAdd(input: {cart: "%s", codes: ["NONE"]}) { cart { promoCodes } userErrors { code } } }`, nodeid.Cart, cart("ada"), cart("bob")),
		"cartPromoCodesRemove":     one(`mutation { f: cartPromoCodesRemove(input: {cart: "%s", codes: []}) { cart { promoCodes } userErrors { code } } }`, nodeid.Cart, cart("ada"), cart("bob")),
		"checkoutStart":            one(`mutation { f: checkoutStart(input: {cart: "%s", email: "x@galley.example", shippingAddress: {name: "N", line1: "L", city: "C", country: "GB"}}) { cart { status } userErrors { code } } }`, nodeid.Cart, cart("ada"), cart("bob")),
		"checkoutComplete":         one(`mutation { f: checkoutComplete(input: {cart: "%s", email: "x@galley.example", shippingAddress: {name: "N", line1: "L", city: "C", country: "GB"}}) { order { status } userErrors { code } } }`, nodeid.Cart, cart("ada"), cart("bob")),
		"orderCancel":              one(`mutation { f: orderCancel(input: {id: "%s"}) { order { status } userErrors { code } } }`, nodeid.Order, order("A1"), order("B1")),

		"orderPay":                 one(`mutation { f: orderPay(input: {order: "%s"}) { payment { status } userErrors { code } } }`, nodeid.Order, order("A1"), order("B1")),
		"paymentCapture":           one(`mutation { f: paymentCapture(input: {payment: "%s", amount: "0.01"}) { payment { status } userErrors { code } } }`, nodeid.Payment, payment("A1"), payment("B1")),
		"paymentRefund":            one(`mutation { f: paymentRefund(input: {payment: "%s", amount: "0.01"}) { payment { status } userErrors { code } } }`, nodeid.Payment, payment("A2"), payment("B1")),
		"paymentVoid":              one(`mutation { f: paymentVoid(input: {payment: "%s"}) { payment { status } userErrors { code } } }`, nodeid.Payment, payment("A1"), payment("B1")),
		"fulfilmentCreate":         one(`mutation { f: fulfilmentCreate(input: {order: "%s"}) { fulfilment { status } userErrors { code } } }`, nodeid.Order, order("A1"), order("B1")),
		"fulfilmentTrackingUpdate": one(`mutation { f: fulfilmentTrackingUpdate(input: {id: "%s", carrier: "DPD"}) { fulfilment { carrier } userErrors { code } } }`, nodeid.Fulfilment, fulfilment("A3"), fulfilment("B1")),
		"fulfilmentDeliver":        one(`mutation { f: fulfilmentDeliver(input: {id: "%s"}) { fulfilment { status } userErrors { code } } }`, nodeid.Fulfilment, fulfilment("A3"), fulfilment("B1")),
		"orderNoteAdd":             one(`mutation { f: orderNoteAdd(input: {order: "%s", text: "N"}) { order { status } userErrors { code } } }`, nodeid.Order, order("A1"), order("B1")),
		"orderAccessRequest":       all(`mutation { f: orderAccessRequest(input: {number: "A1", email: "ada@galley.example"}) { email userErrors { code } } }`),
		"promotion":                one(`{ f: promotion(id: "%s") { name } }`, nodeid.Promotion, promotion, nil),
		"promotions":               all(`{ f: promotions { totalCount } }`),
		"promotionCreate":          all(`mutation { f: promotionCreate(input: {name: "New", kind: FREE_DELIVERY}) { promotion { name } userErrors { code } } }`),
		"promotionUpdate":          one(`mutation { f: promotionUpdate(input: {id: "%s", name: "New"}) { promotion { name } userErrors { code } } }`, nodeid.Promotion, promotion, nil),
		"taxRates":                 all(`{ f: taxRates { name } }`),
		"taxRateSet":               all(`mutation { f: taxRateSet(input: {country: "GB", name: "VAT", basisPoints: 1900}) { taxRate { name } userErrors { code } } }`),
		"taxRateDelete":            one(`mutation { f: taxRateDelete(input: {id: "%s"}) { userErrors { code } } }`, nodeid.TaxRate, taxRate, nil),
		"deliveryZones":            all(`{ f: deliveryZones { name } }`),
		"deliveryZoneCreate":       all(`mutation { f: deliveryZoneCreate(input: {name: "New", countries: []}) { deliveryZone { name } userErrors { code } } }`),
		"deliveryZoneUpdate":       one(`mutation { f: deliveryZoneUpdate(input: {id: "%s", name: "New"}) { deliveryZone { name } userErrors { code } } }`, nodeid.DeliveryZone, zone, nil),
		"deliveryZoneDelete":       one(`mutation { f: deliveryZoneDelete(input: {id: "%s"}) { userErrors { code } } }`, nodeid.DeliveryZone, zone, nil),
		"deliveryMethodCreate":     one(`mutation { f: deliveryMethodCreate(input: {zone: "%s", name: "New", basis: WEIGHT, tiers: [{fromWeight: 0, price: "1.00"}]}) { deliveryMethod { name } userErrors { code } } }`, nodeid.DeliveryZone, zone, nil),
		"deliveryMethodUpdate":     one(`mutation { f: deliveryMethodUpdate(input: {id: "%s", name: "New"}) { deliveryMethod { name } userErrors { code } } }`, nodeid.DeliveryMethod, method, nil),
		"cartDeliveryOptionsQuote": one(`mutation { f: cartDeliveryOptionsQuote(input: {cart: "%s"}) { cart { status } userErrors { code } } }`, nodeid.Cart, cart("ada"), cart("bob")),
	}
}
