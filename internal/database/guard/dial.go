package guard

import (
	"context"
	"net"
	"time"
)

// A peer that says nothing is asked after 15 seconds, and given up after 30; so is one that does
// not acknowledge what was sent. This is for statements without a deadline; others have theirs.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3}

const unacknowledged = 30 * time.Second

// dialling is the making of a connection, over all its hosts.
type dialling struct {
	ctx  context.Context
	link *link // to the host that was tried last
	stop func() bool
}

type diallingKey struct{}

// end returns the socket that the connection was made on, free of the bounds on making it.
func (d *dialling) end() *link {
	if d.stop != nil {
		d.stop()
	}
	return d.link
}

// dialer opens sockets: for connections, and, in lib/pq's own name, to cancel a statement.
type dialer struct{ limits limits }

func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	made, ok := ctx.Value(diallingKey{}).(*dialling)
	if !ok {
		return d.dialToCancel(ctx, network, address)
	}
	raw, err := (&net.Dialer{KeepAliveConfig: keepAlive}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	limitUnacknowledged(raw, unacknowledged)
	made.end()
	made.link = &link{Conn: raw}
	// lib/pq does not look at the context while it shakes hands.
	made.stop = context.AfterFunc(made.ctx, made.link.cut)
	return made.link, nil
}

// dialToCancel has the grace, no more: after it the statement's own socket is closed.
func (d dialer) dialToCancel(ctx context.Context, network, address string) (net.Conn, error) {
	deadline := time.Now().Add(d.limits.grace)
	raw, err := (&net.Dialer{Deadline: deadline}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return hurried{raw}, raw.SetDeadline(deadline)
}

// Dial and DialTimeout are there because lib/pq's interface has them; it calls DialContext.
func (d dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialTimeout(network, address, d.limits.host)
}

// DialTimeout is Dial with a bound.
func (d dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// hurried is a socket whose deadline stays: lib/pq waits for the answer to a cancellation without one.
type hurried struct{ net.Conn }

func (hurried) SetDeadline(time.Time) error { return nil }
