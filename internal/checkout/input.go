package checkout

import (
	"galley/ent/payment"
	"galley/internal/money"
	"galley/internal/nodeid"
	"galley/internal/postal"
)

// CompleteInput is the SDL's CheckoutCompleteInput.
type CompleteInput struct {
	Cart              nodeid.ID
	Email             *string
	ShippingAddress   *postal.Address
	ShippingAddressID *nodeid.ID
	BillingAddress    *postal.Address
	Payment           payment.Method
	ExpectedTotal     *money.Decimal
}
