package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"galley/graph"
	"galley/internal/config"
	"galley/internal/database"
	"galley/internal/demo"
	"galley/internal/edge"
	"galley/internal/edge/admission"
	"galley/internal/edge/clientkit"
	"galley/internal/edge/deadline"
	"galley/internal/edge/explorer"
	"galley/internal/edge/limit"
	"galley/internal/edge/observe"
	"galley/internal/edge/persisted"
	"galley/internal/edge/socket"
	"galley/internal/identity"
	"galley/internal/job/sweep"
	"galley/internal/mail"
	"galley/internal/money"
	"galley/internal/payment"
	"galley/internal/verify"
)

// openDatabase connects to the database and prepares it for this version.
func openDatabase(ctx context.Context, settings config.Database, logger *slog.Logger) (*database.DB, error) {
	if err := makeDirectory(settings); err != nil {
		return nil, err
	}
	db, err := database.Open(ctx, database.Options{URL: settings.URL(), Connections: settings.Connections, Logger: logger})
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// serve runs the shop until the context ends.
func serve(ctx context.Context, settings config.Serve, getenv func(string) string, stdout io.Writer) (err error) {
	began := time.Now()
	logger := slog.New(edge.LogRequestIDs(settings.Logger(os.Stderr).Handler()))
	providers, err := readProviders(settings.OIDCFile, getenv)
	if err != nil {
		return err
	}
	// The ports come first: when one is taken, nothing else happens.
	listener, err := listen(ctx, "GALLEY_ADDR", settings.Addr)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	var meter net.Listener
	if settings.MetricsAddr != "" {
		if meter, err = listen(ctx, "GALLEY_METRICS_ADDR", settings.MetricsAddr); err != nil {
			return err
		}
		defer func() { _ = meter.Close() }()
	}
	db, err := openDatabase(ctx, settings.Database, logger)
	if err != nil {
		return err
	}
	defer closing(db, &err)
	if err := db.Start(ctx); err != nil {
		return err
	}
	accounts, err := furnish(ctx, db, settings, stdout)
	if err != nil {
		return err
	}
	letters, box, err := mailing(settings, db.Now)
	if err != nil {
		return err
	}
	address := settings.Scheme() + "://" + listener.Addr().String()
	cards, err := gateways(settings, address, db.Now, logger)
	if err != nil {
		return err
	}
	shop, err := newShop(ctx, db, settings, providers, letters, cards, logger)
	if err != nil {
		return err
	}
	guard := verify.Every(shop.Jobs, db, logger)
	metrics, err := newMetrics(shop.Jobs, letters, guard, db, shop.Batches)
	if err != nil {
		return err
	}
	traces, err := newTraces(ctx, getenv, logger)
	if err != nil {
		return err
	}
	defer traces.close()
	server, err := newServer(shop, settings, accounts, box, metrics, traces.tracer, logger)
	if err != nil {
		return err
	}
	sweep.Every(shop.Jobs, db)
	go shop.Live.Run(ctx, db)
	defer serveMetrics(meter, logger, metrics)()
	defer runJobs(ctx, shop.Jobs.WithWorkers(settings.Workers), settings.Drain)()
	if err := announce(stdout, address, settings, accounts, time.Since(began)); err != nil {
		return err
	}
	drain := edge.Drain{Finish: settings.Drain}
	if config.Mode(settings.Mode) == config.Production {
		drain.Announce = balancersLook
	}
	return server.Serve(ctx, listener, drain)
}

// listen takes the port of a setting.
func listen(ctx context.Context, setting, address string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot listen on %s: %w", setting, address, err)
	}
	return listener, nil
}

// furnish fills an empty shop with the demo where that is wanted, and returns its accounts, if it is
// a demo shop. Production does not start on one.
func furnish(ctx context.Context, db *database.DB, settings config.Serve, stdout io.Writer) ([]demo.Account, error) {
	if config.Mode(settings.Mode) == config.Production {
		found, err := demo.Present(ctx, db)
		switch {
		case err != nil:
			return nil, err
		case found:
			return nil, errors.New("GALLEY_MODE: production does not start on a database with demo accounts")
		case settings.Demo:
			return nil, errors.New("GALLEY_DEMO: production has no demo shop")
		}
		return nil, nil
	}
	if settings.Embedded() || settings.Demo {
		if err := demo.Fill(ctx, db, money.Currency(settings.Currency), stdout); err != nil {
			return nil, err
		}
	}
	found, err := demo.Present(ctx, db)
	if !found || err != nil {
		return nil, err
	}
	return demo.Accounts(), nil
}

// balancersLook is how long /readyz says 503 before the port closes, so that balancers go elsewhere.
const balancersLook = 3 * time.Second

// documentCache bounds the memory of parsed and validated documents, in bytes.
const documentCache = 32 << 20

// newShop makes the shop that the database holds.
func newShop(ctx context.Context, db *database.DB, settings config.Serve, providers []*identity.Provider, letters mail.Sender, cards payment.Gateways, logger *slog.Logger) (*graph.Shop, error) {
	secrets, err := settings.Ring()
	if err != nil {
		return nil, err
	}
	returns, err := settings.ReturnOrigins()
	if err != nil {
		return nil, err
	}
	shop := graph.NewShop(graph.Options{
		Database: db, Currency: money.Currency(settings.Currency), Logger: logger, Mail: letters, Providers: providers, Secrets: secrets,
		Development: config.Mode(settings.Mode) == config.Development,
		Gateways:    cards, Card: settings.Card(), HoldMoney: settings.Capture == "manual",
		AccessLifetime: settings.AccessLifetime,
		DeletionGrace:  settings.DeletionGrace, VerifiedCheckout: settings.VerifiedEmail == "checkout",
		Reservation: settings.Reservation, PaymentWindow: settings.PaymentWindow, ReturnOrigins: returns,
		TaxOnTop: !settings.TaxIncluded, Introspection: graph.Audience(settings.Introspection),
	})
	if err := shop.Check(ctx); err != nil {
		return nil, err
	}
	return shop, shop.Session.Prepare(ctx)
}

// newServer puts the shop behind its edge.
func newServer(shop *graph.Shop, settings config.Serve, accounts []demo.Account, box http.Handler, metrics *prometheus.Registry, tracer trace.Tracer, logger *slog.Logger) (*edge.Server, error) {
	landing := edge.Landing{Example: `{ products(first: 3) { nodes { title priceFrom { amount currencyCode } } } }`}
	for _, a := range accounts {
		landing.Accounts = append(landing.Accounts, edge.Account{Role: a.Role, Email: a.Email, Password: a.Password})
	}
	proxies, err := settings.Proxies()
	if err != nil {
		return nil, err
	}
	origins, err := settings.Origins()
	if err != nil {
		return nil, err
	}
	certificate, err := certificateOf(settings, logger)
	if err != nil {
		return nil, err
	}
	documents := limit.NewDocuments(documentCache)
	if err := metrics.Register(documents.Collector("documents")); err != nil {
		return nil, err
	}
	executor := shop.Executor()
	executor.SetQueryCache(documents)
	places, err := placesOf(shop, settings)
	if err != nil {
		return nil, err
	}
	return edge.New(edge.Config{
		Executor:  executor,
		Limits:    edge.Limits{Document: documentLimits(settings.Graph), Streams: streams(settings.Streams)},
		Bucket:    limit.Bucket{Size: settings.BucketSize(), PerSecond: settings.PointsPerSecond},
		Times:     deadline.Times{Query: settings.OperationTimeout, Mutation: mutationTime},
		Documents: namedDocuments(settings),
		Schema:    graph.Schema(),
		Viewer: func(ctx context.Context, c edge.Credentials) (_ context.Context, err error) {
			if c.Cookie != "" {
				ctx, err = shop.IdentifyCookie(ctx, c.Cookie, c.CartToken)
			} else {
				ctx, err = shop.Identify(ctx, c.Bearer, c.CartToken)
			}
			if err != nil {
				return ctx, err
			}
			return shop.WithOrderToken(ctx, c.OrderToken)
		},
		Changes:        shop.Changes,
		Media:          http.HandlerFunc(shop.Catalog.ServePicture),
		Keys:           http.HandlerFunc(shop.Session.ServeKeys),
		Ready:          shop.Database.Ping,
		Explorer:       explorer.Handler(),
		ClientKit:      clientkit.Handler(),
		Mail:           box,
		Webhook:        shop.Payments.Notify,
		TestPayments:   testPayments(shop),
		Metrics:        metrics,
		Observe:        observe.Options{Named: settings.Names(), Slow: settings.SlowOperation},
		Admission:      places,
		Tracer:         tracer,
		Development:    shop.Development,
		Version:        version(),
		Landing:        landing,
		Logger:         logger,
		TrustedProxies: proxies,
		Origins:        origins,
		Certificate:    certificate,
		Now:            shop.Database.Now,
	})
}

// mutationTime is how long a mutation may read. Its transactions have bounds of their own.
const mutationTime = time.Minute

// documentLimits are those of the settings; the rest is the edge's.
func documentLimits(g config.Graph) limit.Limits {
	return limit.Limits{
		DocumentBytes: g.LimitBytes, Tokens: g.LimitTokens, Nesting: g.LimitDepth, Aliases: g.LimitAliases,
		RootFields: g.LimitRootFields, Directives: g.LimitDirectives, Fragments: g.LimitFragments,
		Errors:      g.LimitErrors,
		Answer:      limit.Size{Nodes: g.LimitObjects, Values: g.LimitValues},
		StaffAnswer: limit.Size{Nodes: g.StaffObjects, Values: g.StaffValues},
	}
}

// streams are the bounds of answers that go on.
func streams(s config.Streams) edge.Streams {
	return edge.Streams{All: s.Streams, PerAddress: s.StreamsPerAddress, Socket: socket.Limits{
		Operations: s.SocketOperations, Messages: s.SocketMessages, MessageBytes: s.SocketBytes,
	}}
}

// namedDocuments are what clients may ask for by name. In development one can sign in with the playground's examples, and send
// what one likes from then on, if one may.
func namedDocuments(settings config.Serve) persisted.Options {
	options := persisted.Options{Manifests: settings.DocumentFiles(), Mode: persisted.Mode(settings.Documents)}
	if config.Mode(settings.Mode) == config.Development {
		for _, example := range explorer.Examples() {
			options.Texts = append(options.Texts, example.Query)
		}
	}
	return options
}

// placesOf is how many operations run at once, and how many wait.
func placesOf(shop *graph.Shop, settings config.Serve) (admission.Options, error) {
	queries, mutations, err := settings.Places(shop.Database.Capacity())
	return admission.Options{
		Queries: queries, Mutations: mutations, Queue: settings.Queue, Wait: settings.QueueWait, Elsewhere: graph.WaitsElsewhere,
	}, err
}

// certificateOf loads what the server's TLS needs, if it speaks TLS.
func certificateOf(settings config.Serve, logger *slog.Logger) (*edge.Certificate, error) {
	if settings.TLSCert == "" {
		return nil, nil //nolint:nilnil // clear text
	}
	certificate, err := edge.LoadCertificate(settings.TLSCert, settings.TLSKey, logger)
	if err != nil {
		return nil, fmt.Errorf("GALLEY_TLS_CERT, GALLEY_TLS_KEY: %w", err)
	}
	return certificate, nil
}

// announce says where the shop is.
func announce(w io.Writer, url string, settings config.Serve, accounts []demo.Account, took time.Duration) error {
	text := fmt.Sprintf("Galley is ready after %.1f s at %s\n\n  GraphQL     %s/query\n", took.Seconds(), url, url)
	if config.Mode(settings.Mode) == config.Development {
		text += fmt.Sprintf("  playground  %s/playground\n  client kit  %s/client-kit/\n", url, url)
		if settings.SMTPURL == "" {
			text += fmt.Sprintf("  letters     %s/mail\n", url)
		}
	}
	if len(accounts) > 0 {
		text += "\nDemo accounts (e-mail, password):\n"
	}
	for _, a := range accounts {
		text += fmt.Sprintf("  %-9s %s  %s\n", a.Role, a.Email, a.Password)
	}
	_, err := io.WriteString(w, text+"\n")
	return err
}

// closing closes the database when its command ends, and keeps the command's own error.
func closing(db *database.DB, err *error) { *err = errors.Join(*err, db.Close()) }
