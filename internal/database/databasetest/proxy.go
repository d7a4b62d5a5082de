package databasetest

import (
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
)

// Proxy stands between a client and PostgreSQL, and breaks what it is told to break. It reads the
// messages that pass, so that a fault hits the same statement at the same point each time.
type Proxy struct {
	listener net.Listener
	upstream string

	mu     sync.Mutex
	fault  *Fault
	hit    chan struct{} // closed when it has hit
	silent bool
	open   map[net.Conn]bool
	closed bool
	done   sync.WaitGroup
}

// Point is where a statement's connection breaks.
type Point int

// The points, in the order in which a statement passes them.
const (
	// Before: nothing of the statement reaches the server.
	Before Point = iota
	// Halfway: half of its bytes do, and the connection is cut.
	Halfway
	// Unanswered: the server runs it, and the connection is cut before its answer.
	Unanswered
	// Answering: the connection is cut in the midst of the answer.
	Answering
	// Unheard: nothing reaches the server any more, and no connection is closed.
	Unheard
	// Silenced: the server runs it, and from then on nothing passes the proxy, in either direction.
	Silenced
	// Stalled: so it is in the midst of the answer.
	Stalled
)

func (p Point) String() string {
	return [...]string{"before", "halfway", "unanswered", "answering", "unheard", "silenced", "stalled"}[p]
}

// Fault hits one statement.
type Fault struct {
	// Text is part of the statement: "" is part of each.
	Text string
	// Message is what carries it: Query, Parse or Bind. A prepared statement is parsed once, and bound
	// each time that it runs.
	Message Message
	Point   Point
	// Skip is how many of them pass before.
	Skip int
}

// Message is a kind of message of the protocol.
type Message byte

// The messages that carry statements.
const (
	AnyMessage Message = 0
	Query      Message = 'Q'
	Parse      Message = 'P'
	Bind       Message = 'B'
)

// NewProxy starts a proxy before the server of an address, or before that of the tests if it is "".
func NewProxy(tb testing.TB, address string) *Proxy {
	tb.Helper()
	if address == "" {
		address = os.Getenv("GALLEY_TEST_POSTGRES")
	}
	u, err := url.Parse(address)
	if err != nil {
		tb.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // for as long as the test runs
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{listener: listener, upstream: u.Host, open: map[net.Conn]bool{}}
	p.done.Go(p.accept)
	tb.Cleanup(p.close)
	return p
}

// Address is a server's address, by way of the proxy.
func (p *Proxy) Address(tb testing.TB, address string) string {
	tb.Helper()
	u, err := url.Parse(address)
	if err != nil {
		tb.Fatal(err)
	}
	u.Host = p.listener.Addr().String()
	return u.String()
}

// Break arms a fault, in place of the one before, and returns a channel that closes when it has hit.
func (p *Proxy) Break(f Fault) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault, p.hit = &f, make(chan struct{})
	return p.hit
}

// Heal ends a silence: what was open is cut, and what comes passes.
func (p *Proxy) Heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault, p.silent = nil, false
	for c := range p.open {
		_ = c.Close()
	}
}

// strikes tells which point of a statement breaks, if any.
func (p *Proxy) strikes(m Message, text string) (Point, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.fault
	if f == nil || f.Message != AnyMessage && f.Message != m || !strings.Contains(text, f.Text) {
		return 0, false
	}
	if f.Skip > 0 {
		f.Skip--
		return 0, false
	}
	p.fault = nil
	close(p.hit)
	if f.Point >= Unheard {
		p.silent = true
	}
	return f.Point, true
}

func (p *Proxy) isSilent() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.silent
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.upstream) //nolint:noctx // as above
		if err != nil {
			_ = client.Close()
			continue
		}
		if !p.keep(client, server) {
			return
		}
		w := &wire{proxy: p, client: client, server: server, texts: map[string]string{}}
		p.done.Go(w.requests)
		p.done.Go(w.answers)
	}
}

// keep notes open sockets, unless the proxy has ended.
func (p *Proxy) keep(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		if p.closed {
			_ = c.Close()
			continue
		}
		p.open[c] = true
	}
	return !p.closed
}

func (p *Proxy) forget(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		_ = c.Close()
		delete(p.open, c)
	}
}

func (p *Proxy) close() {
	p.mu.Lock()
	p.closed = true
	for c := range p.open {
		_ = c.Close()
	}
	p.mu.Unlock()
	_ = p.listener.Close()
	p.done.Wait()
}
