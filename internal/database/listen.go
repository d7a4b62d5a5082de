package database

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/lib/pq"

	"galley/internal/viewer"
)

const (
	listenAgain = 30 * time.Second // between looks whether the connection is still there
	soonest     = time.Second      // until a lost connection is tried again
	latest      = 30 * time.Second
	longestDial = 10 * time.Second // that the server may take to answer
)

// Notify tells the other processes on this database something, at most 8,000 bytes: those that listen on the channel
// at this moment. The embedded database has none.
func (db *DB) Notify(ctx context.Context, channel, message string) error {
	if !db.Postgres() {
		return nil
	}
	if _, err := db.Client.ExecContext(viewer.AsSystem(ctx), "SELECT pg_notify($1, $2)", channel, message); err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	return nil
}

// Listen hears what processes tell, this one too, until the context ends; it keeps a connection of its own for that.
// After the connection was lost nobody knows what was missed: then it calls missed, once it hears again.
func (db *DB) Listen(ctx context.Context, channel string, heard func(message string), missed func()) error {
	if !db.Postgres() {
		<-ctx.Done()
		return nil
	}
	var line wire
	listener := pq.NewDialListener(&line, db.url, soonest, latest, nil)
	end := context.AfterFunc(ctx, func() {
		line.cut() // or closing would wait for who waits on it
		_ = listener.Close()
	})
	defer end()
	if err := listener.Listen(channel); err != nil {
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it was to end
		}
		return errors.Join(fmt.Errorf("listen: %w", err), listener.Close())
	}
	look := time.NewTicker(listenAgain)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
			go line.look(listener)
		case n, ok := <-listener.Notify:
			switch {
			case !ok:
				return nil
			case n == nil:
				missed()
			default:
				heard(n.Extra)
			}
		}
	}
}

// wire is the connection that is listened on. A listener that waits for an answer cannot be closed, but its
// connection can.
type wire struct {
	mu   sync.Mutex
	conn net.Conn
	gone bool
}

// Dial serves pq.Dialer.
func (w *wire) Dial(network, address string) (net.Conn, error) {
	return w.DialTimeout(network, address, longestDial)
}

// DialTimeout serves pq.Dialer.
func (w *wire) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	conn, err := net.DialTimeout(network, address, timeout)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.gone {
		return nil, errors.Join(net.ErrClosed, conn.Close())
	}
	w.conn = conn
	return conn, nil
}

// look asks whether the server is still there, and cuts the connection if it does not say.
func (w *wire) look(listener *pq.Listener) {
	silent := time.AfterFunc(longestDial, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		_ = w.conn.Close() // the listener makes another
	})
	defer silent.Stop()
	_ = listener.Ping() // the listener knows what became of it
}

// cut ends it for good.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone = true
	if w.conn != nil {
		_ = w.conn.Close()
	}
}
