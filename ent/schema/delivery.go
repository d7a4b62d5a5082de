package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"galley/ent/schema/rule"
	"galley/internal/money"
	"galley/internal/pricing"
	"galley/internal/viewer"
)

// DeliveryZone is some countries that are delivered to alike.
type DeliveryZone struct{ ent.Schema }

func (DeliveryZone) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, versioned{}} }

func (DeliveryZone) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").MaxRuneLen(100),
		field.JSON("countries", []string{}).Comment("ISO 3166-1 alpha-2"),
	}
}

func (DeliveryZone) Annotations() []schema.Annotation { return []schema.Annotation{node{IsNode: true}} }

func (DeliveryZone) Policy() ent.Policy {
	return rule.Policy{Read: rule.Permitted(viewer.PricingRead), Write: rule.Permitted(viewer.PricingWrite)}
}

// DeliveryMethod is a way to deliver to a zone, with its table of prices.
type DeliveryMethod struct{ ent.Schema }

func (DeliveryMethod) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, versioned{}} }

func (DeliveryMethod) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("zone_id").Immutable(),
		field.String("name").MaxRuneLen(200),
		field.String("description").Default("").MaxRuneLen(500),
		field.Enum("basis").Values("WEIGHT", "VALUE").Comment("what the table's steps count: grams, or minor units"),
		field.JSON("tiers", []pricing.Tier{}),
		currency(),
		field.String("tax_category").Default("standard").MaxLen(40),
		field.Int("position").Default(0),
		field.Bool("active").Default(true),
	}
}

func (DeliveryMethod) Edges() []ent.Edge { return []ent.Edge{owner("zone", DeliveryZone.Type)} }

func (DeliveryMethod) Indexes() []ent.Index {
	return []ent.Index{index.Fields("zone_id", "position", "id")}
}

func (DeliveryMethod) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{"basis_known": oneOf("basis", "WEIGHT", "VALUE")})}
}

func (DeliveryMethod) Policy() ent.Policy {
	return rule.Policy{Read: rule.Permitted(viewer.PricingRead), Write: rule.Permitted(viewer.PricingWrite)}
}

// DeliveryQuote is what delivering a cart was offered for.
type DeliveryQuote struct{ ent.Schema }

func (DeliveryQuote) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (DeliveryQuote) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("cart_id").Immutable(),
		field.Int64("method_id").Immutable(),
		field.String("name").Immutable().MaxRuneLen(200),
		field.String("description").Default("").Immutable().MaxRuneLen(500),
		field.Int64("price_amount").GoType(money.Minor(0)).Immutable(),
		currency(),
		field.String("tax_category").Default("standard").MaxLen(40).Immutable(),
		field.String("country").MaxLen(2).Immutable(),
		field.Int64("measure").Immutable().Comment("the grams, or the minor units, that the price is for"),
		field.Int("position").Immutable(),
		field.Time("expires_at").Immutable(),
	}
}

func (DeliveryQuote) Edges() []ent.Edge { return []ent.Edge{owner("cart", Cart.Type)} }

func (DeliveryQuote) Indexes() []ent.Index {
	return []ent.Index{index.Fields("cart_id", "position", "id"), index.Fields("expires_at")}
}

func (DeliveryQuote) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{"price_not_negative": "price_amount >= 0"})}
}

func (DeliveryQuote) Policy() ent.Policy {
	return rule.Policy{Read: rule.CartLines, Write: rule.SystemOnly}
}
