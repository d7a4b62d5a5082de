package edge_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"galley/graph/graphtest"
	"galley/internal/edge"
)

// socket is a client of graphql-transport-ws.
// https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
type socket struct {
	t    *testing.T
	ctx  context.Context //nolint:containedctx // of the test
	conn *websocket.Conn
}

func dial(t *testing.T, url string, header http.Header) (s *socket, status int, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	conn, response, err := websocket.Dial(ctx, url+"/query", &websocket.DialOptions{
		HTTPHeader: header, Subprotocols: []string{"graphql-transport-ws"},
	})
	if err == nil {
		t.Cleanup(func() { _ = conn.CloseNow() })
	}
	if response != nil {
		status = response.StatusCode
		if response.Body != nil {
			_ = response.Body.Close()
		}
	}
	return &socket{t: t, ctx: ctx, conn: conn}, status, err
}

func (s *socket) send(message string) {
	s.t.Helper()
	if err := s.conn.Write(s.ctx, websocket.MessageText, []byte(message)); err != nil {
		s.t.Fatal(err)
	}
}

// hear reads the next message, or how the connection was closed: its code and reason.
func (s *socket) hear() string {
	s.t.Helper()
	_, message, err := s.conn.Read(s.ctx)
	if closed, ok := errors.AsType[websocket.CloseError](err); ok {
		return fmt.Sprintf("closed: %d %s", closed.Code, closed.Reason)
	}
	if err != nil {
		return "closed: " + err.Error()
	}
	return string(message)
}

func (s *socket) closed(want string) {
	s.t.Helper()
	if got := s.hear(); !strings.HasPrefix(got, "closed: "+want) {
		s.t.Fatalf("heard %s, want it closed by %s", got, want)
	}
}

func (s *socket) expect(parts ...string) {
	s.t.Helper()
	message := s.hear()
	for _, part := range parts {
		if !strings.Contains(message, part) {
			s.t.Fatalf("heard %s, want %q", message, parts)
		}
	}
}

// open begins a connection that is acknowledged.
func open(t *testing.T, url, payload string) *socket {
	t.Helper()
	s, _, err := dial(t, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.send(`{"type":"connection_init","payload":` + payload + `}`)
	s.expect("connection_ack")
	return s
}

func subscribe(id, document string) string {
	return `{"id":"` + id + `","type":"subscribe","payload":{"query":"` + document + `"}}`
}

func TestSockets(t *testing.T) {
	t.Parallel()
	t.Run("a subscription, a query and a mutation share a connection", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, nil), edge.Drain{})
		s := open(t, url, `{"Authorization":"Bearer good-token"}`)
		s.send(subscribe("a", "subscription { ticks }"))
		for _, tick := range []string{`"1 for somebody"`, `"2 for somebody"`, `"3 for somebody"`} {
			s.expect(`"next"`, `"a"`, strings.ReplaceAll(tick, `"`, ""))
		}
		s.send(subscribe("b", "{ viewer }"))
		s.expect(`"next"`, `"b"`, "somebody")
		s.expect(`"complete"`, `"b"`)
		s.send(subscribe("c", `mutation { pictureUpload(input: {alt: \"a view\"}) }`))
		s.expect(`"next"`, `"c"`, "pictureUpload")
	})
	t.Run("without a token one is anonymous, and a cart's token counts", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, nil), edge.Drain{})
		s := open(t, url, `{"X-Cart-Token":"mine"}`)
		s.send(subscribe("a", "{ viewer }"))
		s.expect("anonymous with cart mine")
	})
	t.Run("a bad token does not come in, and nothing tells why beyond that", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, nil), edge.Drain{})
		for payload, want := range map[string]string{
			`{"Authorization":"Bearer bad-token"}`:                                      "4403 This session has ended: sign in again",
			`{"authorization":"Bearer bad-token"}`:                                      "4403 This session has ended: sign in again",
			`{"Authorization":"Bearer good-token","authorization":"Bearer good-token"}`: "4403 The Authorization header is sent more than once",
			`{"Authorization":"Basic good-token"}`:                                      "4403 The Authorization header must be a bearer token",
			`{"Authorization":["Bearer good-token"]}`:                                   "4400 Invalid message received",
			`{"Authorization":"Bearer unlucky-token"}`:                                  "1013 Something went wrong",
			`["Authorization"]`:                                                         "4400 Invalid message received",
			`{"Authorization":"Bearer good-token","Authorization":"Bearer good-token"}`: "4400 Invalid message received",
			`"Bearer good-token"`:                                                       "4400 Invalid message received",
		} {
			s, _, err := dial(t, url, nil)
			if err != nil {
				t.Fatal(err)
			}
			s.send(`{"type":"connection_init","payload":` + payload + `}`)
			s.closed(want)
		}
	})
	t.Run("what begins without a payload, or with null, is anonymous", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, nil), edge.Drain{})
		for _, begin := range []string{`{"type":"connection_init"}`, `{"payload":null,"type":"connection_init"}`, `{"type":"connection_init","payload":{"Authorization":null,"X-Cart-Token":"","locale":"en"}}`} {
			s, _, err := dial(t, url, nil)
			if err != nil {
				t.Fatal(err)
			}
			s.send(begin)
			s.expect("connection_ack")
			s.send(subscribe("a", "{ viewer }"))
			s.expect(`"anonymous with cart "`)
		}
	})
	t.Run("a session that ends closes its socket, when a message comes", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, func(c *edge.Config) { c.Viewer = endingAt(4, ended) }), edge.Drain{})
		s := open(t, url, `{}`)
		s.send(subscribe("a", "subscription { ticks }"))
		s.expect(`1 for`)
		s.expect(`2 for`)
		s.closed("4403 This session has ended: sign in again")
	})
	t.Run("when an operation begins", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, func(c *edge.Config) { c.Viewer = endingAt(3, ended) }), edge.Drain{})
		s := open(t, url, `{}`)
		s.send(subscribe("a", "{ hello }"))
		s.expect(`ahoy`)
		s.expect(`"complete"`)
		s.send(subscribe("b", "{ hello }"))
		s.closed("4403 This session has ended: sign in again")
	})
	t.Run("when the viewer has become another", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, func(c *edge.Config) { c.Viewer = endingAt(2, promoted) }), edge.Drain{})
		s := open(t, url, `{}`)
		s.send(subscribe("a", "{ hello }"))
		s.closed("4403 Who is asking has changed: connect again")
	})
	t.Run("when the shop says so", func(t *testing.T) {
		t.Parallel()
		changed := make(chan struct{}, 1)
		url, _, _ := serving(t, newShop(t, func(c *edge.Config) {
			c.Viewer = endingAt(5, ended)
			c.Changes = func(context.Context) <-chan struct{} { return changed }
		}), edge.Drain{})
		s := open(t, url, `{}`)
		s.send(subscribe("a", "subscription { ticks }"))
		s.expect(`1 for`)
		s.expect(`2 for`)
		s.expect(`3 for`)
		changed <- struct{}{}
		s.closed("4403 This session has ended: sign in again")
	})
	t.Run("and within a while if nobody does", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, func(c *edge.Config) {
			c.Viewer = endingAt(7, ended)
			c.Limits.Streams.LookAgain = 20 * time.Millisecond
		}), edge.Drain{})
		s := open(t, url, `{}`)
		s.send(subscribe("a", "subscription { ticks }"))
		for !strings.HasPrefix(s.hear(), "closed: 4403") {
		}
	})
	t.Run("but not because it cannot be told for the moment", func(t *testing.T) {
		t.Parallel()
		looked := make(chan struct{}, 100)
		url, _, _ := serving(t, newShop(t, func(c *edge.Config) {
			c.Viewer = endingAt(5, func(ctx context.Context) (context.Context, error) {
				looked <- struct{}{}
				return ctx, errors.New("the database is away")
			})
			c.Limits.Streams.LookAgain = 10 * time.Millisecond
		}), edge.Drain{})
		s := open(t, url, `{}`)
		s.send(subscribe("a", "subscription { ticks }"))
		for range 5 {
			<-looked
		}
		s.send(`{"type":"ping"}`)
		for message := ""; !strings.Contains(message, `"pong"`); {
			if message = s.hear(); strings.HasPrefix(message, "closed") {
				t.Fatal(message)
			}
		}
	})
	t.Run("an operation that no schema allows is an error, and the connection goes on", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, nil), edge.Drain{})
		s := open(t, url, `{}`)
		s.send(subscribe("a", "{ nothing }"))
		s.expect(`"error"`, `"a"`)
		s.send(subscribe("b", "{ hello }"))
		for message := ""; !strings.Contains(message, "ahoy"); {
			if message = s.hear(); strings.HasPrefix(message, "closed") {
				t.Fatal(message)
			}
		}
	})
	t.Run("a subscription that breaks off takes its socket along, so that its client comes back", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, nil), edge.Drain{})
		s := open(t, url, `{}`)
		s.send(subscribe("a", "subscription { breaks }"))
		s.expect(`1 for`)
		s.expect(`2 for`)
		s.expect(`3 for`)
		s.closed("1013")
	})
	t.Run("a server that stops closes its sockets", func(t *testing.T) {
		t.Parallel()
		url, stop, done := serving(t, newShop(t, nil), edge.Drain{Finish: time.Minute})
		s := open(t, url, `{}`)
		s.send(subscribe("a", "subscription { ticks }"))
		s.expect(`1 for`)
		stop()
		for !strings.HasPrefix(s.hear(), "closed") {
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Run("what is no WebSocket is told so", func(t *testing.T) {
		t.Parallel()
		if w := (request{method: "GET", header: headers("Connection", "Upgrade", "Upgrade", "h2c")}).to(newShop(t, nil)); w.Code != http.StatusBadRequest {
			t.Errorf("status %d", w.Code)
		}
	})
}

func TestSocketsFromElsewhere(t *testing.T) {
	t.Parallel()
	url, _, _ := serving(t, newShop(t, func(c *edge.Config) { c.Origins = []string{"https://www.shop.example"} }), edge.Drain{})
	for from, refused := range map[string]bool{
		url: false, "https://www.shop.example": false, "": false,
		"https://evil.example": true, "null": true, "https://www.shop.example.evil.example": true, "https://www.shop.example:444": true,
	} {
		t.Run("an upgrade from "+from, func(t *testing.T) {
			t.Parallel()
			header := http.Header{}
			if from != "" {
				header.Set("Origin", from)
			}
			_, status, err := dial(t, url, header)
			if (err != nil) != refused || refused && status != http.StatusForbidden {
				t.Errorf("status %d, %v", status, err)
			}
		})
	}
}

// FuzzSockets sends anything as an operation, and anything as a message: the connection goes on, or is closed by one of the
// protocol's codes, and nothing that is told is of the inside.
func FuzzSockets(f *testing.F) {
	for _, seed := range []string{
		`{"query":"{ hello }"}`, `{"query":"subscription { ticks }","variables":{"a":1e999}}`, `[]`, `null`, `{"query":"{ panics }"}`, `{"query":1}`,
		`{"query":"{ hello }","query":"{ hello }"}`, `{}}`, `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}`, "\xff", `{"query":"{ nothing }"}`,
	} {
		f.Add(seed, `{"type":"subscribe","id":"a"}`)
		f.Add(`{"query":"{ hello }"}`, seed)
	}
	shop := newShop(f, nil)
	server := httptest.NewServer(shop)
	f.Cleanup(server.Close)
	f.Fuzz(func(t *testing.T, payload, message string) {
		s, _, err := dial(t, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []string{`{"type":"connection_init"}`, `{"type":"subscribe","id":"it","payload":` + payload + `}`, message, `{"type":"ping","payload":"end"}`} {
			if s.conn.Write(s.ctx, websocket.MessageText, []byte(m)) != nil {
				break
			}
		}
		for {
			heard := s.hear()
			if graphtest.Inside.MatchString(strings.ReplaceAll(strings.ReplaceAll(heard, payload, ""), message, "")) {
				t.Errorf("told %s", heard)
			}
			if code, ok := strings.CutPrefix(heard, "closed: "); ok {
				if !slices.Contains([]string{"4400", "4403", "4409", "4429", "1009", "1013"}, code[:min(4, len(code))]) {
					t.Errorf("%s", heard)
				}
				return
			}
			if heard == `{"type":"pong","payload":"end"}` {
				return
			}
		}
	})
}
