package cart_test

import (
	"context"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"galley/ent"
	"galley/ent/deliverymethod"
	"galley/ent/deliveryquote"
	"galley/internal/cart"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/nodeid"
	"galley/internal/postal"
	"galley/internal/pricing"
	"galley/internal/viewer"
)

// method delivers: at one price below 20.00, at another from there on.
func (s shop) method(zone int64, below, above money.Minor) *ent.DeliveryMethod {
	s.t.Helper()
	return s.db.Client.DeliveryMethod.Create().SetZoneID(zone).SetName("Method " + s.name()).SetBasis(deliverymethod.BasisVALUE).
		SetTiers([]pricing.Tier{{From: 0, Price: &below}, {From: 2000, Price: &above}}).SetCurrency(gbp).SaveX(s.system)
}

func (s shop) zone(countries ...string) int64 {
	return s.db.Client.DeliveryZone.Create().SetName("Zone").SetCountries(countries).SaveX(s.system).ID
}

// ship says where a cart goes, and returns the options that it is offered.
func (s shop) ship(ctx context.Context, id nodeid.ID, country string) []*ent.DeliveryQuote {
	s.t.Helper()
	to := york()
	to.Country = country
	s.fine(id)(s.carts.AddressesUpdate(ctx, cart.AddressesUpdateInput{Cart: id, ShippingAddress: graphql.OmittableOf(to)}))
	return s.db.Client.DeliveryQuote.Query().Where(deliveryquote.CartID(id.Key)).Order(deliveryquote.ByPosition()).AllX(s.system)
}

func (s shop) choose(ctx context.Context, id nodeid.ID, option *ent.DeliveryQuote) (*database.Outcome, error) {
	return s.carts.DeliveryOptionSelect(ctx, cart.DeliveryOptionSelectInput{Cart: id, Option: nodeid.DeliveryQuote.ID(option.ID)})
}

func TestDeliveryOptions(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
			s := open(t, databasetest.Open(t, engine, func() time.Time { return at }))
			british, german := s.zone("GB"), s.zone("DE")
			post := s.method(british, 395, 295)
			s.method(british, 695, 695)
			s.method(german, 1295, 1295)
			v := s.variant(available(1000))
			t.Run("are offered once there is an address, and one of them is chosen", func(t *testing.T) {
				s := s.in(t)
				ctx := s.guest()
				id := s.open(ctx, of(v, 1))
				options := s.ship(ctx, id, "GB")
				if len(options) != 2 || options[0].PriceAmount != 395 || options[1].PriceAmount != 695 {
					t.Fatalf("offered %v", options)
				}
				s.fine(id)(s.choose(ctx, id, options[1]))
				s.fine(id)(s.choose(ctx, id, options[0]))
				if c := s.row(id); c.DeliveryQuoteID == nil || *c.DeliveryQuoteID != options[0].ID {
					t.Errorf("got %+v", c)
				}
				// Elsewhere it is delivered otherwise, and what was chosen is none of these options.
				if options := s.ship(ctx, id, "DE"); len(options) != 1 || options[0].PriceAmount != 1295 || s.row(id).DeliveryQuoteID != nil {
					t.Errorf("offered %v, chosen %v", options, s.row(id).DeliveryQuoteID)
				}
				if options := s.ship(ctx, id, "FR"); len(options) != 0 {
					t.Errorf("offered %v", options)
				}
			})
			t.Run("go with the address", func(t *testing.T) {
				s := s.in(t)
				ctx := s.guest()
				id := s.open(ctx, of(v, 1))
				s.fine(id)(s.choose(ctx, id, s.ship(ctx, id, "GB")[0]))
				s.fine(id)(s.carts.AddressesUpdate(ctx, cart.AddressesUpdateInput{Cart: id, ShippingAddress: graphql.OmittableOf[*postal.Address](nil)}))
				if s.row(id).DeliveryQuoteID != nil {
					t.Error("still chosen")
				}
			})
			t.Run("of one cart are none of another's of the same shopper", func(t *testing.T) {
				s := s.in(t)
				ctx := s.shopper()
				id, other := s.open(ctx, of(v, 1)), s.open(ctx, of(v, 1))
				s.ship(ctx, id, "GB")
				s.refused("DELIVERY_OPTION_UNKNOWN option")(s.choose(ctx, id, s.ship(ctx, other, "GB")[0]))
			})
			t.Run("that are another's, unknown, expired or stale are refused", func(t *testing.T) {
				s := s.in(t)
				ctx, stranger := s.guest(), s.guest()
				id, others := s.open(ctx, of(v, 1)), s.open(stranger, of(v, 1))
				theirs := s.ship(stranger, others, "GB")[0]
				options := s.ship(ctx, id, "GB")
				s.refused("DELIVERY_OPTION_UNKNOWN option")(s.choose(ctx, id, theirs))
				s.refused("DELIVERY_OPTION_UNKNOWN option")(s.choose(ctx, id, &ent.DeliveryQuote{ID: 1}))
				s.refused("DELIVERY_OPTION_UNKNOWN option")(s.carts.DeliveryOptionSelect(ctx, cart.DeliveryOptionSelectInput{Cart: id, Option: nodeid.Cart.ID(options[0].ID)}))
				s.failed(fault.NotFound)(s.choose(ctx, others, theirs))
				staff := viewer.With(t.Context(), viewer.Viewer{Kind: viewer.Staff, UserID: 1, Permissions: viewer.Permissions()})
				s.failed(fault.NotFound)(s.choose(staff, id, options[0]))

				s.fine(id)(s.add(ctx, id, of(v, 6))) // 20.65 by now
				s.refused("DELIVERY_OPTION_STALE option")(s.choose(ctx, id, options[0]))
				s.fine(id)(s.choose(ctx, id, options[1]))
				options = s.ship(ctx, id, "GB")
				s.fine(id)(s.choose(ctx, id, options[0]))
				to := york()
				to.Country = "DE"
				s.db.Client.Cart.UpdateOneID(id.Key).SetShippingAddress(to).ExecX(s.system)
				s.refused("DELIVERY_OPTION_STALE option")(s.choose(ctx, id, options[1]))
				s.db.Client.Cart.UpdateOneID(id.Key).SetShippingAddress(york()).ExecX(s.system)
				post.Update().SetActive(false).ExecX(s.system)
				s.refused("DELIVERY_OPTION_STALE option")(s.choose(ctx, id, options[0]))
				post.Update().SetActive(true).ExecX(s.system)

				at = at.Add(30*time.Minute - time.Microsecond)
				s.fine(id)(s.choose(ctx, id, options[0]))
				at = at.Add(time.Microsecond)
				s.refused("DELIVERY_OPTION_EXPIRED option")(s.choose(ctx, id, options[1]))
				if c := s.row(id); *c.DeliveryQuoteID != options[0].ID {
					t.Errorf("chosen %v", c.DeliveryQuoteID)
				}
			})
		})
	}
}
