package checkout

import (
	"strings"

	"galley/ent"
	"galley/internal/email"
	"galley/internal/fault"
	"galley/internal/postal"
)

// contacts are where mail about an order goes, the parcel, and the invoice, if that is another address.
type contacts struct {
	email             string
	shipping, billing *postal.Address
}

// contacts are what is said of them now, else what the cart has, else the account's own.
func (w *Workflow) contacts(errs *fault.Collector, c *ent.Cart, a account, in said) (to contacts) {
	if in.email == nil && c.Email != "" {
		in.email = &c.Email
	}
	to.email = w.mailTo(errs, a, in.email)
	if in.shipping == nil && in.shippingID == nil && c.ShippingAddress != nil {
		in.shipping = c.ShippingAddress
	}
	to.shipping = shipTo(errs, a, in)
	if in.billing == nil {
		in.billing = c.BillingAddress
	}
	if in.billing != nil {
		to.billing = given(errs, in.billing, "billingAddress")
	}
	return to
}

// on is the cart as it would be with these contacts, which its price depends on.
func (to contacts) on(c *ent.Cart) *ent.Cart {
	with := *c
	with.Email, with.ShippingAddress, with.BillingAddress = to.email, to.shipping, to.billing
	return &with
}

// elsewhere tells whether the parcel goes to another country than the cart's checkout thought, where taxes and deliveries
// are others.
func (to contacts) elsewhere(c *ent.Cart) bool {
	return to.shipping == nil || c.ShippingAddress == nil || to.shipping.Country != c.ShippingAddress.Country
}

// mailTo is where mail about the order goes: where its caller says, or else the account's address. It notes who may not
// order in a shop that wants to know for sure whom it writes to; guests prove no address at all.
func (w *Workflow) mailTo(errs *fault.Collector, a account, typed *string) string {
	errs.Add(!w.VerifiedEmail || a.verified, EmailUnverified, "Sign in with an account whose e-mail address is verified")
	if typed != nil && strings.TrimSpace(*typed) != "" {
		normal, ok := email.Normalise(*typed)
		errs.Add(ok, Invalid, "This is not an e-mail address that the shop can write to", "email")
		return normal
	}
	errs.Add(a.email != "", EmailNeeded, "Say where mail about the order goes", "email")
	return a.email
}

// shipTo is where the parcel goes: the address given, the entry named of the account's own address
// book, or its default one.
func shipTo(errs *fault.Collector, a account, in said) *postal.Address {
	switch {
	case in.shipping != nil && in.shippingID != nil:
		errs.Add(false, Invalid, "Give an address or name an entry of the address book, not both", "shippingAddressId")
		return nil
	case in.shipping != nil:
		return given(errs, in.shipping, "shippingAddress")
	case in.shippingID != nil:
		errs.Add(a.entry != nil, AddressNeeded, "The address book has no such entry, or it is incomplete", "shippingAddressId")
	default:
		errs.Add(a.entry != nil, AddressNeeded, "Say where the parcel goes", "shippingAddress")
	}
	return a.entry
}

func given(c *fault.Collector, a *postal.Address, field string) *postal.Address {
	clean := a.Clean()
	clean.Check(c, field)
	return &clean
}
