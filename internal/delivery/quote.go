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

// Offers are what delivering a cart to a country can be had for by now, in the order in which it is offered, of all zones
// that name the country, or of those that name none where no other does. The value is that of its lines before promotions.
// None is written. It tells as well whether the shop delivers anywhere at all: one that does not needs no option. One
// statement. Like stock.Take it asks nobody's permission.
func Offers(ctx context.Context, tx *ent.Tx, db *database.DB, c *ent.Cart, country string, grams int64, value money.Minor) (offers []*ent.DeliveryQuote, delivers bool, err error) {
	methods, err := tx.DeliveryMethod.Query().Where(deliverymethod.Active(true)).Order(deliverymethod.ByPosition(), deliverymethod.ByID()).
		Modify(func(s *sql.Selector) {
			s.AppendSelectExprAs(sql.In(s.C(deliverymethod.FieldZoneID), serving(s.Dialect(), country)), "serves")
		}).All(viewer.AsSystem(ctx))
	if err != nil {
		return nil, false, fmt.Errorf("read delivery methods: %w", err)
	}
	for _, m := range methods {
		measure := Measured(m, grams, value)
		price, ok := Price(m, measure)
		if !ok || m.Currency != c.Currency || !database.Truth(m.Value("serves")) {
			continue
		}
		key, err := db.NextKey()
		if err != nil {
			return nil, false, fmt.Errorf("make key: %w", err)
		}
		offers = append(offers, &ent.DeliveryQuote{
			ID: key, CartID: c.ID, MethodID: m.ID, Name: m.Name, Description: m.Description, PriceAmount: price, Currency: m.Currency,
			TaxCategory: m.TaxCategory, Country: country, Measure: measure, Position: len(offers), ExpiresAt: db.Now().Add(Valid),
		})
	}
	return offers, len(methods) > 0, nil
}

// serving are the zones that a country is in.
func serving(engine, country string) *sql.Selector {
	d := sql.Dialect(engine)
	named := func(t *sql.SelectTable) *sql.Predicate {
		return sqljson.ValueContains(t.C(deliveryzone.FieldCountries), country)
	}
	zones, others := d.Table(deliveryzone.Table).As("zone"), d.Table(deliveryzone.Table).As("other")
	return d.Select(zones.C(deliveryzone.FieldID)).From(zones).Where(sql.Or(named(zones), sql.And(
		sqljson.LenEQ(zones.C(deliveryzone.FieldCountries), 0),
		sql.NotExists(d.Select(others.C(deliveryzone.FieldID)).From(others).Where(named(others))),
	)))
}

// Offer writes what a cart is offered, in place of its former options. Two statements, of which the second may wait: see
// database.Together.
func Offer(ctx context.Context, tx *ent.Tx, cartID int64, offers []*ent.DeliveryQuote) error {
	ctx = viewer.AsSystem(ctx)
	keys := make([]int64, len(offers))
	for i, q := range offers {
		keys[i] = q.ID
	}
	if len(offers) > 0 {
		err := tx.DeliveryQuote.MapCreateBulk(offers, func(create *ent.DeliveryQuoteCreate, i int) {
			q := offers[i]
			create.SetID(q.ID).SetCartID(cartID).SetMethodID(q.MethodID).SetName(q.Name).SetDescription(q.Description).
				SetPriceAmount(q.PriceAmount).SetCurrency(q.Currency).SetTaxCategory(q.TaxCategory).SetCountry(q.Country).
				SetMeasure(q.Measure).SetPosition(q.Position).SetExpiresAt(q.ExpiresAt)
		}).Exec(ctx)
		if err != nil {
			return fmt.Errorf("write delivery options: %w", err)
		}
	}
	former := deliveryquote.And(deliveryquote.CartID(cartID), deliveryquote.Not(database.AnyOf(deliveryquote.FieldID, keys)))
	if _, err := tx.DeliveryQuote.Delete().Where(former).Exec(ctx); err != nil {
		return fmt.Errorf("delete former delivery options: %w", err)
	}
	return nil
}

// Quote offers a cart what delivering it to a country can be had for. Where an option was chosen, the choice moves to what
// its method costs by now, or ends with it. Three statements, and two more for a choice.
func Quote(ctx context.Context, tx *ent.Tx, db *database.DB, c *ent.Cart, country string, grams int64, value money.Minor) ([]*ent.DeliveryQuote, error) {
	ctx = viewer.AsSystem(ctx)
	offers, _, err := Offers(ctx, tx, db, c, country, grams, value)
	if err != nil {
		return nil, err
	}
	chosen, err := chosenMethod(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	if err := Offer(ctx, tx, c.ID, offers); err != nil || c.DeliveryQuoteID == nil {
		return offers, err
	}
	return offers, moveChoice(ctx, tx, c, offers, chosen)
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
