package socket_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"galley/internal/edge/socket"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shop is a host whose operations do what their query says.
type shop struct {
	held   chan struct{} // ends what is held
	began  chan string   // operations
	ended  chan string   // operations whose context has ended
	served atomic.Int64
	stop   context.CancelFunc
	cut    context.CancelFunc // ends each connection at once
	url    string
}

func (h *shop) Decode(text []byte) (m socket.Message, err error) {
	return m, json.Unmarshal(text, &m)
}

func (h *shop) Welcome(_ context.Context, payload json.RawMessage) *socket.Leave {
	switch string(payload) {
	case `"refused"`:
		return socket.Forbidden("Not you: " + strings.Repeat("no ", 100))
	case `"unlucky"`:
		return socket.TryLater("Busy")
	case `"panic"`:
		panic(http.ErrAbortHandler)
	}
	return nil
}

func (h *shop) Begin(ctx context.Context, payload json.RawMessage) (*socket.Operation, error) {
	what := strings.Trim(string(payload), `"`)
	select {
	case h.began <- what:
	default:
	}
	context.AfterFunc(ctx, func() {
		select {
		case h.ended <- what:
		default:
		}
	})
	switch what {
	case "wrong":
		return nil, socket.Errors(`[{"message":"wrong"}]`)
	case "revoked":
		return nil, socket.Forbidden("revoked")
	case "slow":
		<-h.held
	}
	given := 0
	return &socket.Operation{Lasts: what == "lasts" || what == "slow", Next: func() ([][]byte, error) {
		given++
		switch {
		case what == "flood":
			return [][]byte{[]byte(`"` + strings.Repeat("x", 1<<20) + `"`)}, ctx.Err()
		case what == "held" && given == 1:
			<-h.held
		case what == "fails" && given == 2:
			return nil, socket.Errors(`[{"message":"fails"}]`)
		case what == "stubborn":
			<-ctx.Done() // and has a result all the same
		case what == "lasts" && given > 2, what == "slow":
			<-ctx.Done()
			return nil, ctx.Err()
		case what != "lasts" && given > 1:
			return nil, io.EOF
		}
		return [][]byte{[]byte(`{"data":`), []byte(`"` + what + `"`), []byte(`}`)}, nil
	}}, nil
}

// open makes a shop and its listener.
func open(t *testing.T, limits socket.Limits) *shop {
	t.Helper()
	h := &shop{held: make(chan struct{}), began: make(chan string, 100_000), ended: make(chan string, 100_000)}
	stopping, stop := context.WithCancel(context.Background())
	cutting, cut := context.WithCancel(context.Background())
	h.stop, h.cut = stop, cut
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.served.Add(1)
		defer h.served.Add(-1)
		socket.Serve(stopping, w, r.WithContext(cutting), h, limits)
	}))
	h.url = server.URL
	t.Cleanup(func() {
		cut()
		server.Close()
		for h.served.Load() > 0 {
			time.Sleep(time.Millisecond)
		}
	})
	return h
}

// client is one side of a connection.
type client struct {
	t    *testing.T
	conn *websocket.Conn
}

func (h *shop) connect(t *testing.T, protocols ...string) *client {
	t.Helper()
	transport := &http.Transport{}
	conn, _, err := websocket.Dial(t.Context(), h.url, &websocket.DialOptions{Subprotocols: protocols, HTTPClient: &http.Client{Transport: transport}}) //nolint:bodyclose // of an upgrade it is the connection
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(-1)
	t.Cleanup(func() {
		_ = conn.CloseNow()
		transport.CloseIdleConnections()
	})
	return &client{t, conn}
}

// enter connects, and is let in.
func (h *shop) enter(t *testing.T) *client {
	t.Helper()
	c := h.connect(t, socket.Protocol)
	c.send(`{"type":"connection_init"}`)
	c.expect(`{"type":"connection_ack"}`)
	return c
}

func (c *client) send(messages ...string) {
	c.t.Helper()
	for _, m := range messages {
		if err := c.conn.Write(c.t.Context(), websocket.MessageText, []byte(m)); err != nil {
			c.t.Fatal(err)
		}
	}
}

// hear is the next message, or how the connection was closed.
func (c *client) hear() (string, *websocket.CloseError) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
	defer cancel()
	_, text, err := c.conn.Read(ctx)
	if closed, ok := errors.AsType[websocket.CloseError](err); ok {
		return "", &closed
	}
	if err != nil {
		return "", &websocket.CloseError{Code: websocket.StatusAbnormalClosure, Reason: err.Error()}
	}
	return string(text), nil
}

func (c *client) expect(messages ...string) {
	c.t.Helper()
	for _, want := range messages {
		if got, closed := c.hear(); got != want {
			c.t.Fatalf("heard %.300s %v, want %s", got, closed, want)
		}
	}
}

func (c *client) expectClose(code websocket.StatusCode) {
	c.t.Helper()
	if got, closed := c.hear(); closed == nil || closed.Code != code {
		c.t.Fatalf("heard %.300s %v, want code %d", got, closed, code)
	}
}

func subscribe(id, what string) string {
	return `{"id":"` + id + `","type":"subscribe","payload":"` + what + `"}`
}

func await(t *testing.T, happened <-chan string, what string) {
	t.Helper()
	select {
	case got := <-happened:
		if got != what {
			t.Fatalf("%s, want %s", got, what)
		}
	case <-time.After(time.Minute):
		t.Fatal("nothing happens")
	}
}
