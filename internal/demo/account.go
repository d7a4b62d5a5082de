package demo

import (
	"context"
	"fmt"
	"time"

	"galley/ent"
	"galley/ent/user"
	"galley/internal/account"
	"galley/internal/database"
	"galley/internal/textkey"
	"galley/internal/viewer"
)

// Account is one of the accounts that only a demo shop has: their passwords are known to everybody.
type Account struct {
	Role, Email, Password string

	name        string
	permissions []viewer.Permission
}

// Accounts are the demo shop's accounts. The shopper is a customer of the data, with orders.
func Accounts() []Account {
	return []Account{
		{Role: "shopper", Email: customerEmail("17850"), Password: "demo-shopper"},
		{Role: "staff", Email: "staff@galley.example", Password: "demo-staff", name: "Sam Staff", permissions: []viewer.Permission{
			viewer.CatalogRead, viewer.CatalogWrite, viewer.StockRead, viewer.StockWrite, viewer.OrderRead,
			viewer.OrderWrite, viewer.PaymentWrite, viewer.PricingRead, viewer.PricingWrite,
		}},
		{Role: "admin", Email: "admin@galley.example", Password: "demo-admin", name: "Alex Admin", permissions: viewer.Permissions()},
	}
}

func customerEmail(id string) string { return id + "@customers.example" }

// Present tells whether a database has demo accounts.
func Present(ctx context.Context, db *database.DB) (bool, error) {
	var emails []string
	for _, a := range Accounts() {
		if a.permissions != nil { // a customer may be in any copy of the data
			emails = append(emails, a.Email)
		}
	}
	found, err := db.Client.User.Query().Where(user.EmailIn(emails...)).Exist(viewer.AsSystem(ctx))
	if err != nil {
		return false, fmt.Errorf("look for demo accounts: %w", err)
	}
	return found, nil
}

// openAccounts makes the accounts and what they sign in with. Their addresses are verified.
func openAccounts(ctx context.Context, tx *ent.Tx, customers map[string]int64, verified time.Time) error {
	for _, a := range Accounts() {
		id := customers[a.Email]
		if id == 0 {
			u, err := tx.User.Create().SetEmail(a.Email).SetName(a.name).SetNameKey(textkey.Key(a.name)).
				SetStaff(true).SetPermissions(a.permissions).SetCountry("GB").SetEmailVerifiedAt(verified).Save(ctx)
			if err != nil {
				return fmt.Errorf("open account %s: %w", a.Email, err)
			}
			id = u.ID
		} else {
			if err := tx.User.Update().Where(user.ID(id)).SetEmailVerifiedAt(verified).Exec(ctx); err != nil {
				return fmt.Errorf("open account %s: %w", a.Email, err)
			}
			err := tx.Address.Create().SetUserID(id).SetName("Dana Demo").SetLine1("1 Harbour Street").SetCity("Whitstable").
				SetPostalCode("CT5 1AB").SetCountry("GB").SetDefaultShipping(true).SetDefaultBilling(true).Exec(ctx)
			if err != nil {
				return fmt.Errorf("write address of %s: %w", a.Email, err)
			}
		}
		hash, err := account.Hash(a.Password)
		if err != nil {
			return fmt.Errorf("hash password of %s: %w", a.Email, err)
		}
		if err := tx.Credential.Create().SetUserID(id).SetPasswordHash(hash).Exec(ctx); err != nil {
			return fmt.Errorf("open account %s: %w", a.Email, err)
		}
	}
	return nil
}
