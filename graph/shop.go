package graph

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"galley/ent"
	"galley/ent/product"
	"galley/graph/loader"
	"galley/internal/account"
	"galley/internal/approval"
	"galley/internal/audit"
	"galley/internal/cart"
	"galley/internal/catalog"
	"galley/internal/checkout"
	"galley/internal/database"
	"galley/internal/delivery"
	"galley/internal/fault"
	"galley/internal/fulfil"
	"galley/internal/identity"
	"galley/internal/job"
	"galley/internal/lifecycle"
	"galley/internal/live"
	"galley/internal/mail"
	"galley/internal/money"
	"galley/internal/payment"
	"galley/internal/promotion"
	"galley/internal/quote"
	"galley/internal/secret"
	"galley/internal/session"
	"galley/internal/settlement"
	"galley/internal/staff"
	"galley/internal/stock"
	"galley/internal/tax"
	"galley/internal/token"
	"galley/internal/viewer"
)

// Shop is one shop: a database, and everything that knows how to work on it. A process may serve
// several; they share nothing.
type Shop struct {
	Options

	Account  *account.Workflow
	Session  *session.Workflow
	Staff    *staff.Workflow
	identity *identity.Workflow
	Catalog  *catalog.Workflow
	Payments *settlement.Workflow
	Live     *live.Broker // tells subscribers; other processes hear it once somebody runs it
	Jobs     *job.Queue   // does the work that the others ask for, once somebody runs it
	Batches  *loader.Batches
	stock    *stock.Workflow
	quotes   quote.Source
	cart     *cart.Workflow
	checkout *checkout.Workflow
	fulfil   *fulfil.Workflow
	approval *approval.Workflow

	promotion *promotion.Workflow
	tax       *tax.Workflow
	delivery  *delivery.Workflow

	oneByOne, allColumns bool // look ahead at nothing, read whole rows: for tests
}

// Options tell what a shop is made of.
type Options struct {
	Database *database.DB
	Currency money.Currency
	Logger   *slog.Logger
	Mail     mail.Sender  // takes the shop's letters
	Secrets  *secret.Ring // seals what must not be read in the database; the development ring unless told
	// Providers are where one may sign in by OpenID Connect.
	Providers []*identity.Provider

	// AccessLifetime is how long an access token is good for; ten minutes unless told.
	AccessLifetime time.Duration
	// DeletionGrace is how long an account is kept that is to be deleted; 14 days unless told.
	DeletionGrace time.Duration
	// VerifiedCheckout takes orders of accounts with a verified e-mail address only.
	VerifiedCheckout bool

	// TaxOnTop has prices without tax, which is added to what a cart costs; unless told they contain it.
	TaxOnTop bool
	// Reservation is how long a checkout holds its pieces and its price; 15 minutes unless told.
	Reservation time.Duration
	// PaymentWindow is how long an order waits for its payment; an hour unless told.
	PaymentWindow time.Duration
	// ReturnOrigins are where a payment's redirect may come back to.
	ReturnOrigins []string
	// Gateways take payments, Card names the one that takes cards; without it the shop takes none.
	Gateways payment.Gateways
	Card     string
	// HoldMoney has money only held when an order is placed, until staff take it.
	HoldMoney bool

	// Development tells each answer's statements, and everybody the schema.
	Development bool
	// Introspection is who is told the schema: everybody in development, and else StaffOnly, unless told.
	Introspection Audience
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
	if o.DeletionGrace == 0 {
		o.DeletionGrace = 14 * 24 * time.Hour
	}
	if o.Reservation == 0 {
		o.Reservation = 15 * time.Minute
	}
	if o.PaymentWindow == 0 {
		o.PaymentWindow = time.Hour
	}
	broker := live.NewBroker(o.Logger)
	audit.Watch(o.Database)
	jobs := job.New(o.Database).WithLogger(o.Logger)
	sessions := session.New(o.Database, o.Secrets).WithLogger(o.Logger).WithQueue(jobs).WithLive(broker)
	catalogue := catalog.New(o.Database, o.Currency).WithLogger(o.Logger)
	states := lifecycle.New(o.Database, jobs, broker)
	payments := settlement.New(settlement.Options{
		Database: o.Database, Jobs: jobs, Orders: states, Gateways: o.Gateways, Card: o.Card, Window: o.PaymentWindow, Hold: o.HoldMoney, Logger: o.Logger,
		ReturnOrigins: o.ReturnOrigins,
	})
	prices := quote.Source{Currency: o.Currency, TaxIncluded: !o.TaxOnTop, Now: o.Database.Now}
	carts := cart.New(cart.Options{Database: o.Database, Currency: o.Currency, Secrets: o.Secrets, Live: broker})
	orders := fulfil.New(fulfil.Options{Database: o.Database, Jobs: jobs, Mail: o.Mail, Secrets: o.Secrets, Orders: states, Payments: payments})
	sessions.WithAccessLifetime(o.AccessLifetime)
	return &Shop{
		Options: o,
		Session: sessions,
		Jobs:    jobs,
		Live:    broker,
		Batches: loader.NewBatches(),
		Staff:   staff.New(o.Database, sessions, o.Logger),
		Account: account.New(account.Options{
			Database: o.Database, Sessions: sessions, Jobs: jobs, Mail: o.Mail, Secrets: o.Secrets, Grace: o.DeletionGrace, Carts: carts,
		}),
		identity: identity.New(identity.Options{
			Database: o.Database, Sessions: sessions, Secrets: o.Secrets, Providers: o.Providers, Claim: account.Claim, Adopt: carts.Adopt,
			Logger: o.Logger,
		}),
		Catalog: catalogue,
		stock:   stock.New(o.Database, broker),
		cart:    carts,
		checkout: checkout.New(checkout.Options{
			Database: o.Database, Jobs: jobs, Orders: states, Payments: payments, Live: broker, Secrets: o.Secrets,
			Prices:      prices,
			Reservation: o.Reservation, VerifiedEmail: o.VerifiedCheckout,
		}),
		quotes:   prices,
		fulfil:   orders,
		Payments: payments,
		approval: approvals(o.Database, catalogue, orders, payments),

		promotion: promotion.New(o.Database, o.Currency),
		tax:       tax.New(o.Database),
		delivery:  delivery.New(o.Database, o.Currency),
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
// of a session, or an API key, the token of a guest's cart, or both. An empty one is absent. Each costs its statement
// once; a cart's token costs none, because the row rules compare it.
func (s *Shop) Identify(ctx context.Context, bearer, cartToken string) (context.Context, error) {
	ctx, _ = database.WithCounter(ctx)
	var v viewer.Viewer
	if bearer != "" {
		var err error
		v, err = s.authenticate(ctx, bearer)
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

// Changes tells, until the context ends, that its viewer may have become another: a session of theirs has ended, or what they may do
// has changed. An API key ends without a word.
func (s *Shop) Changes(ctx context.Context) <-chan struct{} {
	v := viewer.From(ctx)
	if v.UserID == 0 {
		return nil
	}
	return s.Live.Subscribe(ctx, live.Account(v.UserID))
}

// WithOrderToken lets the viewer see one order more: the one that the token of a letter opens. An empty token opens
// none; none costs a statement.
func (s *Shop) WithOrderToken(ctx context.Context, orderToken string) (context.Context, error) {
	if orderToken == "" {
		return ctx, nil
	}
	if !token.Valid(lifecycle.TokenPrefix, orderToken, lifecycle.TokenBytes) {
		return ctx, fault.New(fault.Unauthenticated, "X-Order-Token is not an order's token")
	}
	v := viewer.From(ctx)
	v.OrderToken = token.Hash(orderToken)
	if v.Kind == viewer.Anonymous {
		v.Kind = viewer.Guest
	}
	return viewer.With(ctx, v), nil
}

// authenticate finds out who brings a bearer token: a person, or a machine.
func (s *Shop) authenticate(ctx context.Context, bearer string) (viewer.Viewer, error) {
	if staff.IsAPIKey(bearer) {
		return s.Staff.Authenticate(ctx, bearer)
	}
	return s.Session.Authenticate(ctx, bearer)
}
