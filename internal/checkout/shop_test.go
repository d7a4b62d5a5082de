package checkout_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"galley/ent"
	entcart "galley/ent/cart"
	"galley/ent/order"
	"galley/ent/payment"
	"galley/ent/product"
	"galley/ent/variant"
	"galley/internal/cart"
	"galley/internal/checkout"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/job"
	"galley/internal/lifecycle"
	"galley/internal/live"
	"galley/internal/money"
	"galley/internal/nodeid"
	"galley/internal/postal"
	"galley/internal/quote"
	"galley/internal/secret"
	"galley/internal/settlement"
	"galley/internal/viewer"
)

const gbp money.Currency = "GBP"

// shop is a database with something to order.
type shop struct {
	t         *testing.T
	db        *database.DB
	carts     *cart.Workflow
	checkouts *checkout.Workflow
	system    context.Context
	n         *atomic.Int64 // makes names
}

func open(t *testing.T, db *database.DB) shop {
	t.Helper()
	return shop{
		t, db, cart.New(cart.Options{Database: db, Currency: gbp, Secrets: secret.Development(), Live: new(live.Broker)}),
		checkout.New(options(db)), databasetest.System(t.Context()), new(atomic.Int64),
	}
}

// options are those of a shop that takes cards, by a gateway of its own.
func options(db *database.DB) checkout.Options {
	jobs, broker := job.New(db), new(live.Broker)
	states := lifecycle.New(db, jobs, broker)
	return checkout.Options{
		Database: db, Prices: quote.Source{Currency: gbp, TaxIncluded: true, Now: db.Now}, Jobs: jobs, Orders: states, Live: broker,
		Payments: settlement.New(settlement.Options{
			Database: db, Jobs: jobs, Orders: states, Window: time.Hour,
		}),
		Secrets: secret.Development(), Reservation: 15 * time.Minute, ReturnOrigins: []string{"https://shop.example"},
	}
}

// in is the shop for a subtest.
func (s shop) in(t *testing.T) shop {
	s.t, s.system = t, databasetest.System(t.Context())
	return s
}

func (s shop) name() string { return strconv.FormatInt(s.n.Add(1), 10) }

type change = func(*ent.ProductCreate, *ent.VariantCreate)

// variant is on sale, with 10 pieces at 2.95, unless told.
func (s shop) variant(changes ...change) *ent.Variant {
	s.t.Helper()
	name := s.name()
	p := s.db.Client.Product.Create().SetTitle("Mug " + name).SetSlug("mug-" + name).SetTitleKey([]byte(name)).
		SetStatus(product.StatusPUBLISHED).SetCurrency(gbp)
	v := s.db.Client.Variant.Create().SetSku("SKU" + name).SetPriceAmount(295).SetCurrency(gbp).SetAvailable(10)
	for _, c := range changes {
		c(p, v)
	}
	return v.SetProductID(p.SaveX(s.system).ID).SaveX(s.system)
}

func available(n int) change {
	return func(_ *ent.ProductCreate, v *ent.VariantCreate) { v.SetAvailable(n) }
}

func price(n money.Minor) change {
	return func(_ *ent.ProductCreate, v *ent.VariantCreate) { v.SetPriceAmount(n) }
}

func limit(n int) change {
	return func(_ *ent.ProductCreate, v *ent.VariantCreate) { v.SetPurchaseLimit(n).SetAvailable(1000) }
}

// shopper is somebody with an account and a default address.
func (s shop) shopper() context.Context {
	s.t.Helper()
	ctx := s.newcomer()
	s.address(ctx, "Default Road 1", true)
	return ctx
}

// newcomer is somebody with an account and no address.
func (s shop) newcomer() context.Context {
	s.t.Helper()
	name := s.name()
	u := s.db.Client.User.Create().SetEmail(name + "@customers.example").SetNameKey([]byte(name)).SaveX(s.system)
	return viewer.With(s.t.Context(), viewer.Viewer{Kind: viewer.Shopper, UserID: u.ID})
}

// address is an entry of an account's address book.
func (s shop) address(ctx context.Context, line1 string, byDefault bool) *nodeid.ID {
	s.t.Helper()
	a := s.db.Client.Address.Create().SetUserID(viewer.From(ctx).UserID).SetName("Ann Lee").SetLine1(line1).SetCity("Leeds").
		SetCountry("GB").SetDefaultShipping(byDefault).SaveX(s.system)
	id := a.NodeID()
	return &id
}

// visitor is anybody.
func (s shop) visitor() context.Context { return viewer.With(s.t.Context(), viewer.Viewer{}) }

func of(v *ent.Variant, quantity int) cart.LineInput {
	return cart.LineInput{Variant: v.NodeID(), Quantity: quantity}
}

// fill is a new cart of the viewer's; a visitor becomes a guest by it.
func (s shop) fill(ctx context.Context, lines ...cart.LineInput) nodeid.ID {
	s.t.Helper()
	out, err := s.carts.Create(ctx, cart.CreateInput{Lines: lines})
	if err != nil || len(out.UserErrors) > 0 {
		s.t.Fatalf("fill a cart: %+v, %v", out, err)
	}
	return nodeid.Cart.ID(out.Key)
}

func leeds() *postal.Address {
	return &postal.Address{Name: "Ann Lee", Line1: "Mill Lane 2", City: "Leeds", PostalCode: "LS1 1AA", Country: "GB"}
}

// by is the input of somebody without an account.
func by(email string, id nodeid.ID) checkout.CompleteInput {
	return checkout.CompleteInput{Cart: id, Email: &email, ShippingAddress: leeds(), Payment: payment.MethodMANUAL}
}

// plain is the input of somebody with an account and an address.
func plain(id nodeid.ID) checkout.CompleteInput {
	return checkout.CompleteInput{Cart: id, Payment: payment.MethodMANUAL}
}

// placed asserts that an order was placed, and reads it.
func (s shop) placed(out *database.Outcome, err error) *ent.Order {
	s.t.Helper()
	if err != nil || len(out.UserErrors) > 0 {
		s.t.Fatalf("got %+v, %v", out, err)
	}
	return s.db.Client.Order.GetX(s.system, out.Key)
}

// count is what an order, or the refusal of one, could have changed.
type count struct{ orders, lines, payments, movements int }

func (s shop) count() count {
	c := s.db.Client
	return count{
		c.Order.Query().CountX(s.system), c.OrderLine.Query().CountX(s.system),
		c.Payment.Query().CountX(s.system), c.StockMovement.Query().CountX(s.system),
	}
}

func (s shop) left(v *ent.Variant) int { return s.db.Client.Variant.GetX(s.system, v.ID).Available }

// refused runs a checkout and asserts its user errors, written "CODE at/path", and that nothing was
// changed.
func (s shop) refused(ctx context.Context, in checkout.CompleteInput, want ...string) *database.Outcome {
	s.t.Helper()
	carts := s.db.Client.Cart.Query().Order(entcart.ByID())
	variants := s.db.Client.Variant.Query().Order(variant.ByID())
	before, cartsBefore, variantsBefore := s.count(), carts.Clone().AllX(s.system), variants.Clone().AllX(s.system)
	out, err := s.checkouts.Complete(ctx, in)
	if err != nil {
		s.t.Fatal(err)
	}
	var got []string
	for _, e := range out.UserErrors {
		got = append(got, string(e.Code)+" "+strings.Join(e.Field, "/"))
		if e.Message == "" {
			s.t.Errorf("%s has no message", e.Code)
		}
	}
	if !slices.Equal(got, want) || out.Key != 0 {
		s.t.Errorf("got %q, key %d; want %q", got, out.Key, want)
	}
	if after := s.count(); after != before {
		s.t.Errorf("changed %+v into %+v", before, after)
	}
	for i, c := range carts.AllX(s.system) {
		if c.Status != cartsBefore[i].Status || c.Version != cartsBefore[i].Version {
			s.t.Errorf("the cart became %s", c.Status)
		}
	}
	for i, v := range variants.AllX(s.system) {
		if v.Available != variantsBefore[i].Available {
			s.t.Errorf("of %s %d pieces became %d", v.Sku, variantsBefore[i].Available, v.Available)
		}
	}
	return out
}

// failed asserts a top-level error.
func (s shop) failed(want fault.Code) func(*database.Outcome, error) {
	s.t.Helper()
	return func(out *database.Outcome, err error) {
		s.t.Helper()
		if code, _ := fault.CodeOf(err); code != want || out != nil {
			s.t.Errorf("got %+v, %v; want %s", out, err, want)
		}
	}
}

// cancelled calls an order off, without its stock.
func (s shop) cancelled(o *ent.Order) {
	o.Update().SetStatus(order.StatusCANCELLED).SetCancelledAt(s.db.Now()).ExecX(s.system)
}

func decimal(text string) *money.Decimal {
	d := money.Decimal(text)
	return &d
}

// untilAwaited returns when another transaction waits for this one. On SQLite there is nothing to
// wait for: its one writer begins when this one has ended.
func untilAwaited(ctx context.Context, db *database.DB, tx *ent.Tx) error {
	if !db.Postgres() {
		return nil
	}
	for range 1000 {
		rows, err := tx.QueryContext(ctx, "SELECT 1 FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid")
		if err != nil {
			return err
		}
		awaited := rows.Next()
		if err := rows.Close(); err != nil || awaited {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
	return errors.New("nobody waits for this transaction")
}

// release is what the sweep does.
func (s shop) release() {
	s.t.Helper()
	if err := s.checkouts.ReleaseExpired(s.system); err != nil {
		s.t.Fatal(err)
	}
}
