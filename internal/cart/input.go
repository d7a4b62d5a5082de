package cart

import (
	"github.com/99designs/gqlgen/graphql"

	"galley/internal/nodeid"
	"galley/internal/postal"
)

// CreateInput is the SDL's CartCreateInput.
type CreateInput struct {
	Lines []LineInput
}

// LineInput is the SDL's CartLineInput.
type LineInput struct {
	Variant  nodeid.ID
	Quantity int
}

// LinesAddInput is the SDL's CartLinesAddInput.
type LinesAddInput struct {
	Cart            nodeid.ID
	ExpectedVersion *int
	Lines           []LineInput
}

// LineUpdateInput is the SDL's CartLineUpdateInput.
type LineUpdateInput struct {
	ID       nodeid.ID
	Quantity int
}

// LinesUpdateInput is the SDL's CartLinesUpdateInput.
type LinesUpdateInput struct {
	Cart            nodeid.ID
	ExpectedVersion *int
	Lines           []LineUpdateInput
}

// LinesRemoveInput is the SDL's CartLinesRemoveInput.
type LinesRemoveInput struct {
	Cart            nodeid.ID
	ExpectedVersion *int
	Lines           []nodeid.ID
}

// BuyerUpdateInput is the SDL's CartBuyerUpdateInput.
type BuyerUpdateInput struct {
	Cart            nodeid.ID
	ExpectedVersion *int
	Email           *string
}

// AddressesUpdateInput is the SDL's CartAddressesUpdateInput. An address that is null is taken out.
type AddressesUpdateInput struct {
	Cart              nodeid.ID
	ExpectedVersion   *int
	ShippingAddress   graphql.Omittable[*postal.Address]
	ShippingAddressID *nodeid.ID
	BillingAddress    graphql.Omittable[*postal.Address]
	BillingAddressID  *nodeid.ID
}

// DeliveryOptionSelectInput is the SDL's CartDeliveryOptionSelectInput.
type DeliveryOptionSelectInput struct {
	Cart            nodeid.ID
	ExpectedVersion *int
	Option          nodeid.ID
}

// PromoCodesInput is the SDL's CartPromoCodesAddInput and CartPromoCodesRemoveInput.
type PromoCodesInput struct {
	Cart            nodeid.ID
	ExpectedVersion *int
	Codes           []string
}
