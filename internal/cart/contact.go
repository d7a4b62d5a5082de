package cart

import (
	"context"
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"galley/ent"
	"galley/ent/address"
	"galley/ent/cart"
	"galley/ent/predicate"
	"galley/internal/database"
	"galley/internal/email"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/postal"
	"galley/internal/viewer"
)

// BuyerUpdate says where mail about a cart's order goes. Without an address, it goes to the account's.
func (w *Workflow) BuyerUpdate(ctx context.Context, in BuyerUpdateInput) (*database.Outcome, error) {
	return w.change(ctx, in.Cart, in.ExpectedVersion, func(ctx context.Context, tx *ent.Tx) error {
		address := ""
		if in.Email != nil && strings.TrimSpace(*in.Email) != "" {
			var ok bool
			if address, ok = email.Normalise(*in.Email); !ok {
				return fault.Reject(Invalid, "This is not an e-mail address that the shop can write to", "email")
			}
		}
		err := tx.Cart.Update().Where(cart.ID(in.Cart.Key)).SetEmail(address).Exec(ctx)
		if err != nil {
			return fmt.Errorf("update buyer: %w", err)
		}
		return nil
	})
}

// AddressesUpdate says where a cart's order goes, and its invoice. What is left out stays.
func (w *Workflow) AddressesUpdate(ctx context.Context, in AddressesUpdateInput) (*database.Outcome, error) {
	return w.change(ctx, in.Cart, in.ExpectedVersion, func(ctx context.Context, tx *ent.Tx) error {
		var c fault.Collector
		shipping, err := chosen(ctx, tx, &c, in.ShippingAddress, in.ShippingAddressID, "shippingAddress")
		if err != nil {
			return err
		}
		billing, err := chosen(ctx, tx, &c, in.BillingAddress, in.BillingAddressID, "billingAddress")
		if err != nil {
			return err
		}
		if err := c.Err(); err != nil {
			return err
		}
		update := tx.Cart.Update().Where(cart.ID(in.Cart.Key))
		to, moved := shipping.ValueOK()
		if moved && to == nil {
			update.ClearShippingAddress().ClearDeliveryQuoteID()
		} else if moved {
			update.SetShippingAddress(to)
		}
		if a, set := billing.ValueOK(); set && a == nil {
			update.ClearBillingAddress()
		} else if set {
			update.SetBillingAddress(a)
		}
		if err := update.Exec(ctx); err != nil {
			return fmt.Errorf("update addresses: %w", err)
		}
		if to == nil {
			return nil
		}
		return w.offer(ctx, tx, in.Cart.Key, to.Country)
	})
}

// chosen is the address that was given, clean, or the entry of the viewer's own address book that was named.
func chosen(ctx context.Context, tx *ent.Tx, c *fault.Collector, given graphql.Omittable[*postal.Address], id *nodeid.ID, field string) (graphql.Omittable[*postal.Address], error) {
	switch a := given.Value(); {
	case a != nil && id != nil:
		c.Add(false, Invalid, "Give an address or name an entry of the address book, not both", field+"Id")
	case a != nil:
		clean := a.Clean()
		clean.Check(c, field)
		return graphql.OmittableOf(&clean), nil
	case id != nil:
		entry, err := fromBook(ctx, tx, viewer.From(ctx).UserID, address.ID(id.KeyOf(nodeid.Address)))
		c.Add(entry != nil, AddressNotFound, "The address book has no such entry, or it is incomplete", field+"Id")
		return graphql.OmittableOf(entry), err
	}
	return given, nil
}

// fromBook is a complete entry of an account's address book, or nil: whoever may read the address books of others has
// nothing sent there all the same.
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
	return postal.Address{
		Name: a.Name, Company: a.Company, Line1: a.Line1, Line2: a.Line2, City: a.City, Region: a.Region,
		PostalCode: a.PostalCode, Country: a.Country, Phone: a.Phone,
	}.Complete(), nil
}
