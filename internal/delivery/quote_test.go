package delivery_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/deliverymethod"
	"galley/ent/deliveryquote"
	"galley/ent/product"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	. "galley/internal/delivery"
	"galley/internal/money"
	"galley/internal/pricing"
)

// table is a table of prices: pairs of where a step begins and what it costs; -1 ends it.
func table(pairs ...int64) (tiers []pricing.Tier) {
	for pair := range slices.Chunk(pairs, 2) {
		tier := pricing.Tier{From: pair[0]}
		if price := money.Minor(pair[1]); price >= 0 {
			tier.Price = &price
		}
		tiers = append(tiers, tier)
	}
	return tiers
}

func TestPrice(t *testing.T) {
	t.Parallel()
	prices := table(0, 395, 2000, 595, 20_000, -1)
	for measure, want := range map[int64]money.Minor{0: 395, 1: 395, 1999: 395, 2000: 595, 19_999: 595, 20_000: -1, 1 << 60: -1} {
		got, ok := Price(&ent.DeliveryMethod{Tiers: prices}, measure)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%d costs %d, want %d", measure, got, want)
		}
	}
	if _, ok := Price(&ent.DeliveryMethod{}, 0); ok {
		t.Error("a table without steps has a price")
	}
}

// depot is a shop that delivers.
type depot struct {
	t      *testing.T
	db     *database.DB
	system context.Context
}

func newDepot(t *testing.T, db *database.DB) depot {
	t.Helper()
	return depot{t: t, db: db, system: databasetest.System(t.Context())}
}

func (d depot) zone(countries ...string) int64 {
	d.t.Helper()
	return d.db.Client.DeliveryZone.Create().SetName("Zone").SetCountries(append([]string{}, countries...)).SaveX(d.system).ID
}

func (d depot) method(zone int64, name string, basis deliverymethod.Basis, pairs ...int64) *ent.DeliveryMethod {
	d.t.Helper()
	return d.db.Client.DeliveryMethod.Create().SetZoneID(zone).SetName(name).SetBasis(basis).SetTiers(table(pairs...)).
		SetCurrency("GBP").SaveX(d.system)
}

func (d depot) cart() *ent.Cart {
	d.t.Helper()
	return d.db.Client.Cart.Create().SetTokenHash([]byte("guest")).SetCurrency("GBP").SaveX(d.system)
}

// quote asks for options, and writes them as name=price.
func (d depot) quote(c *ent.Cart, country string, grams int64, value money.Minor) (options []string) {
	d.t.Helper()
	err := d.db.InTx(d.t.Context(), func(ctx context.Context, tx *ent.Tx) error {
		quotes, err := Quote(ctx, tx, d.db, c, country, grams, value)
		options = nil
		for _, q := range quotes {
			options = append(options, fmt.Sprintf("%s=%d", q.Name, q.PriceAmount))
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return options
}

// choose has a cart choose an option by name.
func (d depot) choose(c *ent.Cart, name string) *ent.Cart {
	d.t.Helper()
	q := d.db.Client.DeliveryQuote.Query().Where(deliveryquote.CartID(c.ID), deliveryquote.Name(name)).OnlyX(d.system)
	return d.db.Client.Cart.UpdateOne(c).SetDeliveryQuoteID(q.ID).SaveX(d.system)
}

// chosen is the option that a cart has chosen by now, as name=price.
func (d depot) chosen(c *ent.Cart) string {
	d.t.Helper()
	stored := d.db.Client.Cart.GetX(d.system, c.ID).DeliveryQuoteID
	if (stored == nil) != (c.DeliveryQuoteID == nil) || stored != nil && *stored != *c.DeliveryQuoteID {
		d.t.Error("the row and the cart in hand differ")
	}
	if stored == nil {
		return ""
	}
	q := d.db.Client.DeliveryQuote.GetX(d.system, *stored)
	return fmt.Sprintf("%s=%d", q.Name, q.PriceAmount)
}

func TestQuote(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		d := newDepot(t, db)
		if got := d.quote(d.cart(), "GB", 100, 100); got != nil {
			t.Errorf("a shop that delivers nowhere offers %v", got)
		}
		home, both, rest := d.zone("GB"), d.zone("GB", "IE"), d.zone()
		d.method(home, "Post", deliverymethod.BasisWEIGHT, 0, 395, 2000, 595, 20_000, -1)
		d.method(both, "Courier", deliverymethod.BasisVALUE, 0, 900, 5000, 500)
		d.method(rest, "Freight", deliverymethod.BasisWEIGHT, 0, 2500)
		off := d.method(home, "Pigeon", deliverymethod.BasisWEIGHT, 0, 1)
		db.Client.DeliveryMethod.UpdateOne(off).SetActive(false).ExecX(d.system)
		first := d.method(home, "Bike", deliverymethod.BasisWEIGHT, 0, 600)
		db.Client.DeliveryMethod.UpdateOne(first).SetPosition(-1).ExecX(d.system)
		db.Client.DeliveryMethod.Create().SetZoneID(home).SetName("Dollars").SetBasis(deliverymethod.BasisWEIGHT).
			SetTiers(table(0, 1)).SetCurrency("USD").ExecX(d.system) // is never offered

		for _, c := range []struct {
			name, country string
			grams         int64
			value         money.Minor
			want          []string
		}{
			{"all zones of a country, in the order of their methods", "GB", 100, 100, []string{"Bike=600", "Post=395", "Courier=900"}},
			{"a method goes by weight or by value", "GB", 2000, 5000, []string{"Bike=600", "Post=595", "Courier=500"}},
			{"what is too heavy for one goes by another", "GB", 20_000, 1, []string{"Bike=600", "Courier=900"}},
			{"a country of another zone", "IE", 100, 100, []string{"Courier=900"}},
			{"a country that no zone names", "NZ", 100, 100, []string{"Freight=2500"}},
		} {
			t.Run(c.name, func(t *testing.T) {
				if got := d.quote(d.cart(), c.country, c.grams, c.value); !slices.Equal(got, c.want) {
					t.Errorf("got %v, want %v", got, c.want)
				}
			})
		}

		t.Run("an option is told as it stands, and until when", func(t *testing.T) {
			c := d.cart()
			before := db.Now()
			d.quote(c, "NZ", 70, 100)
			q := db.Client.DeliveryQuote.Query().Where(deliveryquote.CartID(c.ID)).OnlyX(d.system)
			if q.Country != "NZ" || q.Measure != 70 || q.TaxCategory != "standard" || q.ExpiresAt.Before(before.Add(Valid)) {
				t.Errorf("got %v", q)
			}
		})
		t.Run("new options take the place of the former ones, and never their ids", func(t *testing.T) {
			c := d.cart()
			d.quote(c, "GB", 100, 100)
			before := db.Client.DeliveryQuote.Query().Where(deliveryquote.CartID(c.ID)).IDsX(d.system)
			d.quote(c, "GB", 100, 100)
			after := db.Client.DeliveryQuote.Query().Where(deliveryquote.CartID(c.ID)).IDsX(d.system)
			if len(after) != 3 || slices.ContainsFunc(after, func(key int64) bool { return slices.Contains(before, key) }) {
				t.Errorf("before %v, after %v", before, after)
			}
		})
		t.Run("a choice moves to what its method costs by now", func(t *testing.T) {
			c := d.cart()
			d.quote(c, "GB", 100, 100)
			c = d.choose(c, "Post")
			d.quote(c, "GB", 2000, 100)
			if got := d.chosen(c); got != "Post=595" {
				t.Errorf("chosen is %q", got)
			}
		})
		t.Run("a choice ends where its method does not deliver", func(t *testing.T) {
			c := d.cart()
			d.quote(c, "GB", 100, 100)
			c = d.choose(c, "Post")
			d.quote(c, "NZ", 100, 100)
			if got := d.chosen(c); got != "" {
				t.Errorf("chosen is %q", got)
			}
		})
		t.Run("other carts keep theirs", func(t *testing.T) {
			a, b := d.cart(), d.cart()
			d.quote(a, "GB", 100, 100)
			d.quote(b, "GB", 100, 100)
			if n := db.Client.DeliveryQuote.Query().Where(deliveryquote.CartID(a.ID)).CountX(d.system); n != 3 {
				t.Errorf("%d options", n)
			}
		})
		t.Run("the cheapest is taken, of several at one price the first", func(t *testing.T) {
			if Cheapest(nil) != nil {
				t.Error("no option is one")
			}
			quotes := []*ent.DeliveryQuote{{ID: 1, PriceAmount: 5}, {ID: 2, PriceAmount: 3}, {ID: 3, PriceAmount: 3}}
			if got := Cheapest(quotes); got.ID != 2 {
				t.Errorf("got %d", got.ID)
			}
		})
		t.Run("without zones that name countries, one for the rest serves all", func(t *testing.T) {
			d := newDepot(t, databasetest.New(t, engineOf(db)))
			d.method(d.zone(), "Freight", deliverymethod.BasisWEIGHT, 0, 2500)
			if got := d.quote(d.cart(), "GB", 1, 1); !slices.Equal(got, []string{"Freight=2500"}) {
				t.Errorf("got %v", got)
			}
		})
	})
}

func engineOf(db *database.DB) databasetest.Engine {
	if db.Postgres() {
		return databasetest.Postgres
	}
	return databasetest.SQLite
}

func TestMeasure(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		d := newDepot(t, db)
		c := d.cart()
		line := func(status product.Status, archived bool, grams, quantity int, price money.Minor) {
			key, err := db.NextKey()
			if err != nil {
				t.Fatal(err)
			}
			slug := fmt.Sprintf("thing-%d", key)
			p := db.Client.Product.Create().SetTitle(slug).SetSlug(slug).SetTitleKey([]byte(slug)).SetCurrency("GBP").SetStatus(status).SaveX(d.system)
			v := db.Client.Variant.Create().SetProductID(p.ID).SetSku(slug).SetPriceAmount(price).SetCurrency("GBP").
				SetWeight(grams).SetArchived(archived).SaveX(d.system)
			db.Client.CartLine.Create().SetCartID(c.ID).SetVariantID(v.ID).SetQuantity(quantity).ExecX(d.system)
		}
		measure := func() (grams int64, value money.Minor, err error) {
			err = db.InTx(t.Context(), func(ctx context.Context, tx *ent.Tx) (err error) {
				grams, value, err = Measure(ctx, tx, c.ID)
				return err
			})
			return grams, value, err
		}
		if grams, value, err := measure(); grams != 0 || value != 0 || err != nil {
			t.Errorf("an empty cart measures %d and %d, %v", grams, value, err)
		}
		line(product.StatusPUBLISHED, false, 300, 2, 295)
		line(product.StatusPUBLISHED, false, 50, 3, 100)
		line(product.StatusPUBLISHED, true, 7, 1, 7)
		line(product.StatusDRAFT, false, 7, 1, 7)
		if grams, value, err := measure(); grams != 750 || value != 890 || err != nil {
			t.Errorf("measured %d and %d, %v", grams, value, err)
		}
		line(product.StatusPUBLISHED, false, 1, 2, 1<<62)
		if _, _, err := measure(); !errors.Is(err, money.ErrOverflow) {
			t.Errorf("got %v", err)
		}
	})
}

func TestOptionsEnd(t *testing.T) {
	t.Parallel()
	clock := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			d := newDepot(t, databasetest.Open(t, engine, func() time.Time { return clock }))
			d.method(d.zone("GB"), "Post", deliverymethod.BasisWEIGHT, 0, 395)
			c := d.cart()
			d.quote(c, "GB", 1, 1)
			if q := d.db.Client.DeliveryQuote.Query().OnlyX(d.system); !q.ExpiresAt.Equal(clock.Add(30 * time.Minute)) {
				t.Errorf("it ends at %s", q.ExpiresAt)
			}
		})
	}
}
