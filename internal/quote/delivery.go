package quote

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/deliverymethod"
	"galley/ent/deliveryquote"
	"galley/internal/database"
	"galley/internal/delivery"
)

// offer is what delivering a cart was offered for, and what the method costs now.
type offer struct {
	*ent.DeliveryQuote
	method ent.DeliveryMethod // its basis and its prices
}

// deliveriesOf reads what the carts' shoppers have chosen, by key. Without any it asks nothing.
func deliveriesOf(ctx context.Context, client *ent.Client, carts []*ent.Cart) (map[int64]*offer, error) {
	var keys []int64
	for _, c := range carts {
		if c.DeliveryQuoteID != nil {
			keys = append(keys, *c.DeliveryQuoteID)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	q := client.DeliveryQuote.Query().Where(database.AnyOf(deliveryquote.FieldID, keys))
	q.Modify(func(s *sql.Selector) {
		methods := sql.Dialect(s.Dialect()).Table(deliverymethod.Table)
		s.Join(methods).OnP(sql.And(
			sql.ColumnsEQ(s.C(deliveryquote.FieldMethodID), methods.C(deliverymethod.FieldID)),
			sql.EQ(methods.C(deliverymethod.FieldActive), true))).
			AppendSelect(methods.C(deliverymethod.FieldBasis), methods.C(deliverymethod.FieldTiers))
	})
	rows, err := q.All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read chosen deliveries: %w", err)
	}
	offers := make(map[int64]*offer, len(rows))
	for _, row := range rows {
		o := &offer{DeliveryQuote: row}
		o.method.Basis = deliverymethod.Basis(database.Text(row.Value(deliverymethod.FieldBasis)))
		if err := json.Unmarshal([]byte(database.Text(row.Value(deliverymethod.FieldTiers))), &o.method.Tiers); err != nil {
			return nil, fmt.Errorf("read a delivery's prices: %w", err)
		}
		offers[row.ID] = o
	}
	return offers, nil
}

// deliver takes over what was chosen, if it holds: it was offered for this cart and country, it has not expired, and the
// method still costs that for what is in the cart by now.
func (c *Cart) deliver(offers map[int64]*offer, now time.Time) (stale bool, err error) {
	if c.DeliveryQuoteID == nil {
		return false, nil
	}
	o := offers[*c.DeliveryQuoteID]
	if o == nil || o.CartID != c.ID {
		return true, nil
	}
	if c.Chosen = o.DeliveryQuote; o.Country != countryOf(c.Cart) || !o.ExpiresAt.After(now) {
		return true, nil
	}
	grams, value, err := c.Measures()
	if err != nil {
		return false, err
	}
	if price, ok := delivery.Price(&o.method, delivery.Measured(&o.method, grams, value)); !ok || price != o.PriceAmount {
		return true, nil
	}
	c.Delivery = o.DeliveryQuote
	return false, nil
}
