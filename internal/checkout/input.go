package checkout

import (
	"galley/ent/payment"
	"galley/internal/money"
	"galley/internal/nodeid"
	"galley/internal/postal"
	"galley/internal/settlement"
)

// StartInput is the SDL's CheckoutStartInput.
type StartInput struct {
	Cart              nodeid.ID
	ExpectedVersion   *int
	Email             *string
	ShippingAddress   *postal.Address
	ShippingAddressID *nodeid.ID
	BillingAddress    *postal.Address
	ExpectedTotal     *money.Decimal
}

// CompleteInput is the SDL's CheckoutCompleteInput.
type CompleteInput struct {
	Cart              nodeid.ID
	Email             *string
	ShippingAddress   *postal.Address
	ShippingAddressID *nodeid.ID
	BillingAddress    *postal.Address
	Payment           payment.Method
	Instrument        *string
	ReturnURL         *string
	ExpectedTotal     *money.Decimal
}

// said is what both inputs say of the order to come. What is not said is as the cart has it, or else the account.
type said struct {
	email         *string
	shipping      *postal.Address
	shippingID    *nodeid.ID
	billing       *postal.Address
	expectedTotal *money.Decimal
}

// means are how the order is to be paid.
func (in CompleteInput) means() settlement.Means {
	return settlement.NewMeans(in.Payment, in.Instrument, in.ReturnURL)
}

func (in StartInput) said() said {
	return said{in.Email, in.ShippingAddress, in.ShippingAddressID, in.BillingAddress, in.ExpectedTotal}
}

func (in CompleteInput) said() said {
	return said{in.Email, in.ShippingAddress, in.ShippingAddressID, in.BillingAddress, in.ExpectedTotal}
}
