package edge_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"galley/internal/edge"
)

// flood gives results for as long as somebody takes them, and tells when nobody does any more.
type flood struct {
	graphql.GraphExecutor
	ended chan struct{}
}

func (f flood) DispatchOperation(ctx context.Context, _ *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	context.AfterFunc(ctx, func() { close(f.ended) })
	data := json.RawMessage(`{"ticks":"` + strings.Repeat("x", 1<<20) + `"}`)
	return func(ctx context.Context) *graphql.Response {
		if ctx.Err() != nil {
			return nil
		}
		return &graphql.Response{Data: data}
	}, ctx
}

func TestSlowReadersAreCutOff(t *testing.T) {
	t.Parallel()
	for _, accept := range []string{"text/event-stream", "multipart/mixed;subscriptionSpec=1.0"} {
		t.Run(accept, func(t *testing.T) {
			t.Parallel()
			ended := make(chan struct{})
			url, _, _ := serving(t, newShop(t, func(c *edge.Config) { c.Executor = flood{c.Executor, ended} }), edge.Drain{})
			conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			const body = `{"query":"subscription { ticks }"}`
			if _, err := fmt.Fprintf(conn, "POST /query HTTP/1.1\r\nHost: localhost\r\nAccept: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", accept, len(body), body); err != nil {
				t.Fatal(err)
			}
			select {
			case <-ended: // nothing was read
			case <-time.After(time.Minute):
				t.Error("a client that reads nothing holds a stream")
			}
		})
	}
}
