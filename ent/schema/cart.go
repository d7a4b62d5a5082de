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
	"galley/internal/viewer"
)

// Cart is what somebody means to buy. A guest's has a token, stored as a SHA-256.
type Cart struct{ ent.Schema }

func (Cart) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, versioned{}} }

func (Cart) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("user_id").Optional().Nillable(),
		field.Bytes("token_hash").Optional().Immutable().Sensitive(),
		field.Enum("status").Values("OPEN", "ORDERED", "MERGED").Default("OPEN"),
		currency(),
		field.String("email").Default("").MaxLen(254).Comment("where mail about the order goes; empty for the account's own"),
		field.JSON("shipping_address", &postal.Address{}).Optional(),
		field.JSON("billing_address", &postal.Address{}).Optional(),
		field.JSON("promo_codes", []string{}).Optional().Comment("as typed in, in upper case"),
		field.Int64("delivery_quote_id").Optional().Nillable().Comment("the delivery option that was chosen"),
		field.Int64("merged_into").Optional().Nillable().Comment("the account's cart that took its lines"),
		field.JSON("quote", json.RawMessage{}).Optional().Comment("what the checkout froze: pricing.Quote, see package quote"),
		field.Time("reserved_until").Optional().Nillable().Comment("while a checkout is under way: when it loses its pieces"),
		field.Bool("extended").Default(false).Comment("the reservation, which it may be once"),
	}
}

func (Cart) Edges() []ent.Edge {
	return []ent.Edge{edge.To("user", User.Type).Field("user_id").Unique()}
}

func (Cart) Indexes() []ent.Index {
	return []ent.Index{index.Fields("user_id", "status", "updated_at"), index.Fields("token_hash"), index.Fields("reserved_until")}
}

func (Cart) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{
		"status_known":     oneOf("status", "OPEN", "ORDERED", "MERGED"),
		"held_by_somebody": "user_id IS NOT NULL OR token_hash IS NOT NULL",
	})}
}

func (Cart) Policy() ent.Policy { return rule.Policy{Read: rule.Carts, Write: rule.Carts} }

// CartLine is a variant in a cart.
type CartLine struct{ ent.Schema }

func (CartLine) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (CartLine) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("cart_id").Immutable(),
		field.Int64("variant_id").Immutable(),
		field.Int("quantity"),
		field.Int64("seen_price").GoType(money.Minor(0)).Optional().Nillable().Comment("the price of one piece when the shopper last set the quantity"),
	}
}

func (CartLine) Edges() []ent.Edge {
	return []ent.Edge{owner("cart", Cart.Type), owner("variant", Variant.Type)}
}

func (CartLine) Indexes() []ent.Index {
	return []ent.Index{index.Fields("cart_id", "variant_id").Unique(), index.Fields("variant_id")}
}

func (CartLine) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{"quantity_positive": "quantity > 0"})}
}

func (CartLine) Policy() ent.Policy { return rule.Policy{Read: rule.CartLines, Write: rule.CartLines} }

// Reservation is so many pieces of a variant that a checkout under way holds: they are no longer available.
type Reservation struct{ ent.Schema }

func (Reservation) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (Reservation) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("cart_id").Immutable(),
		field.Int64("variant_id").Immutable(),
		field.Int("quantity"),
	}
}

func (Reservation) Edges() []ent.Edge {
	return []ent.Edge{owner("cart", Cart.Type), owner("variant", Variant.Type)}
}

func (Reservation) Indexes() []ent.Index {
	return []ent.Index{index.Fields("cart_id", "variant_id").Unique(), index.Fields("variant_id")}
}

func (Reservation) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{"quantity_positive": "quantity > 0"})}
}

func (Reservation) Policy() ent.Policy {
	return rule.Policy{Read: rule.Permitted(viewer.StockRead), Write: rule.SystemOnly}
}
