// Package socket serves GraphQL over WebSockets by the sub-protocol graphql-transport-ws:
// https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
//
// It keeps a connection's order and bounds. Who connects, and what an operation answers, its Host knows.
package socket

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"
)

// Protocol is the sub-protocol that clients name in Sec-WebSocket-Protocol.
const Protocol = "graphql-transport-ws"

// Host is whom a connection is to. Decode and Welcome are called from one goroutine.
type Host interface {
	// Decode reads a message: one JSON object. An error closes the connection as a bad request.
	Decode(text []byte) (Message, error)
	// Welcome lets in whoever brings this payload with connection_init, or tells how the connection ends.
	Welcome(ctx context.Context, payload json.RawMessage) *Leave
	// Begin has an operation run, by the payload of subscribe, until the context ends. Its errors are those of Operation.Next. It
	// must not panic.
	Begin(ctx context.Context, payload json.RawMessage) (*Operation, error)
}

// Message is what a client sends.
type Message struct {
	Type    string
	ID      string
	Payload json.RawMessage // nil without one
}

// Operation is one that runs.
type Operation struct {
	// Lasts tells that it has no end of its own. Others are waited for before their connection is closed.
	Lasts bool
	// Next waits for the next result and returns it as JSON, in pieces. It must not panic. Its error is io.EOF at the end,
	// Errors where it failed, a *Leave to end the whole connection, and any other once the context is done.
	Next func() ([][]byte, error)
}

// Errors are those of an operation that failed: a JSON array.
type Errors json.RawMessage

func (e Errors) Error() string { return string(e) }

// Limits are the bounds of a connection. A field left at zero takes its default.
type Limits struct {
	Operations   int           // that run at once: 100
	MessageBytes int           // of a message: 256 KiB
	Messages     int           // each second, and five times as many at once: 50; what is more is read later
	Init         time.Duration // until connection_init: 10 s
	Message      time.Duration // that a message may take to come: 10 s
	Write        time.Duration // that a message may take to be read: 10 s
	Ping         time.Duration // from ping to ping, and until its pong: 20 s
}

func (l Limits) orDefaults() Limits {
	l.Operations = cmp.Or(l.Operations, 100)
	l.MessageBytes = cmp.Or(l.MessageBytes, 256<<10)
	l.Messages = cmp.Or(l.Messages, 50)
	l.Init = cmp.Or(l.Init, 10*time.Second)
	l.Message = cmp.Or(l.Message, 10*time.Second)
	l.Write = cmp.Or(l.Write, 10*time.Second)
	l.Ping = cmp.Or(l.Ping, 20*time.Second)
	return l
}

// Serve upgrades a request, whose origin was checked, and serves its connection to the end. Once stopping is done it takes no
// more operations, waits for those that have an end, and goes away. With the request's context it ends at once.
func Serve(stopping context.Context, w http.ResponseWriter, r *http.Request, host Host, limits Limits) {
	limits = limits.orDefaults()
	pace := rate.NewLimiter(rate.Limit(limits.Messages), 5*limits.Messages)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	conn, err := websocket.Accept(&hijacker{w, ctx}, r, &websocket.AcceptOptions{
		Subprotocols:       []string{Protocol},
		InsecureSkipVerify: true,                                                       // the origin
		OnPingReceived:     func(context.Context, []byte) bool { return pace.Allow() }, // or else it has no pong
	})
	if err != nil {
		return // Accept has answered
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(int64(limits.MessageBytes))
	c := &connection{
		conn: conn, host: host, limits: limits, pace: pace,
		operations: map[string]*operation{}, working: semaphore.NewWeighted(mostWorking),
	}
	c.serve(ctx, stopping)
}
