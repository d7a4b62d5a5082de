package graph

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"galley/ent"
	"galley/ent/product"
	"galley/internal/account"
	"galley/internal/cart"
	"galley/internal/catalog"
	"galley/internal/checkout"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/fulfil"
	"galley/internal/identity"
	"galley/internal/money"
	"galley/internal/secret"
	"galley/internal/session"
	"galley/internal/stock"
	"galley/internal/token"
	"galley/internal/viewer"
)

// Shop is one shop: a database, and everything that knows how to work on it. A process may serve
// several; they share nothing.
type Shop struct {
	Options

	Account  *account.Workflow
	Session  *session.Workflow
	identity *identity.Workflow
	Catalog  *catalog.Workflow
	stock    *stock.Workflow
	cart     *cart.Workflow
	checkout *checkout.Workflow
	fulfil   *fulfil.Workflow

	oneByOne, allColumns bool // look ahead at nothing, read whole rows: for tests
}

// Options tell what a shop is made of.
type Options struct {
	Database *database.DB
	Currency money.Currency
	Logger   *slog.Logger
	Secrets  *secret.Ring // seals what must not be read in the database; the development ring unless told
	// Providers are where one may sign in by OpenID Connect.
	Providers []*identity.Provider

	// Development answers introspection, suggests names, and tells each answer's statements.
	Development bool
	// Wait is how long a batch of keys waits for more; a millisecond unless told.
	Wait time.Duration
}

// NewShop makes a shop on a database that is migrated and started.
func NewShop(o Options) *Shop {
	if o.Wait == 0 {
		o.Wait = time.Millisecond
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Secrets == nil {
		o.Secrets = secret.Development()
	}
	sessions := session.New(o.Database, o.Secrets)
	return &Shop{
		Options: o,
		Session: sessions,
		Account: account.New(account.Options{Database: o.Database, Sessions: sessions}),
		identity: identity.New(identity.Options{
			Database: o.Database, Sessions: sessions, Secrets: o.Secrets, Providers: o.Providers, Logger: o.Logger,
		}),
		Catalog:  catalog.New(o.Database, o.Currency).WithLogger(o.Logger),
		stock:    stock.New(o.Database),
		cart:     cart.New(o.Database, o.Currency),
		checkout: checkout.New(o.Database, o.Currency),
		fulfil:   fulfil.New(o.Database),
	}
}

// Check tells whether the shop's settings fit its rows.
func (s *Shop) Check(ctx context.Context) error {
	other, err := s.Database.Client.Product.Query().Where(product.CurrencyNEQ(s.Currency)).First(viewer.AsSystem(ctx))
	switch {
	case ent.IsNotFound(err):
		return nil
	case err != nil:
		return fmt.Errorf("check the shop's currency: %w", err)
	}
	return fmt.Errorf("GALLEY_CURRENCY: the shop's prices are in %s, not in %s", other.Currency, s.Currency)
}

// Identify puts the viewer into the context that a request's credentials stand for: the bearer token
// of a session, the token of a guest's cart, or both. An empty one is absent. Each costs its statement
// once; a cart's token costs none, because the row rules compare it.
func (s *Shop) Identify(ctx context.Context, bearer, cartToken string) (context.Context, error) {
	if s.Development {
		ctx, _ = database.WithCounter(ctx)
	}
	var v viewer.Viewer
	if bearer != "" {
		var err error
		v, err = s.Session.Authenticate(ctx, bearer)
		if database.Unreachable(err) {
			err = fault.Wrap(fault.Unavailable, unreachable, err)
		}
		if err != nil {
			return ctx, err
		}
	}
	if cartToken != "" {
		if !token.Valid(cart.TokenPrefix, cartToken, cart.TokenBytes) {
			return ctx, fault.New(fault.Unauthenticated, "X-Cart-Token is not a cart's token")
		}
		v.CartToken = token.Hash(cartToken)
		if v.Kind == viewer.Anonymous {
			v.Kind = viewer.Guest
		}
	}
	return viewer.With(ctx, v), nil
}
