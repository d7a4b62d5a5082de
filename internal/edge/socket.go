package edge

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"reflect"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/edge/incremental"
	"galley/internal/edge/limit"
	"galley/internal/edge/socket"
	"galley/internal/fault"
	"galley/internal/viewer"
)

// socket serves WebSockets with the sub-protocol graphql-transport-ws. A browser sends the cookie with the upgrade, whose
// origin was checked; who has a token sends it as the connection begins, under the names of the headers:
// {"Authorization": "Bearer …", "X-Cart-Token": "…"}. Who is asking is found out anew for each operation: a connection is one
// viewer's, and closed with 4403 once its credentials stand for somebody else, or nobody.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	if err := s.unforged(r); err != nil {
		s.refuse(w, r, typeJSON, err)
		return
	}
	if !opensSocket(r) {
		s.refuse(w, r, typeJSON, badRequest("The only protocol to upgrade to is WebSocket, version 13"))
		return
	}
	leave, err := s.enter(r)
	if err != nil {
		s.refuse(w, r, typeJSON, err)
		return
	}
	defer leave()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.cutting, cancel)()
	r = r.WithContext(ctx)
	socket.Serve(s.stopping, w, r, &guest{Server: s, caller: r}, s.limits.Streams.Socket)
}

// opensSocket tells whether a request is the beginning of a WebSocket (RFC 6455, section 4.2.1).
func opensSocket(r *http.Request) bool {
	keys := r.Header.Values("Sec-WebSocket-Key")
	if r.Method != http.MethodGet || !r.ProtoAtLeast(1, 1) || r.ProtoMajor > 1 || len(keys) != 1 {
		return false
	}
	key, err := base64.StdEncoding.DecodeString(keys[0])
	return err == nil && len(key) == 16 && names(r.Header, "Upgrade", "websocket") && names(r.Header, "Connection", "upgrade") &&
		r.Header.Get("Sec-WebSocket-Version") == "13"
}

// names tells whether a header that is a list names something, in any case of letters.
func names(header http.Header, name, element string) bool {
	return slices.ContainsFunc(strings.Split(strings.Join(header.Values(name), ","), ","), func(e string) bool {
		return strings.EqualFold(strings.TrimSpace(e), element)
	})
}

// guest is the other side of a socket.
type guest struct {
	*Server
	caller *http.Request // with what the connection began with, as if it were its own headers
	viewer viewer.Viewer
}

var _ socket.Host = (*guest)(nil)

// Decode reads a message as strictly as a request. Its payload is read by whatever wants it.
func (g *guest) Decode(text []byte) (m socket.Message, err error) {
	d, err := newDecoder(text)
	if err != nil {
		return m, err
	}
	err = d.object(func(key string) (err error) {
		switch key {
		case "type":
			m.Type, err = d.stringOrNull(key)
		case "id":
			m.ID, err = d.stringOrNull(key)
		case "payload":
			err = d.json.Decode(&m.Payload)
		default:
			_, err = d.value()
		}
		return err
	})
	if err != nil {
		return m, err
	}
	return m, d.end()
}

// Welcome takes the credentials out of a connection's first payload, and finds out whose they are.
func (g *guest) Welcome(ctx context.Context, payload json.RawMessage) *socket.Leave {
	caller, err := g.bringing(ctx, payload)
	if err != nil {
		return g.farewell(ctx, err)
	}
	identified, err := g.identifyAgain(caller)
	if err != nil {
		return g.farewell(ctx, err)
	}
	g.caller, g.viewer = caller, viewer.From(identified)
	return nil
}

// bringing is the request that a connection began with, with the credentials of its first payload.
func (g *guest) bringing(ctx context.Context, payload json.RawMessage) (*http.Request, error) {
	caller := g.caller.Clone(ctx)
	caller.Header.Set("GraphQL-Require-Preflight", "1") // as good as: the origin was checked
	credentials, err := decodeMap(string(payload), "payload")
	if err != nil {
		return nil, err
	}
	brought := http.Header{}
	for name, value := range credentials {
		name = textproto.CanonicalMIMEHeaderKey(name)
		if !slices.Contains([]string{"Authorization", "X-Cart-Token", "X-Order-Token"}, name) || value == nil || value == "" {
			continue
		}
		text, ok := value.(string)
		if !ok {
			return nil, badRequest("The payload's " + name + " must be a string")
		}
		brought.Add(name, text)
	}
	for name, values := range brought {
		caller.Header[name] = values
	}
	return caller, nil
}

// farewell tells somebody why their connection ends. Whose credentials are no good may come back with others, and anybody where it
// was us who failed.
func (g *guest) farewell(ctx context.Context, cause error) *socket.Leave {
	switch failure := g.told(ctx, cause); failure.Code {
	case fault.Internal, fault.Unavailable, fault.RateLimited:
		return socket.TryLater(failure.Message)
	case fault.BadRequest:
		return socket.Invalid()
	default:
		return socket.Forbidden(failure.Message)
	}
}

// Begin runs an operation as whoever the connection's credentials stand for by now.
func (g *guest) Begin(ctx context.Context, payload json.RawMessage) (_ *socket.Operation, err error) {
	defer func() { err = g.failed(ctx, err) }()
	defer g.contain(ctx, &err)
	caller := g.caller.WithContext(ctx)
	identified, err := g.identifyAgain(caller)
	if err != nil {
		return nil, err
	}
	if !reflect.DeepEqual(viewer.From(identified), g.viewer) {
		return nil, fault.New(fault.Unauthenticated, "Who is asking has changed: connect again")
	}
	if err := g.meter.Owes(identified); err != nil {
		return nil, err
	}
	ctx = graphql.StartOperationTrace(identified)
	params, err := timed(caller.Header, func() (*graphql.RawParams, error) { return decode(payload) })
	if err != nil {
		g.meter.Fine(ctx, int64(len(payload)))
		return nil, err
	}
	opCtx, errs := g.create(ctx, params)
	if len(errs) > 0 {
		return nil, refused(g.executor.DispatchError(graphql.WithOperationContext(ctx, opCtx), errs).Errors)
	}
	if incremental.Defers(opCtx) {
		incremental.Whole(opCtx) // no client has said how it wants to be told of what is deferred
	}
	next := g.perform(ctx, caller, opCtx)
	return &socket.Operation{Lasts: opCtx.Operation.Operation == ast.Subscription, Next: func() ([][]byte, error) {
		response, err := next()
		switch {
		case err != nil:
			return nil, g.failed(ctx, err)
		case len(response.Data) == 0 && len(response.Errors) > 0:
			return nil, refused(response.Errors)
		}
		return encode(response.Response), nil
	}}, nil
}

// failed is what becomes of a socket by an operation's error. A subscription that broke off takes the connection along: clients
// take up again by themselves what they had on it, and nothing that has merely failed.
func (g *guest) failed(ctx context.Context, err error) error {
	if _, ok := errors.AsType[socket.Errors](err); ok || err == nil || errors.Is(err, io.EOF) || ctx.Err() != nil {
		return err
	}
	if errors.Is(err, errBrokenOff) {
		return socket.TryLater("A subscription broke off: connect again")
	}
	failure := g.told(ctx, err)
	if failure.Code == fault.Unauthenticated {
		return socket.Forbidden(failure.Message)
	}
	return refused(g.refusal(ctx, failure).Errors)
}

// refused are the errors of an operation that did not run, or no further.
func refused(errs gqlerror.List) socket.Errors { return mustJSON(limit.Cap(errs, mostErrors)) }
