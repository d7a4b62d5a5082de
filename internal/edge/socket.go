package edge

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/edge/limit"
)

const (
	initWithin   = 10 * time.Second // that a client may take to say who it is
	pingEvery    = 20 * time.Second // a client that does not answer for twice as long is gone
	largestFrame = 256 << 10        // bytes of a message
)

// socket serves WebSockets, with the sub-protocols graphql-transport-ws and graphql-ws. A browser sends the cookie with the
// upgrade, whose origin was checked; who has a token sends it as the connection begins, under the names of the headers:
// {"Authorization": "Bearer …", "X-Cart-Token": "…"}. Who is asking is found out anew for each operation.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	if err := s.unforged(r); err != nil {
		s.refuse(w, r, typeJSON, err)
		return
	}
	if !opensSocket(r) {
		s.refuse(w, r, typeJSON, badRequest("The only protocol to upgrade to is WebSocket, version 13"))
		return
	}
	leave, err := s.enter()
	if err != nil {
		s.refuse(w, r, typeJSON, err)
		return
	}
	defer leave()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.stopping, cancel)()
	size := int64(largestFrame)
	transport.Websocket{
		Implementation: transport.CoderWebsocketImplementation{
			AcceptOptions: websocket.AcceptOptions{InsecureSkipVerify: true}, // the origin was checked already
		},
		InitTimeout:      initWithin,
		PingPongInterval: pingEvery,
		PayloadReadLimit: &size,
		InitFunc: func(ctx context.Context, init transport.InitPayload) (context.Context, *transport.InitPayload, error) {
			caller := r.Clone(ctx)
			caller.Header.Set("GraphQL-Require-Preflight", "1") // as good as: the origin was checked
			for _, name := range []string{"Authorization", "X-Cart-Token", "X-Order-Token"} {
				if value := init.GetString(name); value != "" {
					caller.Header.Set(name, value)
				}
			}
			if _, err := s.identifyAgain(caller); err != nil {
				return ctx, nil, s.told(ctx, err)
			}
			return context.WithValue(ctx, callerKey{}, caller), nil, nil
		},
	}.Do(w, r.WithContext(ctx), again{s})
}

// opensSocket tells whether a request is the beginning of a WebSocket (RFC 6455, section 4.1).
func opensSocket(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket") &&
		strings.Contains(strings.ToLower(r.Header.Get("Connection")), "upgrade") &&
		r.Header.Get("Sec-WebSocket-Version") == "13" && r.Header.Get("Sec-WebSocket-Key") != ""
}

type callerKey struct{}

// again runs the operations of a socket, each as whoever its credentials stand for by then.
type again struct{ *Server }

// CreateOperationContext is asked by whoever the caller is by now: what may be sent, and who pays for it, depends on that.
func (a again) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	caller, _ := ctx.Value(callerKey{}).(*http.Request)
	identified, err := a.identifyAgain(caller.WithContext(ctx))
	if err != nil {
		failure := a.told(ctx, err)
		return limit.Refused(ctx, params, limit.Refuse(failure.Code, failure.Message))
	}
	return a.executor.CreateOperationContext(identified, params)
}

func (a again) DispatchOperation(ctx context.Context, opCtx *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	caller, _ := ctx.Value(callerKey{}).(*http.Request)
	identified, err := a.identifyAgain(caller.WithContext(ctx))
	if err != nil {
		return graphql.OneShot(a.refusal(ctx, err)), ctx
	}
	responses, identified := a.executor.DispatchOperation(graphql.WithOperationContext(identified, opCtx), opCtx)
	return a.attentive(caller, opCtx, responses), identified
}

func (a again) DispatchError(ctx context.Context, errs gqlerror.List) *graphql.Response {
	return a.executor.DispatchError(ctx, errs)
}

var _ graphql.GraphExecutor = again{}
