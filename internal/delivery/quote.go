package delivery

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqljson"

	"galley/ent"
	"galley/ent/cart"
	"galley/ent/cartline"
	"galley/ent/deliverymethod"
	"galley/ent/deliveryquote"
	"galley/ent/deliveryzone"
	"galley/ent/product"
	"galley/ent/variant"
	"galley/internal/database"
	"galley/internal/money"
	"galley/internal/viewer"
)

// Valid is how long an option can be chosen at its price.
const Valid = 30 * time.Minute

// Price is what a method costs for so many grams, or minor units: by the last step of its table that begins at or below
// them. False says that it does not deliver as much.
func Price(m *ent.DeliveryMethod, measure int64) (money.Minor, bool) {
	var price *money.Minor
	for _, t := range m.Tiers {
		if t.From > measure {
			break
		}
		price = t.Price
	}
	if price == nil {
		return 0, false
	}
	return *price, true
}

// Measured is what methods go by: the one of their basis.
func Measured(m *ent.DeliveryMethod, grams int64, value money.Minor) int64 {
	if m.Basis == deliverymethod.BasisWEIGHT {
		return grams
	}
	return int64(value)
}

// Methods are those that deliver to a country, in the order in which they are offered: of all zones that name it, or of
// those that name none where no other does.
func Methods(ctx context.Context, client *ent.DeliveryMethodClient, country string) ([]*ent.DeliveryMethod, error) {
	methods, err := client.Query().Where(deliverymethod.Active(true), func(s *sql.Selector) {
		d := sql.Dialect(s.Dialect())
		named := func(t *sql.SelectTable) *sql.Predicate { return sqljson.ValueContains(t.C(deliveryzone.FieldCountries), country) }
		zones, others := d.Table(deliveryzone.Table).As("zone"), d.Table(deliveryzone.Table).As("other")
		serving := d.Select(zones.C(deliveryzone.FieldID)).From(zones).Where(sql.Or(named(zones), sql.And(
			sqljson.LenEQ(zones.C(deliveryzone.FieldCountries), 0),
			sql.NotExists(d.Select(others.C(deliveryzone.FieldID)).From(others).Where(named(others))),
		)))
		s.Where(sql.In(s.C(deliverymethod.FieldZoneID), serving))
	}).Order(deliverymethod.ByPosition(), deliverymethod.ByID()).All(viewer.AsSystem(ctx))
	if err != nil {
		return nil, fmt.Errorf("read delivery methods: %w", err)
	}
	return methods, nil
}

// Quote writes what delivering a cart to a country can be had for, and returns it in the order in which it is offered.
// The cart's former options go; where one was chosen, the choice moves to what its method costs by now, or ends with it.
// Three statements, and one more for a choice.
//
// The value is that of its lines before promotions. Like stock.Take it asks nobody's permission.
func Quote(ctx context.Context, tx *ent.Tx, db *database.DB, c *ent.Cart, country string, grams int64, value money.Minor) ([]*ent.DeliveryQuote, error) {
	ctx = viewer.AsSystem(ctx)
	methods, err := Methods(ctx, tx.DeliveryMethod, country)
	if err != nil {
		return nil, err
	}
	chosen, err := chosenMethod(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	if _, err := tx.DeliveryQuote.Delete().Where(deliveryquote.CartID(c.ID)).Exec(ctx); err != nil {
		return nil, fmt.Errorf("delete former delivery options: %w", err)
	}
	var offers []*ent.DeliveryQuoteCreate
	for _, m := range methods {
		measure := Measured(m, grams, value)
		price, ok := Price(m, measure)
		if !ok || m.Currency != c.Currency {
			continue
		}
		offers = append(offers, tx.DeliveryQuote.Create().SetCartID(c.ID).SetMethodID(m.ID).SetName(m.Name).SetDescription(m.Description).
			SetPriceAmount(price).SetCurrency(m.Currency).SetTaxCategory(m.TaxCategory).SetCountry(country).SetMeasure(measure).
			SetPosition(len(offers)).SetExpiresAt(db.Now().Add(Valid)))
	}
	var quotes []*ent.DeliveryQuote
	if len(offers) > 0 {
		if quotes, err = tx.DeliveryQuote.CreateBulk(offers...).Save(ctx); err != nil {
			return nil, fmt.Errorf("write delivery options: %w", err)
		}
	}
	if c.DeliveryQuoteID == nil {
		return quotes, nil
	}
	return quotes, moveChoice(ctx, tx, c, quotes, chosen)
}

// chosenMethod is the method of the option that a cart has chosen, or 0.
func chosenMethod(ctx context.Context, tx *ent.Tx, c *ent.Cart) (int64, error) {
	if c.DeliveryQuoteID == nil {
		return 0, nil
	}
	q, err := tx.DeliveryQuote.Query().Where(deliveryquote.ID(*c.DeliveryQuoteID), deliveryquote.CartID(c.ID)).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("read the delivery option that was chosen: %w", err)
	}
	return q.MethodID, nil
}

// moveChoice has a cart choose the option of a method, or none, in its row and in c.
func moveChoice(ctx context.Context, tx *ent.Tx, c *ent.Cart, quotes []*ent.DeliveryQuote, method int64) error {
	update := tx.Cart.Update().Where(cart.ID(c.ID)).ClearDeliveryQuoteID()
	c.DeliveryQuoteID = nil
	for _, q := range quotes {
		if q.MethodID == method {
			update.SetDeliveryQuoteID(q.ID)
			c.DeliveryQuoteID = &q.ID
		}
	}
	if err := update.Exec(ctx); err != nil {
		return fmt.Errorf("move the choice of delivery: %w", err)
	}
	return nil
}

// Cheapest is the option that is taken where none was chosen: of several at one price the first. Nil without options.
func Cheapest(quotes []*ent.DeliveryQuote) *ent.DeliveryQuote {
	if len(quotes) == 0 {
		return nil
	}
	return slices.MinFunc(quotes, func(a, b *ent.DeliveryQuote) int { return cmp.Compare(a.PriceAmount, b.PriceAmount) })
}

// Measure is what the lines of a cart that can be bought weigh, and what they cost before promotions. One statement.
func Measure(ctx context.Context, tx *ent.Tx, cartID int64) (grams int64, value money.Minor, err error) {
	var lines []struct {
		Quantity int
		Weight   int64
		Price    money.Minor
	}
	err = tx.CartLine.Query().Where(cartline.CartID(cartID)).Modify(func(s *sql.Selector) {
		d := sql.Dialect(s.Dialect())
		v, p := d.Table(variant.Table).As("v"), d.Table(product.Table).As("p")
		s.Join(v).On(s.C(cartline.FieldVariantID), v.C(variant.FieldID)).Join(p).On(v.C(variant.FieldProductID), p.C(product.FieldID))
		s.Where(sql.And(sql.EQ(v.C(variant.FieldArchived), false), sql.EQ(p.C(product.FieldStatus), product.StatusPUBLISHED)))
		s.Select(s.C(cartline.FieldQuantity)).AppendSelectAs(v.C(variant.FieldWeight), "weight").AppendSelectAs(v.C(variant.FieldPriceAmount), "price")
	}).Scan(viewer.AsSystem(ctx), &lines)
	if err != nil {
		return 0, 0, fmt.Errorf("measure cart: %w", err)
	}
	for _, l := range lines {
		grams += l.Weight * int64(l.Quantity)
		total, err := l.Price.Times(l.Quantity)
		if err == nil {
			value, err = value.Plus(total)
		}
		if err != nil {
			return 0, 0, fmt.Errorf("measure cart: %w", err)
		}
	}
	return grams, value, nil
}
