package cart_test

import (
	"context"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"

	"galley/ent"
	"galley/internal/cart"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/postal"
	"galley/internal/viewer"
)

func york() *postal.Address {
	return &postal.Address{Name: "Ada", Line1: "1 High Street", City: "York", PostalCode: "YO1 7HH", Country: "GB"}
}

func (s shop) row(id nodeid.ID) *ent.Cart { return s.db.Client.Cart.GetX(s.system, id.Key) }

// entry is an address in the book of a viewer's account.
func (s shop) entry(ctx context.Context, line1 string) *nodeid.ID {
	a := s.db.Client.Address.Create().SetUserID(viewer.From(ctx).UserID).SetName("Ada").SetLine1(line1).SetCity("York").SetCountry("GB").SaveX(s.system)
	id := a.NodeID()
	return &id
}

func TestBuyerUpdate(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		ctx := s.guest()
		id := s.open(ctx)
		set := func(text *string) (*database.Outcome, error) {
			return s.carts.BuyerUpdate(ctx, cart.BuyerUpdateInput{Cart: id, Email: text})
		}
		text := " Ann.Lee@Customers.Example "
		s.fine(id)(set(&text))
		if got := s.row(id).Email; got != "ann.lee@customers.example" {
			t.Errorf("mail goes to %q", got)
		}
		for _, bad := range []string{"ann", "ann@", "ann@customers.example\r\nBcc: all@customers.example", strings.Repeat("a", 300) + "@b.example", "'; DROP TABLE carts; --"} {
			s.refused("INVALID email")(set(&bad))
		}
		if got := s.row(id).Email; got != "ann.lee@customers.example" {
			t.Errorf("mail goes to %q", got)
		}
		for _, none := range []*string{nil, new(string)} {
			s.fine(id)(set(&text))
			s.fine(id)(set(none))
			if got := s.row(id).Email; got != "" {
				t.Errorf("mail goes to %q", got)
			}
		}
	})
}

func TestAddressesUpdate(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		update := func(ctx context.Context, in cart.AddressesUpdateInput) (*database.Outcome, error) {
			return s.carts.AddressesUpdate(ctx, in)
		}
		of := func(a *postal.Address) graphql.Omittable[*postal.Address] { return graphql.OmittableOf(a) }
		t.Run("sets what is given, clean, and leaves what is not", func(t *testing.T) {
			s := s.in(t)
			ctx := s.guest()
			id := s.open(ctx)
			typed := york()
			typed.Name, typed.Country = "  Ada\t", "gb"
			s.fine(id)(update(ctx, cart.AddressesUpdateInput{Cart: id, ShippingAddress: of(typed)}))
			bill := york()
			bill.Line1 = "Robert'); DROP TABLE carts;-- <script>é𝄞"
			s.fine(id)(update(ctx, cart.AddressesUpdateInput{Cart: id, BillingAddress: of(bill)}))
			if d := cmp.Diff([]*postal.Address{york(), bill}, []*postal.Address{s.row(id).ShippingAddress, s.row(id).BillingAddress}); d != "" {
				t.Error(d)
			}
			s.fine(id)(update(ctx, cart.AddressesUpdateInput{Cart: id, BillingAddress: of(nil)}))
			if c := s.row(id); c.BillingAddress != nil || c.ShippingAddress == nil {
				t.Errorf("got %+v", c)
			}
			s.fine(id)(update(ctx, cart.AddressesUpdateInput{Cart: id, ShippingAddress: of(nil)}))
			if c := s.row(id); c.ShippingAddress != nil {
				t.Errorf("got %+v", c)
			}
		})
		t.Run("takes entries of one's own address book, and of nobody else's", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			id, own, another, others := s.open(ctx), s.entry(ctx, "1 Own Street"), s.entry(ctx, "2 Own Street"), s.entry(s.shopper(), "3 Their Street")
			s.fine(id)(update(ctx, cart.AddressesUpdateInput{Cart: id, ShippingAddressID: own, BillingAddressID: another}))
			if c := s.row(id); c.ShippingAddress.Line1 != "1 Own Street" || c.BillingAddress.Line1 != "2 Own Street" {
				t.Errorf("got %+v", c)
			}
			missing, wrong := nodeid.Address.ID(1), nodeid.Cart.ID(own.Key)
			staff := viewer.From(ctx)
			staff.Kind, staff.Permissions = viewer.Staff, viewer.Permissions() // they read everybody's
			for _, v := range []viewer.Viewer{viewer.From(ctx), staff} {
				for _, bad := range []*nodeid.ID{others, &missing, &wrong, {}} {
					s.refused("ADDRESS_NOT_FOUND shippingAddressId", "ADDRESS_NOT_FOUND billingAddressId")(
						update(viewer.With(t.Context(), v), cart.AddressesUpdateInput{Cart: id, ShippingAddressID: bad, BillingAddressID: bad}))
				}
			}
			guest := s.guest()
			s.refused("ADDRESS_NOT_FOUND shippingAddressId")(update(guest, cart.AddressesUpdateInput{Cart: s.open(guest), ShippingAddressID: own}))
		})
		t.Run("tells everything that is wrong at once, and changes nothing", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			id, own := s.open(ctx), s.entry(ctx, "1 Own Street")
			bad := &postal.Address{Line1: strings.Repeat("x", 201), City: "A\nB", Country: "UK", Phone: "\x00"}
			s.refused("INVALID shippingAddress/name", "INVALID shippingAddress/line1", "INVALID shippingAddress/city", "INVALID shippingAddress/country",
				"INVALID shippingAddress/phone", "INVALID billingAddressId")(
				update(ctx, cart.AddressesUpdateInput{Cart: id, ShippingAddress: of(bad), BillingAddress: of(york()), BillingAddressID: own}))
			if c := s.row(id); c.ShippingAddress != nil || c.BillingAddress != nil || c.Version != 1 {
				t.Errorf("got %+v", c)
			}
		})
		t.Run("is not for the carts of others", func(t *testing.T) {
			s := s.in(t)
			id := s.open(s.shopper())
			for _, ctx := range []context.Context{s.shopper(), s.guest(), t.Context()} {
				s.failed(fault.NotFound)(update(ctx, cart.AddressesUpdateInput{Cart: id, ShippingAddress: of(york())}))
				s.failed(fault.NotFound)(s.carts.BuyerUpdate(ctx, cart.BuyerUpdateInput{Cart: id}))
			}
		})
	})
}
