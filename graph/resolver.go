// Package graph is GraphQL's skin over the shop: resolvers of one to three lines, access directives,
// and errors as clients see them.
package graph

//go:generate go run -C .. ./graph/accessgen

import (
	"galley/graph/loader"
	"galley/internal/account"
	"galley/internal/approval"
	"galley/internal/cart"
	"galley/internal/catalog"
	"galley/internal/checkout"
	"galley/internal/fulfil"
	"galley/internal/session"
	"galley/internal/stock"
)

// Resolver is the root of all resolvers.
type Resolver struct {
	source loader.Source

	account  *account.Workflow
	session  *session.Workflow
	catalog  *catalog.Workflow
	stock    *stock.Workflow
	cart     *cart.Workflow
	checkout *checkout.Workflow
	fulfil   *fulfil.Workflow
	approval *approval.Workflow
}

func newResolver(s *Shop) *Resolver {
	return &Resolver{
		source: loader.Source{
			Client: s.Database.Client, Currency: s.Currency, Wait: s.Wait, Now: s.Database.Now, OneByOne: s.oneByOne, AllColumns: s.allColumns,
		},
		account: s.Account, session: s.Session, catalog: s.Catalog, stock: s.stock, cart: s.cart, checkout: s.checkout, fulfil: s.fulfil,
		approval: s.approval,
	}
}
