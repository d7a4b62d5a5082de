// Package edge is the face of a shop on the network: net/http, and nothing of the shop itself.
//
// It reads requests strictly, finds out who is asking, bounds what they may ask for, has the
// operation run by a GraphQL executor, and writes one answer. Behind it stand interfaces and
// functions, so that several shops can live in one process.
package edge

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/vektah/gqlparser/v2/ast"
	"go.opentelemetry.io/otel/trace"

	"galley/internal/edge/admission"
	"galley/internal/edge/deadline"
	"galley/internal/edge/incremental"
	"galley/internal/edge/limit"
	"galley/internal/edge/observe"
	"galley/internal/edge/persisted"
	"galley/internal/edge/variable"
)

// Config is what a shop gives the edge.
type Config struct {
	// Executor runs operations. The edge puts its limits before it.
	Executor graphql.GraphExecutor
	// Schema is the one that Executor executes: variables are held to their types in it. Nil
	// leaves them to the executor's own, lenient check.
	Schema *ast.Schema
	// Viewer finds out who is asking, and puts the viewer into the context. An error that carries
	// a fault.Code is told to the client; any other is masked. Nil leaves everybody anonymous.
	Viewer func(ctx context.Context, credentials Credentials) (context.Context, error)
	// Changes tells, until the context ends, that its viewer may have become another: a session was ended, a permission was
	// taken. Nil leaves streams to find out once a minute.
	Changes func(ctx context.Context) <-chan struct{}
	// Media serves the shop's pictures under /media/. Nil serves none.
	Media http.Handler
	// Ready tells whether the shop can answer, which is whether its database does.
	Ready func(ctx context.Context) error
	// Explorer is the GraphQL playground under /playground. It is served in development only.
	Explorer http.Handler
	// ClientKit is what clients' builds need of the schema, under /client-kit/. It is served in development only.
	ClientKit http.Handler

	// Webhook takes what payment providers tell, under /webhooks/. Nil takes nothing.
	Webhook func(ctx context.Context, gateway string, header http.Header, body []byte) error
	// TestPayments is where shoppers confirm what they pay by test cards, under /pay/test. It is served in development
	// only.
	TestPayments http.Handler

	// Keys serves the public keys of the shop's tokens, under /.well-known/jwks.json. Nil serves none.
	Keys http.Handler
	// Mail shows the letters that no server was there to send, under /mail. It is served in development
	// only.
	Mail http.Handler

	// TrustedProxies are the networks that requests may come from besides this machine, and whose word
	// is taken for the client's address and scheme. Empty, the listener's address decides.
	TrustedProxies []netip.Prefix
	// Origins are those whose pages may use the shop, besides its own, as browsers write them.
	Origins []string
	// Certificate has Serve speak TLS. Nil has it speak clear text.
	Certificate *Certificate

	// Metrics takes what the edge counts, and is served under /metrics to whoever may see jobs. Nil counts for nobody.
	Metrics *prometheus.Registry
	// Observe says what of operations is looked at, Admission how many run at once; the zero value bounds nothing.
	Observe   observe.Options
	Admission admission.Options
	// Tracer makes the spans of requests, and those below them. Nil makes none.
	Tracer trace.Tracer

	// Development shows everything, to requests that reach this machine by its own names.
	Development bool
	Version     string
	Landing     Landing
	Logger      *slog.Logger     // nil discards
	NewID       func() string    // makes request ids; nil makes random ones
	Now         func() time.Time // the clock by which sessions end; nil is the system's
	Limits      Limits
	Bucket      limit.Bucket      // of points that a caller may spend; zero bounds nothing
	Times       deadline.Times    // that operations may take; zero bounds nothing
	Documents   persisted.Options // that clients may name instead of sending them
	Timeouts    Timeouts
}

// Limits are the bounds of one request. A field left at zero takes its default.
type Limits struct {
	JSONBody   int64 // bytes of a JSON body: 1 MiB
	UploadBody int64 // bytes of a multipart body, files included: 12 MiB
	Files      int   // files in a multipart body: 10
	Document   limit.Limits
	Streams    Streams
}

func (l Limits) orDefaults() Limits {
	if l.JSONBody == 0 {
		l.JSONBody = 1 << 20
	}
	if l.UploadBody == 0 {
		l.UploadBody = 12 << 20
	}
	if l.Files == 0 {
		l.Files = 10
	}
	l.Streams = l.Streams.orDefaults()
	return l
}

// Timeouts bound how long a client may take. A field left at zero takes its default. Streams are bounded by the message
// instead, and sockets by their own pings.
type Timeouts struct {
	Header  time.Duration // to send a request's header: 5 s
	Request time.Duration // to send all of it: 60 s
	Answer  time.Duration // from the header's end until the answer is read: 90 s
	Idle    time.Duration // between two requests: 120 s
}

func (t Timeouts) orDefaults() Timeouts {
	return Timeouts{
		Header: cmp.Or(t.Header, 5*time.Second), Request: cmp.Or(t.Request, 60*time.Second),
		Answer: cmp.Or(t.Answer, 90*time.Second), Idle: cmp.Or(t.Idle, 120*time.Second),
	}
}

// Server answers the requests to one shop.
type Server struct {
	config   Config
	executor graphql.GraphExecutor
	// documents is what the executor begins with.
	documents *persisted.Executor
	meter     *limit.Meter
	logger    *slog.Logger
	limits    Limits
	landing   *landingPage
	handler   http.Handler
	forgery   *http.CrossOriginProtection

	unnamedProxy sync.Once // that it was warned of

	compressors compressors
	draining    atomic.Bool
	places      *places
	stopping    context.Context
	stop        context.CancelFunc // ends streams, and sockets once what they do is done
	cutting     context.Context
	cut         context.CancelFunc // ends sockets at once
}

// New makes the server of a shop.
func New(config Config) (*Server, error) {
	if config.Executor == nil {
		return nil, errors.New("make edge: no executor")
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if config.NewID == nil {
		config.NewID = rand.Text
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	config.Timeouts = config.Timeouts.orDefaults()
	logger := slog.New(LogRequestIDs(config.Logger.Handler()))
	s := &Server{config: config, logger: logger, limits: config.Limits.orDefaults()}
	executor := config.Executor
	if config.Schema != nil {
		executor = variable.Strict(executor, config.Schema)
	}
	s.places = newPlaces(s.limits.Streams)
	s.stopping, s.stop = context.WithCancel(context.Background())
	s.cutting, s.cut = context.WithCancel(context.Background())
	s.meter = limit.Metered(deadline.Each(executor, config.Times), s.limits.Document,
		limit.Tariff{Bucket: config.Bucket, Show: config.Development, Now: config.Now})
	config.Documents.Logger = logger
	documents, err := persisted.New(limit.Guard(s.meter, s.limits.Document), config.Documents)
	if err != nil {
		return nil, fmt.Errorf("make edge: %w", err)
	}
	s.documents, executor = documents, documents
	if config.Schema != nil {
		executor = incremental.Over(documents, config.Schema)
	}
	if err := s.watched(admission.Guard(executor, config.Admission)); err != nil {
		return nil, fmt.Errorf("make edge: %w", err)
	}
	forgery, err := newForgery(config.Origins)
	if err != nil {
		return nil, fmt.Errorf("make edge: %w", err)
	}
	s.forgery = forgery
	landing, err := newLandingPage(s)
	if err != nil {
		return nil, fmt.Errorf("make edge: %w", err)
	}
	s.landing = landing
	mux := http.NewServeMux()
	for _, route := range s.routes() {
		mux.Handle(route.pattern, route.handler)
	}
	s.handler = s.exchange(s.secured(s.recovered(s.fromPeers(s.atHome(mux)))))
	return s, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }
