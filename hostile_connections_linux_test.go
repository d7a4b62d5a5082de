//go:build whole

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"galley/graph/graphtest"

	"github.com/coder/websocket"
)

const (
	crowd    = 200              // connections at once
	few      = 10               // of such as keep the program at work, for which a good query then has to wait
	patience = time.Second      // how long an attacker keeps at it whom nobody sends away
	farewell = 30 * time.Second // until whom the program sends away is gone
)

// hostileConnection is what somebody does on a connection of their own, until the program ends it, or they leave.
type hostileConnection struct {
	want  string
	crowd int
	does  func(context.Context, *fortress) (ended string, err error)
}

const left = "left"

var hostileConnections = map[string]hostileConnection{
	"header, a byte at a time": {"hung up", crowd, func(ctx context.Context, f *fortress) (string, error) {
		return f.dribbles(ctx, "GET /query HTTP/1.1\r\nHost: localhost\r\nX-Words: ", farewell)
	}},
	"header, none at all": {"hung up", crowd, func(ctx context.Context, f *fortress) (string, error) {
		return f.reads(ctx, "", farewell)
	}},
	"body, a byte at a time": {left, crowd, func(ctx context.Context, f *fortress) (string, error) {
		return f.dribbles(ctx, "POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{\"query\":\"", patience)
	}},
	"answers that nobody reads": {left, few, func(ctx context.Context, f *fortress) (string, error) {
		page := "{products(first:50){nodes{" + strings.Repeat("a", 1_000) + ":id}}}" // costs little, and is 50 KB
		conn, err := f.dial(ctx)
		if err != nil {
			return "", err
		}
		defer func() { _ = conn.Close() }()
		_ = conn.(*net.TCPConn).SetReadBuffer(4 << 10)
		_ = conn.SetWriteDeadline(time.Now().Add(patience))
		_, err = io.WriteString(conn, strings.Repeat("GET /query?query="+page+" HTTP/1.1\r\nHost: localhost\r\n\r\n", 100))
		time.Sleep(patience)
		return left, err
	}},
	"socket, without a beginning":          onSocket("4408"),
	"socket, an operation first":           onSocket("4401", `{"type":"subscribe","id":"a","payload":{"query":"{ me { id } }"}}`),
	"socket, a beginning that is no map":   onSocket("4400", `{"type":"connection_init","payload":[1]}`),
	"socket, two beginnings":               onSocket("4429", hello, hello),
	"socket, no JSON":                      onSocket("4400", "\x00"),
	"socket, no message":                   onSocket("4400", `{"type":"steal"}`),
	"socket, no UTF-8":                     onSocket("4400", "\xff\xfe"),
	"socket, a message of a megabyte":      onSocket("1009", hello, strings.Repeat("[", 1_000_000)),
	"socket, a message of 250 KB of [":     onSocket("4400", hello, strings.Repeat("[", 250_000)),
	"socket, one name for two operations":  onSocket("4409", hello, lasting("a"), lasting("a")),
	"socket, a token that is a map":        onSocket("4400", `{"type":"connection_init","payload":{"Authorization":{}}}`),
	"socket, a forged token":               onSocket("4403", `{"type":"connection_init","payload":{"Authorization":"Bearer eyJhbGciOiJub25lIn0.e30."}}`),
	"socket, a flood of pings":             onSocket(left, floods(`{"type":"ping"}`, 2_000)...),
	"socket, a flood of operations":        onSocket(left, floods(lasting("☃"), 500)...),
	"socket, a flood of hostile documents": onSocket(left, floods(`{"type":"subscribe","id":"☃","payload":{"query":`+text(doubling(27))+`}}`, 200)...), // as many as are read at once: the cost of more depends on the time they take
}

const hello = `{"type":"connection_init"}`

func lasting(id string) string {
	return `{"type":"subscribe","id":"` + id + `","payload":{"query":"subscription { stockChanged(variantIds: []) { id } }"}}`
}

// floods are a beginning and so many messages, each with a number where it has a ☃.
func floods(message string, n int) []string {
	all := []string{hello}
	for i := range n {
		all = append(all, strings.Replace(message, "☃", fmt.Sprint(i), 1))
	}
	return all
}

// onSocket says these messages, without waiting for an answer, and then listens.
func onSocket(want string, messages ...string) hostileConnection {
	many := crowd
	if want == left {
		many = few
	}
	return hostileConnection{want, many, func(ctx context.Context, f *fortress) (string, error) {
		options := &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}}
		conn, response, err := websocket.Dial(ctx, f.url+"/query", options)
		if err != nil {
			return "", fmt.Errorf("%v: %w", response, err)
		}
		defer func() { _ = conn.CloseNow() }()
		stays := farewell
		if want == left {
			stays = patience
		}
		ctx, cancel := context.WithTimeout(ctx, stays)
		defer cancel()
		go func() {
			for _, m := range messages {
				if conn.Write(ctx, websocket.MessageText, []byte(m)) != nil {
					return // it was sent away, or is tired of it
				}
			}
		}()
		for {
			_, heard, err := conn.Read(ctx)
			if err == nil {
				if word := graphtest.Inside.FindString(string(heard)); word != "" {
					return "", fmt.Errorf("it tells of %q: %.400s", word, heard)
				}
				continue
			}
			if ctx.Err() != nil {
				return left, nil
			}
			closed, ok := errors.AsType[websocket.CloseError](err)
			if word := graphtest.Inside.FindString(closed.Reason); !ok || word != "" {
				return "", fmt.Errorf("closed: %w", err)
			}
			return fmt.Sprint(int(closed.Code)), nil
		}
	}}
}

func (f *fortress) dial(ctx context.Context) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, "tcp", strings.TrimPrefix(f.url, "http://"))
}

// dribbles says something, and then a byte ten times a second.
func (f *fortress) dribbles(ctx context.Context, begin string, stays time.Duration) (string, error) {
	conn, err := f.dial(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, begin); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, stays)
	defer cancel()
	go func() {
		for ctx.Err() == nil {
			if _, err := io.WriteString(conn, "x"); err != nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
	}()
	return listens(conn, stays)
}

// reads says something, and waits.
func (f *fortress) reads(ctx context.Context, begin string, stays time.Duration) (string, error) {
	conn, err := f.dial(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, begin); err != nil {
		return "", err
	}
	return listens(conn, stays)
}

// listens says whether the program hung up.
func listens(conn net.Conn, stays time.Duration) (string, error) {
	_ = conn.SetReadDeadline(time.Now().Add(stays))
	said, err := io.ReadAll(conn)
	if word := graphtest.Inside.FindString(string(said)); word != "" {
		return "", fmt.Errorf("it tells of %q: %.400s", word, said)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return left, nil
	}
	return "hung up", nil
}

// connections has a crowd do the same thing at the same time, while somebody else asks for a page of products.
func (f *fortress) connections(t *testing.T, usual time.Duration) {
	idle := measured(t, f.metrics, "go_goroutines")
	for _, name := range slices.Sorted(maps.Keys(hostileConnections)) {
		attack := hostileConnections[name]
		t.Run(name, func(t *testing.T) {
			before, held := f.spent(t), resident(t, f.Process.Pid)
			var attackers sync.WaitGroup
			ends := make(chan string, attack.crowd)
			for range attack.crowd {
				attackers.Go(func() {
					ended, err := attack.does(t.Context(), f)
					if err != nil {
						ended = err.Error()
					}
					ends <- ended
				})
			}
			gone := make(chan struct{})
			go func() { attackers.Wait(); close(ends); close(gone) }()
			most := held
			took := f.asks(t, func(n int) bool {
				most = max(most, resident(t, f.Process.Pid))
				select {
				case <-gone:
					return n > 0
				default:
					time.Sleep(20 * time.Millisecond) // or what is asked costs more than the attack
					return false
				}
			})
			<-gone
			ended := map[string]int{}
			for end := range ends {
				ended[end]++
			}
			if ended[attack.want] != attack.crowd {
				t.Errorf("they ended by %v, want %d times %q", ended, attack.crowd, attack.want)
			}
			each := f.since(t, before, attack.crowd)
			each.bound(t, mostCPU, mostMemory)
			t.Logf("%s, %.2f MB resident, %d at once, %s", each, float64(most-held)/float64(attack.crowd<<20), attack.crowd, attack.want)
			if most-held > attack.crowd*mostMemory {
				t.Errorf("%d at once take %d MB", attack.crowd, (most-held)>>20)
			}
			f.judge(t, took, usual)
		})
	}
	f.client.CloseIdleConnections()
	for deadline := time.Now().Add(time.Minute); measured(t, f.metrics, "go_goroutines") > idle+crowd/10; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%.0f goroutines are left, of %.0f before", measured(t, f.metrics, "go_goroutines"), idle)
		}
	}
}
