package cart_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"galley/ent"
	"galley/ent/cartline"
	"galley/ent/order"
	"galley/ent/product"
	"galley/internal/cart"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/live"
	"galley/internal/money"
	"galley/internal/nodeid"
	"galley/internal/secret"
	"galley/internal/token"
	"galley/internal/viewer"
)

const gbp money.Currency = "GBP"

// shop is a database with something to put into carts.
type shop struct {
	t      *testing.T
	db     *database.DB
	carts  *cart.Workflow
	system context.Context
	n      *atomic.Int64 // makes names
}

func open(t *testing.T, db *database.DB) shop {
	t.Helper()
	return shop{t, db, cart.New(cart.Options{Database: db, Currency: gbp, Secrets: secret.Development(), Live: new(live.Broker)}), databasetest.System(t.Context()), new(atomic.Int64)}
}

// in is the shop for a subtest.
func (s shop) in(t *testing.T) shop {
	s.t, s.system = t, databasetest.System(t.Context())
	return s
}

func (s shop) name() string { return strconv.FormatInt(s.n.Add(1), 10) }

// variant is on sale, with 10 pieces at 2.95, unless told.
func (s shop) variant(change ...func(*ent.ProductCreate, *ent.VariantCreate)) *ent.Variant {
	s.t.Helper()
	name := s.name()
	p := s.db.Client.Product.Create().SetTitle("Mug " + name).SetSlug("mug-" + name).SetTitleKey([]byte(name)).
		SetStatus(product.StatusPUBLISHED).SetCurrency(gbp)
	v := s.db.Client.Variant.Create().SetSku("SKU" + name).SetPriceAmount(295).SetCurrency(gbp).SetAvailable(10)
	for _, c := range change {
		c(p, v)
	}
	return v.SetProductID(p.SaveX(s.system).ID).SaveX(s.system)
}

func available(n int) func(*ent.ProductCreate, *ent.VariantCreate) {
	return func(_ *ent.ProductCreate, v *ent.VariantCreate) { v.SetAvailable(n) }
}

func limit(n int) func(*ent.ProductCreate, *ent.VariantCreate) {
	return func(_ *ent.ProductCreate, v *ent.VariantCreate) { v.SetPurchaseLimit(n).SetAvailable(1000) }
}

// shopper is somebody with an account.
func (s shop) shopper() context.Context {
	s.t.Helper()
	name := s.name()
	u := s.db.Client.User.Create().SetEmail(name + "@customers.example").SetNameKey([]byte(name)).SaveX(s.system)
	return viewer.With(s.t.Context(), viewer.Viewer{Kind: viewer.Shopper, UserID: u.ID})
}

// guest is somebody with a token that no cart has yet.
func (s shop) guest() context.Context {
	return viewer.With(s.t.Context(), viewer.Viewer{Kind: viewer.Guest, CartToken: token.Hash(s.name())})
}

// visitor is anybody.
func (s shop) visitor() context.Context { return viewer.With(s.t.Context(), viewer.Viewer{}) }

// open is a new cart of the viewer's.
func (s shop) open(ctx context.Context, lines ...cart.LineInput) nodeid.ID {
	s.t.Helper()
	out, err := s.carts.Create(ctx, cart.CreateInput{Lines: lines})
	if err != nil || len(out.UserErrors) > 0 {
		s.t.Fatalf("open a cart: %+v, %v", out, err)
	}
	return nodeid.Cart.ID(out.Key)
}

func of(v *ent.Variant, quantity int) cart.LineInput {
	return cart.LineInput{Variant: v.NodeID(), Quantity: quantity}
}

// content is what is in a cart, by variant, in the order in which it came.
func (s shop) content(id nodeid.ID) string {
	var content []string
	for _, l := range s.lines(id) {
		v := s.db.Client.Variant.GetX(s.system, l.VariantID)
		content = append(content, fmt.Sprintf("%d×%s", l.Quantity, v.Sku))
	}
	return strings.Join(content, " ")
}

func (s shop) lines(id nodeid.ID) []*ent.CartLine {
	return s.db.Client.CartLine.Query().Where(cartline.CartID(id.Key)).Order(cartline.ByID()).AllX(s.system)
}

func (s shop) holds(id nodeid.ID, want string) {
	s.t.Helper()
	if got := s.content(id); got != want {
		s.t.Errorf("the cart holds %q instead of %q", got, want)
	}
}

func (s shop) add(ctx context.Context, id nodeid.ID, lines ...cart.LineInput) (*database.Outcome, error) {
	return s.carts.LinesAdd(ctx, cart.LinesAddInput{Cart: id, Lines: lines})
}

func (s shop) update(ctx context.Context, id nodeid.ID, lines ...cart.LineUpdateInput) (*database.Outcome, error) {
	return s.carts.LinesUpdate(ctx, cart.LinesUpdateInput{Cart: id, Lines: lines})
}

func (s shop) remove(ctx context.Context, id nodeid.ID, lines ...nodeid.ID) (*database.Outcome, error) {
	return s.carts.LinesRemove(ctx, cart.LinesRemoveInput{Cart: id, Lines: lines})
}

// bought is an order of the viewer's account.
func (s shop) bought(ctx context.Context, v *ent.Variant, quantity int, status order.Status) {
	s.t.Helper()
	o := s.db.Client.Order.Create().SetNumber(s.name()).SetEmail("a@b.example").SetUserID(viewer.From(ctx).UserID).
		SetStatus(status).SetSubtotalAmount(0).SetTotalAmount(0).SetCurrency(gbp).SetPlacedAt(s.db.Now())
	if status == order.StatusCANCELLED {
		o.SetCancelledAt(s.db.Now())
	}
	s.db.Client.OrderLine.Create().SetOrderID(o.SaveX(s.system).ID).SetVariantID(v.ID).SetPosition(0).SetTitle("Mug").
		SetSku(v.Sku).SetQuantity(quantity).SetUnitPriceAmount(0).SetTotalAmount(0).SetCurrency(gbp).SaveX(s.system)
}

// fine asserts that a mutation did what it was asked for.
func (s shop) fine(id nodeid.ID) func(*database.Outcome, error) {
	s.t.Helper()
	return func(out *database.Outcome, err error) {
		s.t.Helper()
		if err != nil || len(out.UserErrors) > 0 || out.Key != id.Key {
			s.t.Fatalf("got %+v, %v", out, err)
		}
	}
}

// refused asserts user errors, written "CODE at/path".
func (s shop) refused(want ...string) func(*database.Outcome, error) {
	s.t.Helper()
	return func(out *database.Outcome, err error) {
		s.t.Helper()
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
	}
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
