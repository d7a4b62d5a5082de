package schema

import (
	"encoding/json"

	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"galley/ent/schema/rule"
	"galley/internal/money"
	"galley/internal/postal"
)

// Order is a promise to deliver. What it says about prices and addresses is a copy, true for ever.
type Order struct{ ent.Schema }

func (Order) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, versioned{}} }

func (Order) Fields() []ent.Field {
	return []ent.Field{
		field.String("number").Unique().Immutable().MaxLen(20).Comment("for people"),
		field.Int64("user_id").Optional().Nillable(),
		field.Bytes("token_hash").Optional().Immutable().Sensitive().Comment("of the guest's cart that it was placed from"),
		field.String("email").MaxLen(254),
		field.Enum("status").Values("PENDING_PAYMENT", "PLACED", "COMPLETED", "CANCELLED", "EXPIRED").Default("PLACED"),
		field.Enum("fulfilment").Values("UNFULFILLED", "PARTIAL", "FULFILLED", "DELIVERED").Default("UNFULFILLED"),
		field.Int64("cart_id").Optional().Nillable().Immutable().Unique().Comment("that it was placed from: a cart becomes one order at most"),
		field.Bytes("access_hash").Optional().Sensitive().Comment("SHA-256 of the token in the letters, which opens this order"),
		field.Int64("discount_amount").GoType(money.Minor(0)).Default(0).Immutable(),
		field.Int64("delivery_amount").GoType(money.Minor(0)).Default(0).Immutable().Comment("after its discount"),
		field.Int64("tax_amount").GoType(money.Minor(0)).Default(0).Immutable(),
		field.Bool("tax_included").Default(true).Immutable().Comment("whether the other amounts contain the tax"),
		field.String("delivery_name").Default("").Immutable().MaxRuneLen(200),
		field.JSON("quote", json.RawMessage{}).Optional().Immutable().Comment("how its price came about: pricing.Quote"),
		field.Time("expires_at").Optional().Nillable().Comment("until when its payment is waited for"),
		field.Int64("subtotal_amount").GoType(money.Minor(0)).Immutable(),
		field.Int64("total_amount").GoType(money.Minor(0)).Immutable(),
		currency(),
		field.JSON("shipping_address", &postal.Address{}).Optional(),
		field.JSON("billing_address", &postal.Address{}).Optional(),
		field.String("country").Default("").Comment("ISO 3166-1 alpha-2 of the shipping address"),
		field.Time("placed_at").Immutable(),
		field.Time("cancelled_at").Optional().Nillable(),
		field.String("cancel_reason").Default("").MaxRuneLen(500),
	}
}

func (Order) Edges() []ent.Edge {
	return []ent.Edge{edge.To("user", User.Type).Field("user_id").Unique()}
}

func (Order) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("user_id", "placed_at", "id"),
		index.Fields("user_id", "total_amount", "id"),
		index.Fields("placed_at", "id"),
		index.Fields("status", "placed_at", "id"),
		index.Fields("total_amount", "id"),
		index.Fields("email"),
		index.Fields("token_hash"),
		index.Fields("access_hash"),
		index.Fields("status", "expires_at"),
	}
}

func (Order) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{
		"status_known":       oneOf("status", "PENDING_PAYMENT", "PLACED", "COMPLETED", "CANCELLED", "EXPIRED"),
		"fulfilment_known":   oneOf("fulfilment", "UNFULFILLED", "PARTIAL", "FULFILLED", "DELIVERED"),
		"parts_not_negative": "discount_amount >= 0 AND delivery_amount >= 0 AND tax_amount >= 0",
		"total_not_negative": "total_amount >= 0 AND subtotal_amount >= 0",
		"cancelled_has_time": "status = 'CANCELLED' AND cancelled_at IS NOT NULL OR status <> 'CANCELLED' AND cancelled_at IS NULL",
	})}
}

func (Order) Policy() ent.Policy {
	return rule.Policy{Read: rule.Orders, Write: rule.SystemOnly}
}

// OrderLine is what was bought, as it was called and priced then. Bookkeeping lines, such as
// postage, have no variant.
type OrderLine struct{ ent.Schema }

func (OrderLine) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}} }

func (OrderLine) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("order_id").Immutable(),
		field.Int64("variant_id").Optional().Nillable().Immutable(),
		field.Int("position").Immutable(),
		field.String("title").Immutable().MaxRuneLen(700),
		field.String("sku").Immutable().MaxLen(64),
		field.Int("quantity").Immutable(),
		field.Int64("unit_price_amount").GoType(money.Minor(0)).Immutable(),
		field.Int64("total_amount").GoType(money.Minor(0)).Immutable().Comment("before discounts"),
		field.Int64("discount_amount").GoType(money.Minor(0)).Default(0).Immutable(),
		field.Int64("tax_amount").GoType(money.Minor(0)).Default(0).Immutable(),
		field.Int("fulfilled").Default(0).Comment("pieces that were sent"),
		currency(),
	}
}

func (OrderLine) Edges() []ent.Edge {
	return []ent.Edge{
		owner("order", Order.Type),
		edge.To("variant", Variant.Type).Field("variant_id").Unique().Immutable(),
	}
}

func (OrderLine) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("order_id", "position").Unique(),
		index.Fields("variant_id"),
	}
}

func (OrderLine) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{
		"quantity_positive":  "quantity > 0",
		"total_not_negative": "total_amount >= 0 AND unit_price_amount >= 0",
		"parts_in_range":     "discount_amount BETWEEN 0 AND total_amount AND tax_amount >= 0",
		"fulfilled_in_range": "fulfilled BETWEEN 0 AND quantity",
	})}
}

func (OrderLine) Policy() ent.Policy {
	return rule.Policy{Read: rule.OrderLines, Write: rule.SystemOnly}
}
