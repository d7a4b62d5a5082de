package checkout

import (
	"context"
	"fmt"
	"strings"

	"galley/ent"
	"galley/ent/address"
	"galley/ent/predicate"
	"galley/ent/user"
	"galley/internal/email"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/postal"
)

// verified notes who may not order in a shop that wants to know for sure whom it writes to. Guests prove no
// address at all.
func (w *Workflow) verified(ctx context.Context, tx *ent.Tx, c *fault.Collector, account int64) error {
	if !w.verifiedEmail {
		return nil
	}
	verified, err := tx.User.Query().Where(user.ID(account), user.EmailVerifiedAtNotNil()).Exist(ctx)
	if err != nil {
		return fmt.Errorf("read account: %w", err)
	}
	c.Add(verified, EmailUnverified, "Sign in with an account whose e-mail address is verified")
	return nil
}

// mailTo is where mail about the order goes: where its caller says, or else the account's address.
func mailTo(ctx context.Context, tx *ent.Tx, c *fault.Collector, account int64, typed *string) (string, error) {
	if typed != nil && strings.TrimSpace(*typed) != "" {
		normal, ok := email.Normalise(*typed)
		c.Add(ok, Invalid, "This is not an e-mail address that the shop can write to", "email")
		return normal, nil
	}
	if account != 0 {
		known, err := tx.User.Query().Where(user.ID(account)).Select(user.FieldEmail).String(ctx)
		switch {
		case err == nil:
			return known, nil
		case !ent.IsNotFound(err):
			return "", fmt.Errorf("read account: %w", err)
		}
	}
	c.Add(false, EmailNeeded, "Say where mail about the order goes", "email")
	return "", nil
}

// shipTo is where the parcel goes: the address given, the entry named of the account's own address
// book, or its default one.
func shipTo(ctx context.Context, tx *ent.Tx, c *fault.Collector, account int64, in CompleteInput) (*postal.Address, error) {
	switch {
	case in.ShippingAddress != nil && in.ShippingAddressID != nil:
		c.Add(false, Invalid, "Give an address or name an entry of the address book, not both", "shippingAddressId")
		return nil, nil
	case in.ShippingAddress != nil:
		return given(c, in.ShippingAddress, "shippingAddress"), nil
	case in.ShippingAddressID != nil:
		entry, err := fromBook(ctx, tx, account, address.ID(in.ShippingAddressID.KeyOf(nodeid.Address)))
		c.Add(entry != nil, AddressNeeded, "The address book has no such entry, or it is incomplete", "shippingAddressId")
		return entry, err
	}
	entry, err := fromBook(ctx, tx, account, address.DefaultShipping(true))
	c.Add(entry != nil, AddressNeeded, "Say where the parcel goes", "shippingAddress")
	return entry, err
}

// billTo is where the invoice goes, if it is another address.
func billTo(c *fault.Collector, in CompleteInput) *postal.Address {
	if in.BillingAddress == nil {
		return nil
	}
	return given(c, in.BillingAddress, "billingAddress")
}

func given(c *fault.Collector, a *postal.Address, field string) *postal.Address {
	clean := a.Clean()
	clean.Check(c, field)
	return &clean
}

// fromBook is a complete entry of the account's address book, or nil: whoever may read the address
// books of others has nothing sent there all the same.
func fromBook(ctx context.Context, tx *ent.Tx, account int64, which predicate.Address) (*postal.Address, error) {
	if account == 0 {
		return nil, nil
	}
	a, err := tx.Address.Query().Where(address.UserID(account), which).Order(address.ByID()).First(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read address book: %w", err)
	}
	entry := postal.Address{
		Name: a.Name, Company: a.Company, Line1: a.Line1, Line2: a.Line2, City: a.City, Region: a.Region,
		PostalCode: a.PostalCode, Country: a.Country, Phone: a.Phone,
	}.Clean()
	var c fault.Collector
	if entry.Check(&c); c.Err() != nil {
		return nil, nil
	}
	return &entry, nil
}
