package graphtest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/job"
	"galley/ent/product"
	"galley/ent/session"
	"galley/ent/stockmovement"
	"galley/internal/account"
	"galley/internal/catalog"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/money"
	"galley/internal/postal"
	"galley/internal/textkey"
	"galley/internal/token"
	"galley/internal/viewer"
)

// Password is the password of every account of Fill.
const Password = "correct horse battery staple"

// GuestToken is the token of the guest's cart.
var GuestToken = "ct_" + strings.Repeat("a", 26)

// APIKey is the secret of the till's key.
var APIKey = token.Derive("gk_", "till", 32)

// RefreshToken is that of Ada's session.
var RefreshToken = "gr_" + strings.Repeat("a", 52)

// Rows are the rows of a test's shop, by what they are called.
type Rows struct {
	Users      map[string]*ent.User     // ada, bob: shoppers; staff: everything; clerk: sees stock only
	Addresses  map[string]*ent.Address  // ada, bob
	Sessions   map[string]*ent.Session  // ada, bob: by token, and not the one that Viewer asks with
	Identities map[string]*ent.Identity // ada, bob
	Categories map[string]*ent.Category // home > mugs, candles; garden
	Products   map[string]*ent.Product
	Variants   map[string]*ent.Variant // by SKU
	Carts      map[string]*ent.Cart    // ada, bob, guest
	Orders     map[string]*ent.Order   // by number: A1, A2, A3 are Ada's, B1 is Bob's, G1 the guest's
	Roles      map[string]*ent.Role    // desk, which the clerk has: it allows nothing that the clerk may not do without
	APIKeys    map[string]*ent.APIKey  // till
	Approval   *ent.Approval           // of another price of 22001, which the clerk has asked for
	Jobs       map[string]*ent.Job     // by kind: dead, waiting

	Fulfilments    map[string]*ent.Fulfilment // by their order's number: A3, B1
	Promotion      *ent.Promotion             // WELCOME10: a tenth off home and garden
	TaxRate        *ent.TaxRate               // of New Zealand
	DeliveryZone   *ent.DeliveryZone
	DeliveryMethod *ent.DeliveryMethod     // of the zone, switched off
	Payments       map[string]*ent.Payment // by their order's number
}

// Viewer is the viewer of a name: an account's, "guest" or "anonymous".
func (r Rows) Viewer(name string) viewer.Viewer {
	switch name {
	case "", "anonymous":
		return viewer.Viewer{}
	case "guest":
		return viewer.Viewer{Kind: viewer.Guest, CartToken: token.Hash(GuestToken)}
	}
	u, ok := r.Users[name]
	if !ok {
		panic("graphtest: nobody is called " + name)
	}
	v := viewer.Viewer{Kind: viewer.Shopper, UserID: u.ID}
	if u.Staff {
		v.Kind, v.Permissions = viewer.Staff, u.Permissions
	}
	return v
}

// filler makes rows and fails the test when it cannot.
type filler struct {
	context.Context
	tb testing.TB
	db *database.DB
	tx *ent.Tx
	Rows
	placed int
}

// Fill makes a small shop: two shoppers and a guest with carts and orders, two of staff, and eight
// products of which one is a draft and one archived.
func Fill(tb testing.TB, db *database.DB) Rows {
	tb.Helper()
	f := &filler{Context: databasetest.System(tb.Context()), tb: tb, db: db, Rows: Rows{
		Users: map[string]*ent.User{}, Addresses: map[string]*ent.Address{}, Sessions: map[string]*ent.Session{}, Identities: map[string]*ent.Identity{}, Categories: map[string]*ent.Category{}, Products: map[string]*ent.Product{},
		Variants: map[string]*ent.Variant{}, Carts: map[string]*ent.Cart{}, Orders: map[string]*ent.Order{},
		Roles: map[string]*ent.Role{}, APIKeys: map[string]*ent.APIKey{}, Jobs: map[string]*ent.Job{},
		Fulfilments: map[string]*ent.Fulfilment{}, Payments: map[string]*ent.Payment{},
	}}
	err := db.InTx(f, func(_ context.Context, tx *ent.Tx) error {
		f.tx = tx
		f.users()
		f.catalogue()
		f.carts()
		f.orders()
		f.staff()
		f.audit()
		f.identities()
		f.sessions()
		f.jobs()
		f.fulfilments()
		f.pricing()
		f.payments()
		return nil
	})
	must(f, 0, err)
	return f.Rows
}

func must[T any](f *filler, row T, err error) T {
	f.tb.Helper()
	if err != nil {
		f.tb.Fatalf("fill shop: %v", err)
	}
	return row
}

// passwordHash is made once a process: hashing is slow by design.
var passwordHash = sync.OnceValues(func() (string, error) {
	return account.Hash(Password)
})

func (f *filler) users() {
	hash, err := passwordHash()
	must(f, hash, err)
	for _, u := range []struct {
		name, title string
		permissions []viewer.Permission
	}{
		{"ada", "Ada Lovelace", nil},
		{"bob", "Bob Ross", nil},
		{"staff", "Grace Hopper", viewer.Permissions()},
		{"clerk", "Carl Clerk", []viewer.Permission{viewer.StockRead}},
	} {
		row, err := f.tx.User.Create().SetEmail(u.name + "@galley.example").SetName(u.title).
			SetNameKey(textkey.Key(u.title)).SetStaff(u.permissions != nil).SetPermissions(u.permissions).SetCountry("GB").
			SetEmailVerifiedAt(Start()).Save(f)
		f.Users[u.name] = must(f, row, err)
		credential, err := f.tx.Credential.Create().SetUserID(row.ID).SetPasswordHash(hash).Save(f)
		must(f, credential, err)
	}
	for _, name := range []string{"ada", "bob"} {
		row, err := f.tx.Address.Create().SetUserID(f.Users[name].ID).SetName(f.Users[name].Name).
			SetLine1("12 St James's Square").SetCity("London").SetPostalCode("SW1Y 4JH").SetCountry("GB").
			SetDefaultShipping(true).SetDefaultBilling(true).Save(f)
		f.Addresses[name] = must(f, row, err)
	}
}

func (f *filler) staff() {
	desk, err := f.tx.Role.Create().SetName("Stock desk").SetPermissions([]viewer.Permission{viewer.StockRead}).Save(f)
	f.Roles["desk"] = must(f, desk, err)
	has, err := f.tx.UserRole.Create().SetUserID(f.Users["clerk"].ID).SetRoleID(desk.ID).Save(f)
	must(f, has, err)
	till, err := f.tx.APIKey.Create().SetName("Till").SetTokenHash(token.Hash(APIKey)).SetHint(APIKey[:9]).
		SetPermissions([]viewer.Permission{viewer.StockRead}).SetCreatedBy(f.Users["staff"].ID).Save(f)
	f.APIKeys["till"] = must(f, till, err)
}

func (f *filler) identities() {
	for _, name := range []string{"ada", "bob"} {
		row, err := f.tx.Identity.Create().SetUserID(f.Users[name].ID).SetIssuer("https://issuer.example").
			SetSubject(name).SetEmail(name + "@galley.example").Save(f)
		f.Identities[name] = must(f, row, err)
	}
}

func (f *filler) sessions() {
	for _, name := range []string{"ada", "bob"} {
		row, err := f.tx.Session.Create().SetUserID(f.Users[name].ID).SetPresentation(session.PresentationTOKEN).
			SetAddress("192.0.2.1").SetUserAgent("Mosaic").SetExpiresAt(f.db.Now().AddDate(0, 0, 30)).Save(f)
		f.Sessions[name] = must(f, row, err)
	}
	row, err := f.tx.RefreshToken.Create().SetSessionID(f.Sessions["ada"].ID).SetTokenHash(token.Hash(RefreshToken)).SetNonce([]byte{1}).Save(f)
	must(f, row, err)
}

func (f *filler) catalogue() {
	f.category("home", "Home & Kitchen", "")
	f.category("mugs", "Mugs & Teacups", "home")
	f.category("candles", "Candles", "home")
	f.category("garden", "Garden", "")

	f.product("mug", "Red Retrospot Mug", "A mug with white dots.", "mugs", product.StatusPUBLISHED)
	f.variant("mug", "22001", "", 295, 10)
	f.product("giftmug", "Gift Boxed Mug", "Comes in a red box.", "mugs", product.StatusPUBLISHED)
	f.variant("giftmug", "22002S", "Small", 450, 3)
	f.variant("giftmug", "22002L", "Large", 650, 0)
	f.product("holder", "White Hanging Heart T-Light Holder", "For one candle.", "candles", product.StatusPUBLISHED)
	f.variant("holder", "85123A", "", 295, 100)
	f.product("candle", "Vanilla Candle", "Burns for eight hours.", "candles", product.StatusPUBLISHED)
	f.variant("candle", "23001", "", 125, 7)
	f.product("gnome", "Garden Gnome", "With a red hat.", "garden", product.StatusPUBLISHED)
	f.variant("gnome", "24001", "", 1295, 2)
	f.product("lamp", "Limited Lamp", "Two to a customer.", "home", product.StatusPUBLISHED)
	f.variant("lamp", "25001", "", 4999, 5)
	f.Variants["25001"] = must2(f, f.Variants["25001"].Update().SetPurchaseLimit(2))
	f.product("draft", "Secret Teapot", "Not yet for sale.", "home", product.StatusDRAFT)
	f.variant("draft", "26001", "", 1999, 50)
	f.product("gone", "Old Kettle", "No longer made.", "home", product.StatusARCHIVED)
	f.variant("gone", "27001", "", 2500, 1)
}

func must2(f *filler, update *ent.VariantUpdateOne) *ent.Variant {
	f.tb.Helper()
	row, err := update.Save(f)
	return must(f, row, err)
}

func (f *filler) category(key, name, parent string) {
	create := f.tx.Category.Create().SetName(name).SetSlug(key).SetPosition(len(f.Categories))
	if parent != "" {
		create.SetParentID(f.Categories[parent].ID)
	}
	row, err := create.Save(f)
	f.Categories[key] = must(f, row, err)
}

func (f *filler) product(key, title, description, category string, status product.Status) {
	create := f.tx.Product.Create().SetTitle(title).SetTitleKey(textkey.Key(title)).SetSlug(key).
		SetDescription(description).SetCategoryID(f.Categories[category].ID).SetStatus(status).SetCurrency("GBP").
		SetCreatedAt(Start().Add(time.Duration(len(f.Products)) * time.Hour))
	if status != product.StatusDRAFT {
		create.SetPublishedAt(Start())
	}
	row, err := create.Save(f)
	f.Products[key] = must(f, row, err)
	_, err = catalog.New(f.db, "GBP").AddPicture(f, f.tx, row.ID, PNG(), title)
	must(f, row, err)
}

func (f *filler) variant(key, sku, title string, price money.Minor, available int) {
	p := f.Products[key]
	row, err := f.tx.Variant.Create().SetProductID(p.ID).SetSku(sku).SetTitle(title).SetPriceAmount(price).
		SetCurrency("GBP").SetAvailable(available).SetPosition(len(f.Variants)).Save(f)
	f.Variants[sku] = must(f, row, err)
	if p.PriceFromAmount == 0 || price < p.PriceFromAmount {
		p, err = p.Update().SetPriceFromAmount(price).Save(f)
		f.Products[key] = must(f, p, err)
	}
	if available > 0 {
		movement, err := f.tx.StockMovement.Create().SetVariantID(row.ID).SetQuantity(available).
			SetReason(stockmovement.ReasonRECEIVED).SetActorID(f.Users["staff"].ID).Save(f)
		must(f, movement, err)
	}
	for term, weight := range catalog.Terms(p.Title, p.Description, []string{sku}) {
		err := f.tx.ProductTerm.Create().SetProductID(p.ID).SetTerm([]byte(term)).SetWeight(weight).
			OnConflictColumns("product_id", "term").UpdateNewValues().Exec(f)
		must(f, row, err)
	}
}

func (f *filler) carts() {
	for _, owner := range []string{"ada", "bob", "guest"} {
		create := f.tx.Cart.Create().SetCurrency("GBP")
		if owner == "guest" {
			create.SetTokenHash(token.Hash(GuestToken))
		} else {
			create.SetUserID(f.Users[owner].ID)
		}
		row, err := create.Save(f)
		f.Carts[owner] = must(f, row, err)
		line, err := f.tx.CartLine.Create().SetCartID(row.ID).SetVariantID(f.Variants["85123A"].ID).SetQuantity(2).SetSeenPrice(250).Save(f)
		must(f, line, err)
	}
}

func (f *filler) orders() {
	f.order("A1", "ada", "22001", "85123A")
	f.order("A2", "ada", "23001")
	f.order("A3", "ada", "22001", "27001")
	f.order("B1", "bob", "24001")
	f.order("G1", "guest", "85123A")
}

// audit adds an approval, a rule that lets a price double, and an entry of the audit log.
func (f *filler) audit() {
	v := f.Variants["22001"]
	input := fmt.Sprintf(`{"id":%q,"expectedVersion":%d,"price":"3.50"}`, v.NodeID(), v.Version)
	asked, err := f.tx.Approval.Create().SetKind("PRICE_CHANGE").SetObjectID(v.ID).SetInput(json.RawMessage(input)).
		SetRequestedBy(f.Users["clerk"].ID).SetExpiresAt(Start().Add(24 * time.Hour)).Save(f)
	f.Approval = must(f, asked, err)
	rule, err := f.tx.ApprovalRule.Create().SetKind("PRICE_CHANGE").SetThreshold(10_000).Save(f)
	must(f, rule, err)
	entry, err := f.tx.AuditEntry.Create().SetAction("productUpdate").SetActorKind("STAFF").SetActorID(f.Users["staff"].ID).
		SetObjectKind("products").SetObjectID(v.ProductID).SetBefore(json.RawMessage(`{"title":"Red Mug"}`)).
		SetAfter(json.RawMessage(`{"title":"Red Retrospot Mug"}`)).SetAddress("192.0.2.7").Save(f)
	must(f, entry, err)
}

func (f *filler) order(number, owner string, skus ...string) {
	var total money.Minor
	for _, sku := range skus {
		total += f.Variants[sku].PriceAmount
	}
	create := f.tx.Order.Create().SetNumber(number).SetEmail(owner + "@galley.example").
		SetSubtotalAmount(total).SetTotalAmount(total).SetCurrency("GBP").SetCountry("GB").
		SetPlacedAt(Start().Add(time.Duration(f.placed) * time.Hour)).
		SetShippingAddress(&postal.Address{Name: owner, Line1: "1 High Street", City: "York", Country: "GB"})
	f.placed++
	if owner == "guest" {
		create.SetTokenHash(token.Hash(GuestToken))
	} else {
		create.SetUserID(f.Users[owner].ID)
	}
	row, err := create.Save(f)
	f.Orders[number] = must(f, row, err)
	for i, sku := range skus {
		v := f.Variants[sku]
		line, err := f.tx.OrderLine.Create().SetOrderID(row.ID).SetVariantID(v.ID).SetPosition(i).
			SetTitle(fmt.Sprintf("Line of %s", sku)).SetSku(sku).SetQuantity(1).SetUnitPriceAmount(v.PriceAmount).
			SetTotalAmount(v.PriceAmount).SetCurrency("GBP").Save(f)
		must(f, line, err)
	}
	payment, err := f.tx.Payment.Create().SetOrderID(row.ID).SetMethod("MANUAL").SetDueAmount(total).SetCurrency("GBP").Save(f)
	f.Payments[number] = must(f, payment, err)
}

func (f *filler) jobs() {
	for _, create := range []*ent.JobCreate{
		f.tx.Job.Create().SetKind("dead").SetStatus(job.StatusDEAD).SetAttempt(12).SetError("the mail server is not there").SetFinishedAt(Start()),
		f.tx.Job.Create().SetKind("waiting"),
	} {
		row, err := create.SetRunAt(Start()).SetPayload([]byte(`{"user": 1}`)).Save(f)
		f.Jobs[must(f, row, err).Kind] = row
	}
}
