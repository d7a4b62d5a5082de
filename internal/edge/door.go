package edge

import (
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"
)

const (
	// lastKnock is how long nobody must come before a door that is being shut is closed.
	lastKnock = 5 * time.Millisecond
	// lastKnocks bounds how long that may take where somebody comes all the time.
	lastKnocks = time.Second
)

// door is a listener that is closed without turning away who stands before it: connections that the
// system has made, and perhaps taken a request on, which nobody has accepted yet. To close a listener
// resets them.
type door struct {
	net.Listener
	until atomic.Pointer[time.Time] // set once it is being shut
}

// deadliner is what listeners on sockets can do.
type deadliner interface{ SetDeadline(t time.Time) error }

// shut has Accept give out who waits, and fail with net.ErrClosed after that. A listener that knows no
// deadlines is closed at once.
func (d *door) shut() error {
	listener, ok := d.Listener.(deadliner)
	if !ok {
		return d.Close()
	}
	until := time.Now().Add(lastKnocks)
	d.until.Store(&until)
	return listener.SetDeadline(time.Now()) // wakes Accept
}

// Accept waits for the next connection.
func (d *door) Accept() (net.Conn, error) {
	conn, err := d.Listener.Accept()
	until := d.until.Load()
	if until == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
		return conn, err
	}
	if conn, err = d.last(*until); !errors.Is(err, os.ErrDeadlineExceeded) {
		return conn, err
	}
	return nil, errors.Join(net.ErrClosed, d.Close())
}

// last is one more look at who waits.
func (d *door) last(until time.Time) (net.Conn, error) {
	now := time.Now()
	if now.After(until) {
		return nil, os.ErrDeadlineExceeded
	}
	if listener, ok := d.Listener.(deadliner); ok {
		if err := listener.SetDeadline(now.Add(lastKnock)); err != nil {
			return nil, err
		}
	}
	return d.Listener.Accept()
}
