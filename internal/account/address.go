package account

import (
	"context"
	"fmt"
	"slices"

	"galley/ent"
	"galley/ent/address"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/postal"
	"galley/internal/viewer"
)

// mostAddresses bounds an address book.
const mostAddresses = 50

// AddressSave adds an address to the viewer's own address book, or replaces one in it. The first is
// the default for everything; a flag that is not set leaves the defaults as they are.
func (w *Workflow) AddressSave(ctx context.Context, in AddressSaveInput) (*database.Outcome, error) {
	userID, err := owner(ctx)
	if err != nil {
		return nil, err
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		if _, err := w.holdOwn(ctx, tx, userID); err != nil {
			return 0, err
		}
		book, err := tx.Address.Query().Where(address.UserID(userID)).IDs(ctx)
		if err != nil {
			return 0, fmt.Errorf("read address book: %w", err)
		}
		var key int64
		if in.ID != nil {
			if key = in.ID.KeyOf(nodeid.Address); !slices.Contains(book, key) {
				return 0, noAddress()
			}
		}
		var c fault.Collector
		clean := in.Address.Clean()
		clean.Check(&c, "address")
		c.Add(key != 0 || len(book) < mostAddresses, Invalid, "An address book holds at most 50 addresses: remove one first")
		if err := c.Err(); err != nil {
			return 0, err
		}
		first := len(book) == 0
		e := entry{userID, key, clean, in.DefaultShipping || first, in.DefaultBilling || first}
		return e.save(ctx, tx)
	})
}

// entry is an address to be saved; key is 0 for a new one.
type entry struct {
	userID, key       int64
	address           postal.Address
	shipping, billing bool
}

func (e entry) save(ctx context.Context, tx *ent.Tx) (int64, error) {
	if err := e.clearDefaults(ctx, tx); err != nil {
		return 0, err
	}
	if e.key == 0 {
		insert := tx.Address.Create().SetUserID(e.userID)
		e.fill(insert.Mutation())
		made, err := insert.Save(viewer.AsSystem(ctx))
		if err != nil {
			return 0, fmt.Errorf("create address: %w", err)
		}
		return made.ID, nil
	}
	update := tx.Address.Update().Where(address.ID(e.key), address.UserID(e.userID))
	e.fill(update.Mutation())
	if err := update.Exec(ctx); err != nil {
		return 0, fmt.Errorf("update address: %w", err)
	}
	return e.key, nil
}

// clearDefaults takes from the others what this address becomes: there is one default at the most.
func (e entry) clearDefaults(ctx context.Context, tx *ent.Tx) error {
	if e.shipping {
		err := tx.Address.Update().Where(address.UserID(e.userID), address.IDNEQ(e.key), address.DefaultShipping(true)).
			SetDefaultShipping(false).Exec(ctx)
		if err != nil {
			return fmt.Errorf("clear default: %w", err)
		}
	}
	if e.billing {
		err := tx.Address.Update().Where(address.UserID(e.userID), address.IDNEQ(e.key), address.DefaultBilling(true)).
			SetDefaultBilling(false).Exec(ctx)
		if err != nil {
			return fmt.Errorf("clear default: %w", err)
		}
	}
	return nil
}

func (e entry) fill(m *ent.AddressMutation) {
	a := e.address
	m.SetName(a.Name)
	m.SetCompany(a.Company)
	m.SetLine1(a.Line1)
	m.SetLine2(a.Line2)
	m.SetCity(a.City)
	m.SetRegion(a.Region)
	m.SetPostalCode(a.PostalCode)
	m.SetCountry(a.Country)
	m.SetPhone(a.Phone)
	if e.shipping {
		m.SetDefaultShipping(true)
	}
	if e.billing {
		m.SetDefaultBilling(true)
	}
}

// AddressDelete removes an address from the viewer's own address book. No other becomes the default.
func (w *Workflow) AddressDelete(ctx context.Context, in AddressDeleteInput) (*database.Outcome, error) {
	userID, err := owner(ctx)
	if err != nil {
		return nil, err
	}
	key := in.ID.KeyOf(nodeid.Address)
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		removed, err := tx.Address.Delete().Where(address.ID(key), address.UserID(userID)).Exec(ctx)
		switch {
		case err != nil:
			return 0, fmt.Errorf("delete address: %w", err)
		case removed == 0:
			return 0, noAddress()
		}
		return key, nil
	})
}

func noAddress() error {
	return fault.New(fault.NotFound, "There is no such address")
}
