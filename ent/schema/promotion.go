package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"galley/ent/schema/rule"
	"galley/internal/money"
	"galley/internal/viewer"
)

// Promotion takes something off the price: for those who type its code, or for everybody.
type Promotion struct{ ent.Schema }

func (Promotion) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, versioned{}} }

func (Promotion) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").MaxRuneLen(200),
		field.String("code").Optional().Nillable().Unique().MaxLen(50).Comment("in upper case; null for one that applies by itself"),
		field.Enum("kind").Values("PERCENTAGE", "FIXED_AMOUNT", "FREE_DELIVERY").Immutable(),
		field.Int("basis_points").Default(0).Comment("of a percentage: hundredths of a percent"),
		field.Int64("amount").GoType(money.Minor(0)).Default(0).Comment("of a fixed amount"),
		currency(),
		field.Int64("minimum_amount").GoType(money.Minor(0)).Default(0).Comment("of the lines that it is for"),
		field.JSON("category_ids", []int64{}).Optional().Comment("with all beneath them; none stands for every product"),
		field.Time("starts_at").Optional().Nillable(),
		field.Time("ends_at").Optional().Nillable(),
		field.Bool("once_per_customer").Default(false),
		field.Int("usage_limit").Optional().Nillable(),
		field.Int("used").Default(0).Comment("orders that took it, those cancelled or expired excepted"),
		field.Bool("active").Default(true),
	}
}

func (Promotion) Indexes() []ent.Index { return []ent.Index{index.Fields("active", "id")} }

func (Promotion) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{
		"kind_known":             oneOf("kind", "PERCENTAGE", "FIXED_AMOUNT", "FREE_DELIVERY"),
		"basis_points_in_range":  "basis_points BETWEEN 0 AND 10000",
		"amounts_not_negative":   "amount >= 0 AND minimum_amount >= 0",
		"never_used_beyond":      "used >= 0 AND (usage_limit IS NULL OR used <= usage_limit)",
		"ends_after_it_starts":   "starts_at IS NULL OR ends_at IS NULL OR starts_at < ends_at",
		"percentage_has_percent": "kind <> 'PERCENTAGE' OR basis_points > 0",
		"fixed_has_amount":       "kind <> 'FIXED_AMOUNT' OR amount > 0",
	})}
}

func (Promotion) Policy() ent.Policy {
	return rule.Policy{Read: rule.Permitted(viewer.PricingRead), Write: rule.Permitted(viewer.PricingWrite)}
}

// PromotionUse is a promotion that an order took.
type PromotionUse struct{ ent.Schema }

func (PromotionUse) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (PromotionUse) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("promotion_id").Immutable(),
		field.Int64("order_id").Immutable(),
		field.Int64("amount").GoType(money.Minor(0)).Immutable().Comment("what it took off"),
		field.String("once").Optional().Nillable().Unique().Immutable().MaxLen(100).Comment("promotion and customer, where one customer takes it once"),
	}
}

func (PromotionUse) Edges() []ent.Edge {
	return []ent.Edge{owner("promotion", Promotion.Type), owner("order", Order.Type)}
}

func (PromotionUse) Indexes() []ent.Index {
	return []ent.Index{index.Fields("promotion_id", "order_id").Unique(), index.Fields("order_id")}
}

func (PromotionUse) Policy() ent.Policy {
	return rule.Policy{Read: rule.Permitted(viewer.PricingRead), Write: rule.SystemOnly}
}

// TaxRate is what a country takes on a category of goods.
type TaxRate struct{ ent.Schema }

func (TaxRate) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, versioned{}} }

func (TaxRate) Fields() []ent.Field {
	return []ent.Field{
		field.String("country").MaxLen(2).Immutable().Comment("ISO 3166-1 alpha-2; empty for all that have none of their own"),
		field.String("tax_category").MaxLen(40).Immutable().Comment("standard, reduced, zero, …"),
		field.String("name").MaxRuneLen(100).Comment("as it stands on the bill: VAT 20 %"),
		field.Int("basis_points").Comment("hundredths of a percent"),
	}
}

func (TaxRate) Indexes() []ent.Index {
	return []ent.Index{index.Fields("country", "tax_category").Unique()}
}

func (TaxRate) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{"basis_points_in_range": "basis_points BETWEEN 0 AND 10000"})}
}

func (TaxRate) Policy() ent.Policy {
	return rule.Policy{Read: rule.Permitted(viewer.PricingRead), Write: rule.Permitted(viewer.PricingWrite)}
}
