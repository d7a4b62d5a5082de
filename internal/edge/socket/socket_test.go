package socket_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"

	"galley/internal/edge/socket"
)

const begin = `{"type":"connection_init","payload":{}}`

func TestConnectionsEndByTheProtocolsCodes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		messages []string
		code     websocket.StatusCode
	}{
		"nothing comes":                        {nil, 4408},
		"what only keeps the time is no start": {[]string{`{"type":"ping"}`, `{"type":"pong"}`, `{"type":"complete","id":"a"}`}, 4408},
		"no JSON":                              {[]string{`hello`}, 4400},
		"a list":                               {[]string{`[]`}, 4400},
		"no type":                              {[]string{`{"payload":{}}`}, 4400},
		"a type that is unknown":               {[]string{`{"type":"start"}`}, 4400},
		"a type of another case":               {[]string{`{"type":"Connection_Init"}`}, 4400},
		"an operation before the beginning":    {[]string{subscribe("a", "one")}, 4401},
		"two beginnings":                       {[]string{begin, begin}, 4429},
		"who may not":                          {[]string{`{"type":"connection_init","payload":"refused"}`}, 4403},
		"when we cannot":                       {[]string{`{"type":"connection_init","payload":"unlucky"}`}, websocket.StatusTryAgainLater},
		"when we panic":                        {[]string{`{"type":"connection_init","payload":"panic"}`}, 4500},
		"an operation without an id":           {[]string{begin, `{"type":"subscribe","payload":"one"}`}, 4400},
		"an id that is endless":                {[]string{begin, subscribe(strings.Repeat("a", 257), "one")}, 4400},
		"an id that is used":                   {[]string{begin, subscribe("a", "lasts"), subscribe("a", "lasts")}, 4409},
		"a used id that is long":               {[]string{begin, subscribe(strings.Repeat("é", 128), "lasts"), subscribe(strings.Repeat("é", 128), "lasts")}, 4409},
		"a caller who is none any more":        {[]string{begin, subscribe("a", "revoked")}, 4403},
		"a message that is too large":          {[]string{begin, subscribe("a", strings.Repeat("a", 256<<10))}, websocket.StatusMessageTooBig},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := open(t, socket.Limits{Init: 300 * time.Millisecond}).connect(t, socket.Protocol)
			client.send(c.messages...)
			for {
				message, closed := client.hear()
				if closed == nil {
					continue
				}
				if closed.Code != c.code || closed.Reason == "" || len(closed.Reason) > 123 || !utf8.ValidString(closed.Reason) {
					t.Errorf("%s %v, want %d", message, closed, c.code)
				}
				return
			}
		})
	}
	t.Run("bytes", func(t *testing.T) {
		t.Parallel()
		client := open(t, socket.Limits{}).connect(t, socket.Protocol)
		if err := client.conn.Write(t.Context(), websocket.MessageBinary, []byte{0xff, 0}); err != nil {
			t.Fatal(err)
		}
		client.expectClose(4400)
	})
	for name, protocols := range map[string][]string{"no protocol": nil, "the protocol of old": {"graphql-ws"}, "another": {"mqtt"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			open(t, socket.Limits{}).connect(t, protocols...).expectClose(4406)
		})
	}
	t.Run("of several protocols ours is spoken", func(t *testing.T) {
		t.Parallel()
		client := open(t, socket.Limits{}).connect(t, "graphql-ws", socket.Protocol)
		client.send(begin)
		client.expect(`{"type":"connection_ack"}`)
	})
}

func TestOperations(t *testing.T) {
	t.Parallel()
	t.Run("come with their results and their end", func(t *testing.T) {
		t.Parallel()
		c := open(t, socket.Limits{}).enter(t)
		c.send(subscribe(`a\"b`, "one"))
		c.expect(`{"id":"a\"b","type":"next","payload":{"data":"one"}}`, `{"id":"a\"b","type":"complete"}`)
	})
	t.Run("are told what was wrong, and then nothing more", func(t *testing.T) {
		t.Parallel()
		c := open(t, socket.Limits{}).enter(t)
		c.send(subscribe("a", "wrong"))
		c.expect(`{"id":"a","type":"error","payload":[{"message":"wrong"}]}`)
		c.send(subscribe("a", "fails"))
		c.expect(`{"id":"a","type":"next","payload":{"data":"fails"}}`, `{"id":"a","type":"error","payload":[{"message":"fails"}]}`)
		c.send(`{"type":"ping"}`)
		c.expect(`{"type":"pong"}`)
	})
	t.Run("run side by side, and a short one does not wait for a long one", func(t *testing.T) {
		t.Parallel()
		h := open(t, socket.Limits{})
		c := h.enter(t)
		c.send(subscribe("long", "held"), subscribe("short", "one"))
		c.expect(`{"id":"short","type":"next","payload":{"data":"one"}}`, `{"id":"short","type":"complete"}`)
		close(h.held)
		c.expect(`{"id":"long","type":"next","payload":{"data":"held"}}`, `{"id":"long","type":"complete"}`)
	})
	t.Run("end when their client says so, without a word, and their id is free", func(t *testing.T) {
		t.Parallel()
		h := open(t, socket.Limits{})
		c := h.enter(t)
		c.send(subscribe("a", "lasts"))
		c.expect(`{"id":"a","type":"next","payload":{"data":"lasts"}}`, `{"id":"a","type":"next","payload":{"data":"lasts"}}`)
		c.send(`{"type":"complete","id":"a"}`)
		await(t, h.ended, "lasts")
		c.send(subscribe("a", "one"))
		c.expect(`{"id":"a","type":"next","payload":{"data":"one"}}`, `{"id":"a","type":"complete"}`)
	})
	t.Run("whose client has ended them send nothing, though they were under way", func(t *testing.T) {
		t.Parallel()
		h := open(t, socket.Limits{})
		c := h.enter(t)
		c.send(subscribe("a", "held"))
		await(t, h.began, "held")
		c.send(`{"type":"complete","id":"a"}`)
		await(t, h.ended, "held")
		close(h.held)
		c.send(subscribe("b", "one"))
		c.expect(`{"id":"b","type":"next","payload":{"data":"one"}}`, `{"id":"b","type":"complete"}`)
	})
	t.Run("end with their connection", func(t *testing.T) {
		t.Parallel()
		h := open(t, socket.Limits{})
		c := h.enter(t)
		c.send(subscribe("a", "lasts"))
		c.expect(`{"id":"a","type":"next","payload":{"data":"lasts"}}`)
		_ = c.conn.CloseNow()
		await(t, h.ended, "lasts")
	})
	t.Run("whose connection ends send nothing more", func(t *testing.T) {
		t.Parallel()
		h := open(t, socket.Limits{})
		clients := make([]*client, 50) // it is a matter of who comes first
		for i := range clients {
			clients[i] = h.enter(t)
			for _, id := range []string{"a", "b", "c", "d"} {
				clients[i].send(subscribe(id, "stubborn"))
				await(t, h.began, "stubborn")
			}
		}
		h.cut()
		for _, c := range clients {
			c.expectClose(websocket.StatusAbnormalClosure)
		}
	})
	t.Run("are so many at once", func(t *testing.T) {
		t.Parallel()
		h := open(t, socket.Limits{Operations: 2})
		c := h.enter(t)
		c.send(subscribe("a", "held"), subscribe("b", "held"), subscribe("c", "one"))
		if message, _ := c.hear(); !strings.HasPrefix(message, `{"id":"c","type":"error"`) || !strings.Contains(message, "RATE_LIMITED") {
			t.Fatal(message)
		}
		// What was ended counts until it has in truth, or many could be had to run by ending them at once.
		c.send(`{"type":"complete","id":"a"}`, subscribe("d", "one"))
		if message, _ := c.hear(); !strings.HasPrefix(message, `{"id":"d","type":"error"`) {
			t.Fatal(message)
		}
		close(h.held)
		c.expect(`{"id":"b","type":"next","payload":{"data":"held"}}`, `{"id":"b","type":"complete"}`)
		for began := time.Now(); ; time.Sleep(10 * time.Millisecond) { // in a moment there is a place again
			c.send(subscribe("e", "wrong"))
			message, closed := c.hear()
			if strings.Contains(message, "wrong") {
				break
			}
			if closed != nil || time.Since(began) > time.Minute {
				t.Fatal(message, closed)
			}
		}
	})
	t.Run("wait for their turn behind four that are worked on, and not behind those that last", func(t *testing.T) {
		t.Parallel()
		h := open(t, socket.Limits{})
		c := h.enter(t)
		for _, id := range []string{"a", "b", "c", "d", "e"} {
			c.send(subscribe(id, "lasts"))
			c.expect(`{"id":"`+id+`","type":"next","payload":{"data":"lasts"}}`, `{"id":"`+id+`","type":"next","payload":{"data":"lasts"}}`)
			await(t, h.began, "lasts")
		}
		for _, id := range []string{"f", "g", "h", "i"} {
			c.send(subscribe(id, "held"))
			await(t, h.began, "held")
		}
		c.send(subscribe("j", "one"), subscribe("k", "one"), `{"type":"complete","id":"k"}`, `{"type":"ping"}`)
		c.expect(`{"type":"pong"}`)
		select {
		case what := <-h.began:
			t.Errorf("%s is worked on", what)
		case <-time.After(100 * time.Millisecond):
		}
		close(h.held)
		await(t, h.began, "one")
		for heard := 0; heard < 10; heard++ {
			message, closed := c.hear()
			if closed != nil || strings.Contains(message, `"k"`) {
				t.Fatal(message, closed)
			}
		}
		if len(h.began) > 0 {
			t.Error("what its client ended before its turn was begun")
		}
	})
	t.Run("answer pings with what they brought", func(t *testing.T) {
		t.Parallel()
		c := open(t, socket.Limits{}).connect(t, socket.Protocol)
		c.send(`{"type":"ping","payload":{"n":1.50}}`)
		c.expect(`{"type":"pong","payload":{"n":1.50}}`)
	})
}

func TestAServerThatStopsLosesNothing(t *testing.T) {
	t.Parallel()
	h := open(t, socket.Limits{})
	c := h.enter(t)
	c.send(subscribe("lasts", "lasts"))
	c.expect(`{"id":"lasts","type":"next","payload":{"data":"lasts"}}`, `{"id":"lasts","type":"next","payload":{"data":"lasts"}}`)
	await(t, h.began, "lasts")
	c.send(subscribe("held", "held"))
	await(t, h.began, "held")
	h.stop()
	await(t, h.ended, "lasts") // without complete: its client takes it up again elsewhere
	c.send(subscribe("late", "one"), `{"type":"ping"}`)
	c.expect(`{"type":"pong"}`) // so it was read
	close(h.held)
	c.expect(`{"id":"held","type":"next","payload":{"data":"held"}}`, `{"id":"held","type":"complete"}`)
	c.expectClose(websocket.StatusGoingAway)
	select {
	case what := <-h.began:
		t.Errorf("%s began at a server that stops", what)
	default:
	}
}

// What lasts may say so only when its connection is being left already: it is not waited for either.
func TestAServerThatStopsDoesNotWaitForWhatLasts(t *testing.T) {
	t.Parallel()
	h := open(t, socket.Limits{})
	c := h.enter(t)
	c.send(subscribe("lasts", "lasts"))
	await(t, h.began, "lasts")
	c.expect(`{"id":"lasts","type":"next","payload":{"data":"lasts"}}`, `{"id":"lasts","type":"next","payload":{"data":"lasts"}}`)
	c.send(subscribe("slow", "slow"))
	await(t, h.began, "slow")
	h.stop()
	await(t, h.ended, "lasts")
	close(h.held)
	await(t, h.ended, "slow")
	c.expectClose(websocket.StatusGoingAway)
}

func TestPings(t *testing.T) {
	t.Parallel()
	t.Run("who answers stays", func(t *testing.T) {
		t.Parallel()
		c := open(t, socket.Limits{Ping: time.Second}).enter(t)
		read := c.conn.CloseRead(t.Context()) // which answers pings
		select {
		case <-read.Done():
			t.Error("closed")
		case <-time.After(2500 * time.Millisecond):
		}
	})
	t.Run("who does not is gone", func(t *testing.T) {
		t.Parallel()
		h := open(t, socket.Limits{Ping: 100 * time.Millisecond})
		c := h.enter(t) // and reads no more
		c.send(subscribe("a", "lasts"))
		await(t, h.ended, "lasts")
	})
}

func TestIDsAreWrittenAsJSON(t *testing.T) {
	t.Parallel()
	c := open(t, socket.Limits{}).enter(t)
	for _, id := range []string{`</script>`, `\u0000`, `é😀`, `\\\"`} {
		c.send(subscribe(id, "wrong"))
		if message, closed := c.hear(); !strings.Contains(message, `"type":"error"`) {
			t.Errorf("%s: %s %v", id, message, closed)
		}
	}
	c.send(fmt.Sprintf(`{"type":"ping","payload":%q}`, "still there"))
	c.expect(`{"type":"pong","payload":"still there"}`)
}
