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
	"galley/internal/delivery"
	"galley/internal/fulfil"
	"galley/internal/identity"
	"galley/internal/job"
	"galley/internal/live"
	"galley/internal/promotion"
	"galley/internal/session"
	"galley/internal/settlement"
	"galley/internal/staff"
	"galley/internal/stock"
	"galley/internal/tax"
)

// Resolver is the root of all resolvers.
type Resolver struct {
	source loader.Source

	account  *account.Workflow
	session  *session.Workflow
	staff    *staff.Workflow
	identity *identity.Workflow
	catalog  *catalog.Workflow
	stock    *stock.Workflow
	cart     *cart.Workflow
	checkout *checkout.Workflow
	fulfil   *fulfil.Workflow
	payments *settlement.Workflow
	jobs     *job.Queue
	approval *approval.Workflow
	live     *live.Broker

	promotion *promotion.Workflow
	tax       *tax.Workflow
	delivery  *delivery.Workflow
}

func newResolver(s *Shop) *Resolver {
	return &Resolver{
		source: loader.Source{
			Client: s.Database.Client, Currency: s.Currency, Quotes: s.quotes, Now: s.Database.Now, Wait: s.Wait, Batches: s.Batches, OneByOne: s.oneByOne, AllColumns: s.allColumns,
		},
		account: s.Account, session: s.Session, staff: s.Staff, identity: s.identity, catalog: s.Catalog, stock: s.stock, cart: s.cart, checkout: s.checkout, fulfil: s.fulfil, payments: s.Payments,
		jobs: s.Jobs, approval: s.approval, live: s.Live,
		promotion: s.promotion, tax: s.tax, delivery: s.delivery,
	}
}
