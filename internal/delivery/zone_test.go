package delivery_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/cart"
	"galley/ent/deliverymethod"
	"galley/ent/deliveryquote"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	. "galley/internal/delivery"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/nodeid"
	"galley/internal/postal"
	"galley/internal/viewer"
)

func staff(ctx context.Context, permissions ...viewer.Permission) context.Context {
	return viewer.With(ctx, viewer.Viewer{Kind: viewer.Staff, UserID: 77, Permissions: permissions})
}

func of[T any](v T) *T { return &v }

func wrong(out *database.Outcome) (all []string) {
	for _, e := range out.UserErrors {
		all = append(all, string(e.Code)+" "+strings.Join(e.Field, "."))
	}
	return all
}

func byWeight() MethodCreateInput {
	return MethodCreateInput{
		Name: "Post", Basis: deliverymethod.BasisWEIGHT, TaxCategory: "standard", Active: true,
		Tiers: []TierInput{{FromWeight: of(0), Price: of(money.Decimal("3.95"))}, {FromWeight: of(2000), Price: of(money.Decimal("5.95"))}, {FromWeight: of(20_000)}},
	}
}

func TestZonesAndMethods(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, editor := New(db, "GBP"), staff(t.Context(), viewer.PricingRead, viewer.PricingWrite)
		system := databasetest.System(t.Context())
		made := func(out *database.Outcome, err error) int64 {
			t.Helper()
			if err != nil || len(out.UserErrors) > 0 {
				t.Fatal(out, err)
			}
			return out.Key
		}
		zone := nodeid.DeliveryZone.ID(made(w.ZoneCreate(editor, ZoneCreateInput{Name: " British Isles ", Countries: []string{" ie", "GB", "GB"}})))
		t.Run("a zone keeps each country once", func(t *testing.T) {
			z := db.Client.DeliveryZone.GetX(system, zone.Key)
			if z.Name != "British Isles" || !slices.Equal(z.Countries, []string{"GB", "IE"}) {
				t.Errorf("got %v", z)
			}
		})
		t.Run("what is wrong with a zone is told", func(t *testing.T) {
			out, err := w.ZoneCreate(editor, ZoneCreateInput{Name: "", Countries: []string{"GB", "UK", ""}})
			if err != nil || !slices.Equal(wrong(out), []string{"INVALID countries.1", "INVALID countries.2", "INVALID name"}) {
				t.Errorf("got %v, %v", out, err)
			}
			out, err = w.ZoneUpdate(editor, ZoneUpdateInput{ID: zone, Name: of(strings.Repeat("a", 101)), Countries: []string{"XX"}})
			if err != nil || !slices.Equal(wrong(out), []string{"INVALID name", "INVALID countries.0"}) {
				t.Errorf("got %v, %v", out, err)
			}
		})
		t.Run("a zone changes in the version that was read", func(t *testing.T) {
			made(w.ZoneUpdate(editor, ZoneUpdateInput{ID: zone, ExpectedVersion: of(1), Countries: []string{}}))
			made(w.ZoneUpdate(editor, ZoneUpdateInput{ID: zone, Countries: []string{}}))
			if z := db.Client.DeliveryZone.GetX(system, zone.Key); z.Version != 2 || len(z.Countries) != 0 || z.Name != "British Isles" {
				t.Errorf("got %v", z)
			}
			_, err := w.ZoneUpdate(editor, ZoneUpdateInput{ID: zone, ExpectedVersion: of(1), Name: of("Other")})
			if code, _ := fault.CodeOf(err); code != fault.Conflict {
				t.Errorf("got %v", err)
			}
		})
		t.Run("a method keeps its table, and shows it", func(t *testing.T) {
			in := byWeight()
			in.Zone = zone
			m := db.Client.DeliveryMethod.GetX(system, made(w.MethodCreate(editor, in)))
			shown := Table(m)
			if price, ok := Price(m, 2000); !ok || price != 595 || len(shown) != 3 || *shown[1].FromWeight != 2000 || shown[1].Price.Amount != 595 || shown[2].Price != nil || shown[0].FromValue != nil {
				t.Errorf("got %v, shown %v", m, shown)
			}
			made(w.MethodUpdate(editor, MethodUpdateInput{ID: m.NodeID(), ExpectedVersion: of(1), Basis: of(deliverymethod.BasisVALUE), Active: of(false), Position: of(3),
				Tiers: []TierInput{{FromValue: of(money.Decimal("0"))}, {FromValue: of(money.Decimal("50.00")), Price: of(money.Decimal("0"))}}}))
			m = db.Client.DeliveryMethod.GetX(system, m.ID)
			shown = Table(m)
			if _, ok := Price(m, 4999); ok || m.Active || m.Position != 3 || m.Name != "Post" || shown[1].FromValue.Amount != 5000 || shown[1].FromWeight != nil || m.Version != 2 {
				t.Errorf("got %v, shown %v", m, shown)
			}
			out, err := w.MethodUpdate(editor, MethodUpdateInput{ID: m.NodeID(), Basis: of(deliverymethod.BasisWEIGHT)})
			if err != nil || !slices.Equal(wrong(out), []string{"INVALID tiers"}) {
				t.Errorf("another basis alone: %v, %v", out, err)
			}
			_, err = w.MethodUpdate(editor, MethodUpdateInput{ID: m.NodeID(), ExpectedVersion: of(1)})
			if code, _ := fault.CodeOf(err); code != fault.Conflict {
				t.Errorf("got %v", err)
			}
		})
		for _, c := range []struct {
			name string
			edit func(*MethodCreateInput)
			want []string
		}{
			{"a name is needed", func(in *MethodCreateInput) { in.Name = "" }, []string{"INVALID name"}},
			{"a description is bounded", func(in *MethodCreateInput) { in.Description = strings.Repeat("a", 501) }, []string{"INVALID description"}},
			{"a tax category is a name", func(in *MethodCreateInput) { in.TaxCategory = "" }, []string{"INVALID taxCategory"}},
			{"a table has steps", func(in *MethodCreateInput) { in.Tiers = nil }, []string{"INVALID tiers"}},
			{"a table is bounded", func(in *MethodCreateInput) { in.Tiers = make([]TierInput, 51) }, []string{"INVALID tiers"}},
			{"the first step begins at 0", func(in *MethodCreateInput) { in.Tiers[0].FromWeight = of(1) }, []string{"INVALID tiers.0.fromWeight"}},
			{"steps ascend", func(in *MethodCreateInput) { in.Tiers[2].FromWeight = of(2000) }, []string{"INVALID tiers.2.fromWeight"}},
			{"a step begins somewhere", func(in *MethodCreateInput) { in.Tiers[1].FromWeight = nil }, []string{"INVALID tiers.1.fromWeight"}},
			{"a step begins at most there", func(in *MethodCreateInput) { in.Tiers[2].FromWeight = of(MaxFrom + 1) }, []string{"INVALID tiers.2.fromWeight"}},
			{"a step goes by the table's basis", func(in *MethodCreateInput) { in.Tiers[1].FromValue = of(money.Decimal("1")) }, []string{"INVALID tiers.1.fromWeight"}},
			{"a price is an amount", func(in *MethodCreateInput) { in.Tiers[1].Price = of(money.Decimal("-1")) }, []string{"INVALID tiers.1.price"}},
		} {
			t.Run(c.name, func(t *testing.T) {
				in := byWeight()
				in.Zone = zone
				c.edit(&in)
				if out, err := w.MethodCreate(editor, in); err != nil || !slices.Equal(wrong(out), c.want) {
					t.Errorf("got %v, %v, want %v", out, err, c.want)
				}
			})
		}
		t.Run("zones and methods are bounded", func(t *testing.T) {
			full := newDepot(t, db).zone("FR")
			for range MaxMethods {
				newDepot(t, db).method(full, "Post", deliverymethod.BasisWEIGHT, 0, 1)
			}
			in := byWeight()
			in.Zone = nodeid.DeliveryZone.ID(full)
			if out, err := w.MethodCreate(editor, in); err != nil || !slices.Equal(wrong(out), []string{"TOO_MANY zone"}) {
				t.Errorf("got %v, %v", out, err)
			}
			for range MaxZones - db.Client.DeliveryZone.Query().CountX(system) {
				newDepot(t, db).zone("FR")
			}
			if out, err := w.ZoneCreate(editor, ZoneCreateInput{Name: "One more"}); err != nil || !slices.Equal(wrong(out), []string{"TOO_MANY "}) {
				t.Errorf("got %v, %v", out, err)
			}
		})
		t.Run("of 16 who change the version that all of them read, one does", func(t *testing.T) {
			d := newDepot(t, db)
			z := d.zone("FR")
			m := d.method(z, "Post", deliverymethod.BasisWEIGHT, 0, 1)
			for name, change := range map[string]func(int) (*database.Outcome, error){
				"zone": func(i int) (*database.Outcome, error) {
					return w.ZoneUpdate(editor, ZoneUpdateInput{ID: nodeid.DeliveryZone.ID(z), ExpectedVersion: of(1), Name: of(fmt.Sprint("Zone ", i))})
				},
				"method": func(i int) (*database.Outcome, error) {
					return w.MethodUpdate(editor, MethodUpdateInput{ID: m.NodeID(), ExpectedVersion: of(1), Position: of(i + 1)})
				},
			} {
				var wg sync.WaitGroup
				var done atomic.Int64
				for i := range 16 {
					wg.Go(func() {
						_, err := change(i)
						if code, _ := fault.CodeOf(err); err == nil {
							done.Add(1)
						} else if code != fault.Conflict {
							t.Error(err)
						}
					})
				}
				wg.Wait()
				if done.Load() != 1 {
					t.Errorf("%s: %d did", name, done.Load())
				}
			}
		})
		t.Run("a zone goes with its methods", func(t *testing.T) {
			made(w.ZoneDelete(editor, ZoneDeleteInput{ID: zone}))
			if n := db.Client.DeliveryMethod.Query().Where(deliverymethod.ZoneID(zone.Key)).CountX(system); n != 0 {
				t.Errorf("%d methods are left", n)
			}
		})
		t.Run("what is not there is not found", func(t *testing.T) {
			in := byWeight()
			in.Zone = zone
			for name, call := range map[string]func() (*database.Outcome, error){
				"ZoneUpdate":   func() (*database.Outcome, error) { return w.ZoneUpdate(editor, ZoneUpdateInput{ID: zone}) },
				"ZoneDelete":   func() (*database.Outcome, error) { return w.ZoneDelete(editor, ZoneDeleteInput{ID: zone}) },
				"MethodCreate": func() (*database.Outcome, error) { return w.MethodCreate(editor, in) },
				"MethodUpdate": func() (*database.Outcome, error) { return w.MethodUpdate(editor, MethodUpdateInput{ID: zone}) },
			} {
				_, err := call()
				if code, _ := fault.CodeOf(err); code != fault.NotFound {
					t.Errorf("%s: got %v", name, err)
				}
			}
		})
		t.Run("only those who may write prices do", func(t *testing.T) {
			for code, ctx := range map[fault.Code]context.Context{
				fault.Forbidden:       staff(t.Context(), viewer.PricingRead, viewer.CatalogWrite),
				fault.Unauthenticated: viewer.With(t.Context(), viewer.Viewer{}),
			} {
				_, err := w.ZoneCreate(ctx, ZoneCreateInput{Name: "Zone"})
				if got, _ := fault.CodeOf(err); got != code {
					t.Errorf("got %v", err)
				}
			}
		})
	})
}

func TestOptionsQuote(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, d := New(db, "GBP"), newDepot(t, db)
		d.method(d.zone("GB"), "Post", deliverymethod.BasisWEIGHT, 0, 395)
		guest := viewer.With(t.Context(), viewer.Viewer{Kind: viewer.Guest, CartToken: []byte("guest")})
		open := func(set func(*ent.CartUpdateOne)) *ent.Cart {
			update := db.Client.Cart.UpdateOne(d.cart()).SetShippingAddress(&postal.Address{Name: "Ada", Line1: "1 Way", City: "York", Country: "GB"})
			set(update)
			return update.SaveX(d.system)
		}
		offered := func(c *ent.Cart) int {
			return db.Client.DeliveryQuote.Query().Where(deliveryquote.CartID(c.ID)).CountX(d.system)
		}
		t.Run("a cart is offered what its address can have", func(t *testing.T) {
			c := open(func(*ent.CartUpdateOne) {})
			if out, err := w.OptionsQuote(guest, OptionsQuoteInput{Cart: c.NodeID()}); err != nil || out.Key != c.ID || offered(c) != 1 {
				t.Errorf("got %v, %v", out, err)
			}
		})
		t.Run("a cart without an address is told so", func(t *testing.T) {
			c := open(func(u *ent.CartUpdateOne) { u.ClearShippingAddress() })
			if out, err := w.OptionsQuote(guest, OptionsQuoteInput{Cart: c.NodeID()}); err != nil || !slices.Equal(wrong(out), []string{"ADDRESS_MISSING cart"}) {
				t.Errorf("got %v, %v", out, err)
			}
		})
		t.Run("a cart that was ordered stays as it is", func(t *testing.T) {
			c := open(func(u *ent.CartUpdateOne) { u.SetStatus(cart.StatusORDERED) })
			if out, err := w.OptionsQuote(guest, OptionsQuoteInput{Cart: c.NodeID()}); err != nil || !slices.Equal(wrong(out), []string{"CART_ORDERED cart"}) {
				t.Errorf("got %v, %v", out, err)
			}
		})
		t.Run("a checkout under way keeps its price", func(t *testing.T) {
			c := open(func(u *ent.CartUpdateOne) { u.SetReservedUntil(db.Now().Add(time.Hour)) })
			if out, err := w.OptionsQuote(guest, OptionsQuoteInput{Cart: c.NodeID()}); err != nil || out.Key != c.ID || offered(c) != 0 {
				t.Errorf("got %v, %v", out, err)
			}
		})
		t.Run("other people's carts are not there", func(t *testing.T) {
			c := open(func(*ent.CartUpdateOne) {})
			for _, ctx := range []context.Context{
				viewer.With(t.Context(), viewer.Viewer{}), staff(t.Context(), viewer.Permissions()...),
				viewer.With(t.Context(), viewer.Viewer{Kind: viewer.Guest, CartToken: []byte("other")}),
			} {
				_, err := w.OptionsQuote(ctx, OptionsQuoteInput{Cart: c.NodeID()})
				if code, _ := fault.CodeOf(err); code != fault.NotFound || offered(c) != 0 {
					t.Errorf("got %v", err)
				}
			}
		})
	})
}
