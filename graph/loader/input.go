package loader

import (
	"time"

	"galley/ent/order"
	"galley/ent/product"
	"galley/internal/money"
	"galley/internal/nodeid"
)

// DateRange is the SDL's input of the same name.
type DateRange struct {
	From, Until *time.Time
}

// PriceRange is the SDL's input of the same name.
type PriceRange struct {
	Min, Max *money.Decimal
}

// ProductFilter is the SDL's input of the same name.
type ProductFilter struct {
	Query       *string
	Category    *nodeid.ID
	Descendants bool
	Price       *PriceRange
	InStock     *bool
	Status      []product.Status
	CreatedAt   *DateRange
}

// CategoryFilter is the SDL's input of the same name.
type CategoryFilter struct {
	Parent *nodeid.ID
	Roots  bool
	Query  *string
}

// UserFilter is the SDL's input of the same name.
type UserFilter struct {
	Query     *string
	Staff     *bool
	Active    *bool
	Role      *nodeid.ID
	CreatedAt *DateRange
}

// OrderFilter is the SDL's input of the same name.
type OrderFilter struct {
	Query            *string
	Status           []order.Status
	FulfilmentStatus []order.Fulfilment
	PlacedAt         *DateRange
	Customer         *nodeid.ID
	Country          *string
	Total            *PriceRange
}

// ProductSort is the SDL's ProductSortKey.
type ProductSort string

// The orders of products.
const (
	ProductsByRelevance ProductSort = "RELEVANCE"
	ProductsNewest      ProductSort = "NEWEST"
	ProductsByTitle     ProductSort = "TITLE"
	ProductsByPrice     ProductSort = "PRICE"
)

// UserSort is the SDL's UserSortKey.
type UserSort string

// The orders of accounts.
const (
	UsersByCreation UserSort = "CREATED"
	UsersByName     UserSort = "NAME"
)

// OrderSort is the SDL's OrderSortKey.
type OrderSort string

// The orders of orders.
const (
	OrdersByPlacing OrderSort = "PLACED"
	OrdersByTotal   OrderSort = "TOTAL"
)
