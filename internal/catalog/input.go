package catalog

import (
	"github.com/99designs/gqlgen/graphql"

	"galley/internal/money"
	"galley/internal/nodeid"
)

// ProductCreateInput is the SDL's input of the same name.
type ProductCreateInput struct {
	Title       string
	Slug        *string
	Description string
	Category    *nodeid.ID
	TaxCategory *string
	Variants    []ProductVariantInput
}

// ProductVariantInput is the SDL's input of the same name.
type ProductVariantInput struct {
	SKU           string
	Title         string
	Price         money.Decimal
	Available     int
	PurchaseLimit *int
	Weight        int
	LowStockAt    *int
}

// ProductUpdateInput is the SDL's input of the same name.
type ProductUpdateInput struct {
	ID                       nodeid.ID
	ExpectedVersion          *int
	Title, Slug, Description *string
	Category                 graphql.Omittable[*nodeid.ID]
	TaxCategory              *string
}

// ProductStateInput is the SDL's input of the same name.
type ProductStateInput struct {
	ID              nodeid.ID
	ExpectedVersion *int
}

// VariantCreateInput is the SDL's input of the same name.
type VariantCreateInput struct {
	Product nodeid.ID
	Variant ProductVariantInput
}

// VariantUpdateInput is the SDL's input of the same name. It is kept while it waits for a second person.
type VariantUpdateInput struct {
	ID              nodeid.ID               `json:"id"`
	ExpectedVersion *int                    `json:"expectedVersion,omitempty"`
	SKU             *string                 `json:"sku,omitempty"`
	Title           *string                 `json:"title,omitempty"`
	Price           *money.Decimal          `json:"price,omitempty"`
	PurchaseLimit   graphql.Omittable[*int] `json:"purchaseLimit,omitzero"`
	Weight          *int                    `json:"weight,omitempty"`
	LowStockAt      graphql.Omittable[*int] `json:"lowStockAt,omitzero"`
	Position        *int                    `json:"position,omitempty"`
}

// VariantArchiveInput is the SDL's input of the same name.
type VariantArchiveInput struct {
	ID              nodeid.ID
	ExpectedVersion *int
}

// CategoryCreateInput is the SDL's input of the same name.
type CategoryCreateInput struct {
	Name        string
	Slug        *string
	Description string
	Parent      *nodeid.ID
	Position    *int
}

// CategoryUpdateInput is the SDL's input of the same name.
type CategoryUpdateInput struct {
	ID                      nodeid.ID
	ExpectedVersion         *int
	Name, Slug, Description *string
}

// CategoryMoveInput is the SDL's input of the same name.
type CategoryMoveInput struct {
	ID              nodeid.ID
	ExpectedVersion *int
	Parent          graphql.Omittable[*nodeid.ID]
	Position        *int
}

// CategoryDeleteInput is the SDL's input of the same name.
type CategoryDeleteInput struct {
	ID              nodeid.ID
	ExpectedVersion *int
}

// MediaUploadInput is the SDL's input of the same name.
type MediaUploadInput struct {
	Product nodeid.ID
	File    graphql.Upload
	Alt     string
}

// MediaFormat is the SDL's enum of the same name.
type MediaFormat string

// The formats that pictures are served in.
const (
	JPEG MediaFormat = "JPEG"
	PNG  MediaFormat = "PNG"
)
