package promotion

import (
	"time"

	"github.com/99designs/gqlgen/graphql"

	"galley/ent/promotion"
	"galley/internal/money"
	"galley/internal/nodeid"
)

// CreateInput is the SDL's PromotionCreateInput.
type CreateInput struct {
	Name             string
	Code             *string
	Kind             promotion.Kind
	BasisPoints      *int
	Amount           *money.Decimal
	Minimum          *money.Decimal
	Categories       []nodeid.ID
	StartsAt, EndsAt *time.Time
	OncePerCustomer  bool
	UsageLimit       *int
	Active           bool
}

// UpdateInput is the SDL's PromotionUpdateInput.
type UpdateInput struct {
	ID               nodeid.ID
	ExpectedVersion  *int
	Name             *string
	Code             graphql.Omittable[*string]
	BasisPoints      *int
	Amount           *money.Decimal
	Minimum          *money.Decimal
	Categories       []nodeid.ID // nil leaves them
	StartsAt, EndsAt graphql.Omittable[*time.Time]
	OncePerCustomer  *bool
	UsageLimit       graphql.Omittable[*int]
	Active           *bool
}
