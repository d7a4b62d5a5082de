package schema

import (
	"encoding/json"

	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"galley/ent/schema/rule"
)

// Fulfilment is a parcel: some pieces of an order that were sent together.
type Fulfilment struct{ ent.Schema }

func (Fulfilment) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, versioned{}} }

func (Fulfilment) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("order_id").Immutable(),
		field.Enum("status").Values("SHIPPED", "DELIVERED").Default("SHIPPED"),
		field.String("carrier").Default("").MaxRuneLen(100),
		field.String("tracking_number").Default("").MaxRuneLen(100),
		field.String("tracking_url").Default("").MaxLen(2000),
		field.Time("delivered_at").Optional().Nillable(),
	}
}

func (Fulfilment) Edges() []ent.Edge { return []ent.Edge{owner("order", Order.Type)} }

func (Fulfilment) Indexes() []ent.Index { return []ent.Index{index.Fields("order_id", "id")} }

func (Fulfilment) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{
		"status_known":       oneOf("status", "SHIPPED", "DELIVERED"),
		"delivered_has_time": "status = 'DELIVERED' AND delivered_at IS NOT NULL OR status <> 'DELIVERED' AND delivered_at IS NULL",
	})}
}

func (Fulfilment) Policy() ent.Policy {
	return rule.Policy{Read: rule.OfOrders, Write: rule.SystemOnly}
}

// FulfilmentLine is how many pieces of an order line are in a parcel.
type FulfilmentLine struct{ ent.Schema }

func (FulfilmentLine) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}} }

func (FulfilmentLine) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("fulfilment_id").Immutable(),
		field.Int64("order_line_id").Immutable(),
		field.Int("quantity").Immutable(),
	}
}

func (FulfilmentLine) Edges() []ent.Edge {
	return []ent.Edge{owner("fulfilment", Fulfilment.Type), owner("order_line", OrderLine.Type)}
}

func (FulfilmentLine) Indexes() []ent.Index {
	return []ent.Index{index.Fields("fulfilment_id", "order_line_id").Unique(), index.Fields("order_line_id")}
}

func (FulfilmentLine) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{"quantity_positive": "quantity > 0"})}
}

func (FulfilmentLine) Policy() ent.Policy {
	return rule.Policy{Read: rule.FulfilmentLines, Write: rule.SystemOnly}
}

// OrderEvent is a line of an order's timeline.
type OrderEvent struct{ ent.Schema }

func (OrderEvent) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (OrderEvent) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("order_id").Immutable(),
		field.Enum("kind").Values(orderEvents...).Immutable(),
		field.Bool("public").Default(true).Immutable().Comment("whether the shopper sees it"),
		field.String("text").Default("").MaxRuneLen(2000).Comment("a note, a reason"),
		field.JSON("data", json.RawMessage{}).Optional().Immutable().Comment("amounts and keys: lifecycle.Data"),
		field.Int64("actor_id").Optional().Nillable().Immutable().Comment("the member of staff"),
	}
}

// orderEvents are what can happen to an order.
var orderEvents = []string{
	"PLACED", "PAYMENT_REQUIRES_ACTION", "PAYMENT_AUTHORISED", "PAYMENT_CAPTURED", "PAYMENT_FAILED", "PAYMENT_VOIDED", "PAYMENT_REFUNDED",
	"CONFIRMED", "FULFILLED", "TRACKING_UPDATED", "DELIVERED", "COMPLETED", "CANCELLED", "EXPIRED", "NOTE",
}

func (OrderEvent) Edges() []ent.Edge { return []ent.Edge{owner("order", Order.Type)} }

func (OrderEvent) Indexes() []ent.Index { return []ent.Index{index.Fields("order_id", "id")} }

func (OrderEvent) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{"kind_known": oneOf("kind", orderEvents...)})}
}

func (OrderEvent) Policy() ent.Policy {
	return rule.Policy{Read: rule.OrderEvents, Write: rule.SystemOnly}
}
