package guard

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// link is a connection's socket. It knows what lib/pq forgets: whether anything was sent, and why
// it broke.
type link struct {
	net.Conn
	sent    atomic.Int64
	mu      sync.Mutex
	failure error
}

func (l *link) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	if err != nil {
		l.fail(err)
	}
	return n, err
}

func (l *link) Write(p []byte) (int, error) {
	n, err := l.Conn.Write(p)
	l.sent.Add(int64(n))
	if err != nil {
		l.fail(err)
	}
	return n, err
}

// fail notes the first reason.
func (l *link) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failure == nil {
		l.failure = err
	}
}

// failed is why the socket is of no use any more, or nil.
func (l *link) failed() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failure
}

// cut closes the socket under whoever waits on it.
func (l *link) cut() {
	l.fail(errSilent)
	_ = l.Close()
}

// within cuts the socket unless what is returned is called in time.
func (l *link) within(d time.Duration) (done func() bool) { return time.AfterFunc(d, l.cut).Stop }

// bound cuts the socket when a context has ended and the grace has passed, unless it is released before.
func (l *link) bound(ctx context.Context, grace time.Duration) *bound {
	if ctx.Done() == nil {
		return nil
	}
	b := new(bound)
	b.stop = context.AfterFunc(ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if !b.released {
			b.timer = time.AfterFunc(grace, l.cut)
		}
	})
	return b
}

// bound is a time limit on a socket. The nil bound has none.
type bound struct {
	stop     func() bool
	mu       sync.Mutex
	timer    *time.Timer
	released bool
}

func (b *bound) release() {
	if b == nil || b.stop() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.released = true
	if b.timer != nil {
		b.timer.Stop()
	}
}
