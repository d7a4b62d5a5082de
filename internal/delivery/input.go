package delivery

import (
	"galley/ent/deliverymethod"
	"galley/internal/money"
	"galley/internal/nodeid"
)

// ZoneCreateInput is the SDL's DeliveryZoneCreateInput.
type ZoneCreateInput struct {
	Name      string
	Countries []string
}

// ZoneUpdateInput is the SDL's DeliveryZoneUpdateInput.
type ZoneUpdateInput struct {
	ID              nodeid.ID
	ExpectedVersion *int
	Name            *string
	Countries       []string // nil leaves them
}

// ZoneDeleteInput is the SDL's DeliveryZoneDeleteInput.
type ZoneDeleteInput struct {
	ID              nodeid.ID
	ExpectedVersion *int
}

// TierInput is the SDL's DeliveryTierInput.
type TierInput struct {
	FromWeight *int
	FromValue  *money.Decimal
	Price      *money.Decimal
}

// MethodCreateInput is the SDL's DeliveryMethodCreateInput.
type MethodCreateInput struct {
	Zone              nodeid.ID
	Name, Description string
	Basis             deliverymethod.Basis
	Tiers             []TierInput
	TaxCategory       string
	Position          int
	Active            bool
}

// MethodUpdateInput is the SDL's DeliveryMethodUpdateInput.
type MethodUpdateInput struct {
	ID                             nodeid.ID
	ExpectedVersion                *int
	Name, Description, TaxCategory *string
	Basis                          *deliverymethod.Basis
	Tiers                          []TierInput // nil leaves them
	Position                       *int
	Active                         *bool
}

// OptionsQuoteInput is the SDL's CartDeliveryOptionsQuoteInput.
type OptionsQuoteInput struct {
	Cart nodeid.ID
}
