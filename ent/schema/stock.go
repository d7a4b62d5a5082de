package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"galley/ent/schema/rule"
	"galley/internal/viewer"
)

// StockMovement is a change of a variant's stock: by how much, why, and by whom.
type StockMovement struct{ ent.Schema }

func (StockMovement) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (StockMovement) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("variant_id").Immutable(),
		field.Int("quantity").Immutable().Comment("pieces; negative when they leave"),
		field.Enum("reason").Values("RECEIVED", "CORRECTION", "DAMAGED", "RETURNED", "SOLD", "CANCELLED").Immutable(),
		field.String("note").Default("").Immutable().MaxRuneLen(500),
		field.Int64("actor_id").Optional().Nillable().Immutable().Comment("the member of staff"),
		field.Int64("order_id").Optional().Nillable().Immutable(),
	}
}

func (StockMovement) Edges() []ent.Edge { return []ent.Edge{owner("variant", Variant.Type)} }

func (StockMovement) Indexes() []ent.Index {
	return []ent.Index{index.Fields("variant_id", "created_at", "id")}
}

func (StockMovement) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{
		"quantity_not_zero": "quantity <> 0",
		"reason_known":      oneOf("reason", "RECEIVED", "CORRECTION", "DAMAGED", "RETURNED", "SOLD", "CANCELLED"),
	})}
}

func (StockMovement) Policy() ent.Policy {
	return rule.Policy{Read: rule.Permitted(viewer.StockRead), Write: rule.SystemOnly}
}
