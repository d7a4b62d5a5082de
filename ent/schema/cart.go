package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"galley/ent/schema/rule"
)

// Cart is what somebody means to buy. A guest's has a token, stored as a SHA-256.
type Cart struct{ ent.Schema }

func (Cart) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, versioned{}} }

func (Cart) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("user_id").Optional().Nillable(),
		field.Bytes("token_hash").Optional().Immutable().Sensitive(),
		field.Enum("status").Values("OPEN", "ORDERED").Default("OPEN"),
		currency(),
	}
}

func (Cart) Edges() []ent.Edge {
	return []ent.Edge{edge.To("user", User.Type).Field("user_id").Unique()}
}

func (Cart) Indexes() []ent.Index {
	return []ent.Index{index.Fields("user_id", "status", "updated_at"), index.Fields("token_hash")}
}

func (Cart) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{
		"status_known":     oneOf("status", "OPEN", "ORDERED"),
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
