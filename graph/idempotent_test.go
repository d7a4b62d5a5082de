package graph_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"galley/graph"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/nodeid"
	"galley/internal/postal"
	"galley/internal/pricing"
	"galley/internal/viewer"
)

// TestEveryMutationIsSafeToSendAgain sends each mutation twice under one key: the answers are the same,
// and the second one adds no row to any table and changes no version.
func TestEveryMutationIsSafeToSendAgain(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := newLasting(t, engine, func(*graphtest.Shop) {})
			for _, f := range ownFields(graph.Schema().Mutation) {
				shop.restoreAll(t)
				switch f.Name {
				case "signIn", "sessionRefresh", "apiKeyCreate": // refuse a key, see testdata/06-sign-in.txtar and TestAPIKeyCreate
					continue
				case "emailVerify", "accountExport", "oidcStart", "oidcComplete": // refuse one too, see internal/account and internal/identity
					continue
				case "signOut": // has no outcome to store: ending a session twice is the same as once
					continue
				}
				op := operations()[f.Name]
				document := op.document
				if op.kind != "" {
					document = fmt.Sprintf(document, op.own(shop.Rows))
				}
				document = possible(t, shop.Shop, f.Name, proven(t, shop.Shop, f.Name, document))
				document = keyed(document, "a key of "+f.Name+" that is long enough")
				as := shop.Rows.Viewer("staff")
				if op.kind == "cart" || op.kind == nodeid.Session || f.Name == "orderCancel" || f.Name == "orderPay" || f.Name == "addressDelete" || f.Name == "identityUnlink" || f.Name == "accountDelete" {
					as = shop.Rows.Viewer("ada")
				}
				if f.Name == "approvalCancel" {
					as = shop.Rows.Viewer("clerk")
				}
				first := send(t, shop.Shop, as, op, document)
				if outcome(t, first) != "ok" {
					t.Errorf("%s: %s %+v", f.Name, outcome(t, first), first.Errors)
					continue
				}
				before := contents(t, shop.Shop)
				again := send(t, shop.Shop, as, op, document)
				if string(first.Data) != string(again.Data) || len(again.Errors) > 0 {
					t.Errorf("%s answered %s, then %s %+v", f.Name, first.Data, again.Data, again.Errors)
				}
				if after := contents(t, shop.Shop); !maps.Equal(before, after) {
					t.Errorf("%s changed rows when it was sent again: %v, then %v", f.Name, before, after)
				}
			}
			shop.restoreAll(t)
		})
	}
}

// possible makes the rows that a mutation needs to do something.
func possible(t *testing.T, shop *graphtest.Shop, field, document string) string {
	t.Helper()
	system, db, cart := databasetest.System(t.Context()), shop.Database.Client, shop.Rows.Carts["ada"].ID
	address := &postal.Address{Name: "Ada", Line1: "1 High Street", City: "York", Country: "GB"}
	switch field {
	case "cartDeliveryOptionsQuote":
		db.Cart.UpdateOneID(cart).SetShippingAddress(address).ExecX(system)
	case "cartDeliveryOptionSelect":
		zone := db.DeliveryZone.Create().SetName("UK").SetCountries([]string{"GB"}).SaveX(system)
		free := money.Minor(0)
		method := db.DeliveryMethod.Create().SetZoneID(zone.ID).SetName("Post").SetBasis("WEIGHT").
			SetTiers([]pricing.Tier{{Price: &free}}).SetCurrency("GBP").SaveX(system)
		db.Cart.UpdateOneID(cart).SetShippingAddress(address).ExecX(system)
		option := db.DeliveryQuote.Create().SetCartID(cart).SetMethodID(method.ID).SetName("Post").SetPriceAmount(0).SetCurrency("GBP").
			SetCountry("GB").SetMeasure(0).SetPosition(0).SetExpiresAt(shop.Database.Now().Add(time.Hour)).SaveX(system)
		return strings.ReplaceAll(document, "dquo_0000000000001", option.NodeID().String())
	case "cartPromoCodesAdd":
		return strings.ReplaceAll(document, "NONE", "WELCOME10")
	case "orderPay":
		db.Order.UpdateOneID(shop.Rows.Orders["A1"].ID).SetStatus("PENDING_PAYMENT").ExecX(system)
		return strings.ReplaceAll(document, "{order: ", "{method: MANUAL, order: ")
	}
	return document
}

func send(t *testing.T, shop *graphtest.Shop, as viewer.Viewer, op operation, document string) graphtest.Response {
	t.Helper()
	params := &graphql.RawParams{Query: document}
	if op.file {
		params.Variables = map[string]any{"file": upload()}
	}
	return shop.Send(t, viewer.With(t.Context(), as), params)
}

// keyed puts @idempotent behind the arguments of an operation's only field.
func keyed(document, key string) string {
	directive := fmt.Sprintf(" @idempotent(key: %q) {", key)
	head, rest, ok := strings.Cut(document, "}) {")
	if ok {
		return head + "})" + directive + rest
	}
	head, rest, _ = strings.Cut(document, "{ f: ") // without arguments
	name, rest, _ := strings.Cut(rest, " {")
	return head + "{ f: " + name + directive + rest
}

// contents is how many rows each table has, and the sum of their versions and quantities.
func contents(t *testing.T, shop *graphtest.Shop) map[string]int {
	t.Helper()
	ctx := databasetest.System(t.Context())
	c := shop.Database.Client
	found := map[string]int{
		"addresses": c.Address.Query().CountX(ctx), "identities": c.Identity.Query().CountX(ctx), "media": c.Media.Query().CountX(ctx), "pictures": c.Picture.Query().CountX(ctx),
		"movements": c.StockMovement.Query().CountX(ctx), "credentials": c.Credential.Query().CountX(ctx), "payments": c.Payment.Query().CountX(ctx),
		"order lines": c.OrderLine.Query().CountX(ctx), "terms": c.ProductTerm.Query().CountX(ctx), "keys": c.IdempotencyKey.Query().CountX(ctx),
		"audit entries": c.AuditEntry.Query().CountX(ctx),
	}
	for _, r := range c.User.Query().AllX(ctx) {
		found["users"] += 1000 + r.Version
	}
	for _, r := range c.Approval.Query().AllX(ctx) {
		found["approvals"] += 1000 + r.Version
	}
	for _, r := range c.Category.Query().AllX(ctx) {
		found["categories"] += 1000 + r.Version
	}
	for _, r := range c.Product.Query().AllX(ctx) {
		found["products"] += 1000 + r.Version
	}
	for _, r := range c.Variant.Query().AllX(ctx) {
		found["variants"] += 1000 + r.Version
		found["available"] += r.Available
	}
	for _, r := range c.Cart.Query().AllX(ctx) {
		found["carts"] += 1000 + r.Version
	}
	for _, r := range c.CartLine.Query().AllX(ctx) {
		found["cart lines"] += 1000 + r.Quantity
	}
	for _, r := range c.Role.Query().AllX(ctx) {
		found["roles"] += 1000 + r.Version
	}
	for _, r := range c.Order.Query().AllX(ctx) {
		found["orders"] += 1000 + r.Version
	}
	for _, r := range c.Promotion.Query().AllX(ctx) {
		found["promotions"] += 1000 + r.Version
	}
	for _, r := range c.TaxRate.Query().AllX(ctx) {
		found["tax rates"] += 1000 + r.Version
	}
	for _, r := range c.DeliveryZone.Query().AllX(ctx) {
		found["delivery zones"] += 1000 + r.Version
	}
	for _, r := range c.DeliveryMethod.Query().AllX(ctx) {
		found["delivery methods"] += 1000 + r.Version
	}
	return found
}

func TestIdempotencyKeys(t *testing.T) {
	t.Parallel()
	shop := graphtest.New(t, databasetest.SQLite)
	const document = `mutation { profileUpdate(input: {name: "Countess"}) { user { version } } }`
	with := func(as viewer.Viewer, query, header string) graphtest.Response {
		params := &graphql.RawParams{Query: query, Headers: http.Header{}}
		if header != "" {
			params.Headers.Set("Idempotency-Key", header)
		}
		return shop.Send(t, viewer.With(t.Context(), as), params)
	}
	ada, bob := shop.Rows.Viewer("ada"), shop.Rows.Viewer("bob")
	t.Run("come as a header too", func(t *testing.T) {
		first, again := with(ada, document, "header-key-1"), with(ada, document, "header-key-1")
		if string(first.Data) != string(again.Data) || len(again.Errors) > 0 {
			t.Errorf("%s, then %s %v", first.Data, again.Data, again.Errors)
		}
		if other := with(ada, strings.Replace(document, "Countess", "Lady", 1), "header-key-2"); string(other.Data) == string(first.Data) {
			t.Errorf("another key changed nothing: %s", other.Data)
		}
	})
	t.Run("belong to an account", func(t *testing.T) {
		if answer := with(bob, document, "header-key-1"); len(answer.Errors) > 0 {
			t.Errorf("somebody else's key is taken: %v", answer.Errors)
		}
	})
	for name, c := range map[string]struct {
		as            viewer.Viewer
		document, key string
		want          fault.Code
	}{
		"are for one request only":              {ada, strings.Replace(document, "Countess", "Duchess", 1), "header-key-1", fault.IdempotencyKeyReused},
		"have eight characters":                 {ada, document, "short", fault.BadUserInput},
		"have two hundred characters at most":   {ada, document, strings.Repeat("k", 201), fault.BadUserInput},
		"of strangers cannot be guessed":        {viewer.Viewer{}, `mutation { cartCreate { token } }`, "only-eighteen-long", fault.BadUserInput},
		"as a header are for one field":         {ada, `mutation { a: profileUpdate(input: {name: "A"}) { user { name } } b: profileUpdate(input: {name: "B"}) { user { name } } }`, "header-key-3", fault.BadUserInput},
		"are for mutations":                     {ada, `{ me @idempotent(key: "12345678") { name } }`, "", fault.ValidationFailed},
		"are for the fields of a mutation only": {ada, `mutation { profileUpdate(input: {}) { user @idempotent(key: "12345678") { name } } }`, "", fault.ValidationFailed},
	} {
		t.Run(name, func(t *testing.T) {
			if codes := with(c.as, c.document, c.key).Codes(); len(codes) == 0 || slices.ContainsFunc(codes, func(code string) bool { return code != string(c.want) }) {
				t.Errorf("got %v, not %s", codes, c.want)
			}
		})
	}
	t.Run("are stored as hashes", func(t *testing.T) {
		for _, row := range shop.Database.Client.IdempotencyKey.Query().AllX(databasetest.System(t.Context())) {
			if strings.Contains(row.Key, "key") || len(row.Key) != 64 {
				t.Errorf("stored %q", row.Key)
			}
		}
	})
}
