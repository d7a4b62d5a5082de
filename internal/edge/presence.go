package edge

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// presence knows the connections of a server that a request is under way on, or that have just come
// to bring one.
type presence struct {
	mu   sync.Mutex
	busy map[net.Conn]struct{}
}

func newPresence() *presence { return &presence{busy: map[net.Conn]struct{}{}} }

// note is an http.Server's ConnState.
func (p *presence) note(conn net.Conn, state http.ConnState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch state {
	case http.StateNew, http.StateActive:
		p.busy[conn] = struct{}{}
	default:
		delete(p.busy, conn)
	}
}

func (p *presence) none() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.busy) == 0
}

// until returns when something is so, or the context ends.
func until(ctx context.Context, so func() bool) {
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for !so() {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}
