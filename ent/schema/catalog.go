package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"galley/ent/schema/rule"
	"galley/internal/money"
	"galley/internal/viewer"
)

// Category is a node of the tree that products are sorted into.
type Category struct{ ent.Schema }

func (Category) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, versioned{}} }

func (Category) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("parent_id").Optional().Nillable(),
		field.String("name").MaxRuneLen(200),
		field.String("slug").Unique().MaxLen(200),
		field.String("description").Default(""),
		field.Int("position").Default(0),
	}
}

func (Category) Edges() []ent.Edge {
	// Written from both ends: Ent takes a unique edge to the same type for one to one.
	return []ent.Edge{edge.To("children", Category.Type).From("parent").Field("parent_id").Unique()}
}

func (Category) Indexes() []ent.Index {
	return []ent.Index{index.Fields("parent_id", "position", "id"), index.Fields("position", "id")}
}

func (Category) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{"parent_is_another": "parent_id <> id"})}
}

func (Category) Policy() ent.Policy {
	return rule.Policy{Read: rule.Categories, Write: rule.Permitted(viewer.CatalogWrite)}
}

// Product is what a shop page shows; its variants are what is sold.
type Product struct{ ent.Schema }

func (Product) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, versioned{}} }

func (Product) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("category_id").Optional().Nillable(),
		field.String("title").MaxRuneLen(300),
		field.String("slug").Unique().MaxLen(300),
		field.String("description").Default(""),
		field.Enum("status").Values("DRAFT", "PUBLISHED", "ARCHIVED").Default("DRAFT"),
		field.String("tax_category").Default("standard").MaxLen(40).Comment("which of the tax rates of a country it takes"),
		field.Bytes("title_key").Comment("the title as it is sorted, alike on both engines"),
		field.Int64("price_from_amount").GoType(money.Minor(0)).Default(0).Comment("the lowest price of its variants on sale, kept by the catalogue"),
		currency(),
		field.Time("published_at").Optional().Nillable(),
	}
}

func (Product) Edges() []ent.Edge {
	return []ent.Edge{edge.To("category", Category.Type).Field("category_id").Unique()}
}

// Indexes serve every order that products are offered in: shoppers see one status, staff all.
func (Product) Indexes() []ent.Index {
	var all []ent.Index
	for _, by := range []string{"created_at", "title_key", "price_from_amount"} {
		all = append(all, index.Fields("category_id", "status", by, "id"), index.Fields("status", by, "id"), index.Fields(by, "id"))
	}
	return all
}

func (Product) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{
		"status_known":            oneOf("status", "DRAFT", "PUBLISHED", "ARCHIVED"),
		"price_from_not_negative": "price_from_amount >= 0",
	})}
}

func (Product) Policy() ent.Policy {
	return rule.Policy{Read: rule.Products, Write: rule.Permitted(viewer.CatalogWrite)}
}

// ProductTerm is a word of a product's title, SKUs or description: an inverted index that ranks
// alike on both engines.
type ProductTerm struct{ ent.Schema }

func (ProductTerm) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}} }

func (ProductTerm) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("product_id").Immutable(),
		field.Bytes("term").Immutable().MaxLen(64).Comment("bytes, so that prefixes compare alike on both engines"),
		field.Int("weight").Immutable(),
	}
}

func (ProductTerm) Edges() []ent.Edge { return []ent.Edge{owner("product", Product.Type)} }

func (ProductTerm) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("term", "product_id", "weight"),
		index.Fields("product_id", "term").Unique(),
	}
}

func (ProductTerm) Policy() ent.Policy {
	return rule.Policy{Read: rule.SystemOnly, Write: rule.Permitted(viewer.CatalogWrite)}
}

// Variant is what is sold: a SKU with a price and a stock.
type Variant struct{ ent.Schema }

func (Variant) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, versioned{}} }

func (Variant) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("product_id").Immutable(),
		field.String("sku").Unique().MaxLen(64),
		field.String("title").Default("").MaxRuneLen(300).Comment("what tells it from its siblings: Large, Red"),
		field.Int64("price_amount").GoType(money.Minor(0)),
		currency(),
		field.Int("available").Default(0).Comment("pieces that may be promised"),
		field.Int("opening").Default(0).Comment("pieces it began with: available, what is reserved, and its movements account for the rest"),
		field.Int("low_stock").Optional().Nillable().Comment("so many pieces or fewer are too few; the shop's number unless told"),
		field.Int("weight").Default(0).Comment("in grams"),
		field.Int("purchase_limit").Optional().Nillable().Comment("pieces that one customer may ever buy"),
		field.Int("position").Default(0),
		field.Bool("archived").Default(false),
	}
}

func (Variant) Edges() []ent.Edge { return []ent.Edge{owner("product", Product.Type)} }

func (Variant) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("product_id", "position", "id"),
		index.Fields("price_amount"),
		index.Fields("available", "id"),
	}
}

func (Variant) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{
		"price_not_negative":      "price_amount >= 0",
		"available_not_negative":  "available >= 0",
		"purchase_limit_positive": "purchase_limit > 0",
		"low_stock_not_negative":  "low_stock >= 0",
		"weight_not_negative":     "weight >= 0",
	})}
}

func (Variant) Policy() ent.Policy {
	return rule.Policy{Read: rule.Variants, Write: rule.Permitted(viewer.CatalogWrite)}
}

// Media is a picture of a product.
type Media struct{ ent.Schema }

func (Media) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (Media) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("product_id").Immutable(),
		field.Int64("picture_id").Immutable(),
		field.String("token").Unique().Immutable().Comment("names the picture in its URL; who may not see the row cannot guess it"),
		field.String("alt").Default("").MaxRuneLen(500),
		field.Int("position").Default(0),
		field.Int("width").Immutable(),
		field.Int("height").Immutable(),
	}
}

func (Media) Edges() []ent.Edge {
	return []ent.Edge{owner("product", Product.Type), owner("picture", Picture.Type)}
}

func (Media) Indexes() []ent.Index {
	return []ent.Index{index.Fields("product_id", "position", "id"), index.Fields("picture_id")}
}

func (Media) Annotations() []schema.Annotation { return []schema.Annotation{node{IsNode: true}} }

func (Media) Policy() ent.Policy {
	return rule.Policy{Read: rule.Media, Write: rule.Permitted(viewer.CatalogWrite)}
}

// Picture is a file's bytes, stored once however many products show it.
type Picture struct{ ent.Schema }

func (Picture) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (Picture) Fields() []ent.Field {
	return []ent.Field{
		field.Bytes("sha256").Unique().Immutable(),
		field.String("format").Immutable().Comment("png, jpeg, gif or webp"),
		field.Bytes("data").Immutable(),
	}
}

func (Picture) Policy() ent.Policy {
	return rule.Policy{Read: rule.SystemOnly, Write: rule.Permitted(viewer.CatalogWrite)}
}
