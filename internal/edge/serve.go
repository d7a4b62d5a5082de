package edge

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Drain is how a server stops.
type Drain struct {
	// Announce is how long /readyz tells balancers to go elsewhere, while requests are still taken. It
	// is for balancers: make it longer than they take to notice. Without one it may be zero; clients
	// that keep connections are told to leave them all the same, for a fifth of a second.
	Announce time.Duration
	// Finish is how long requests under way have to be answered after that.
	Finish time.Duration
}

// farewell is how long kept connections are still answered at the least, each answer being their last.
// One that is idle for all that time is closed, and who asks on it at that very moment has to ask
// again: HTTP/1.1 has no way to say so before.
const farewell = 200 * time.Millisecond

// Serve answers requests on a listener until the context ends, and then drains. An error means
// that the listener failed, or that requests were cut off when draining took too long.
func (s *Server) Serve(ctx context.Context, listener net.Listener, drain Drain) error {
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: s.config.Timeouts.Header,
		ReadTimeout:       s.config.Timeouts.Request,
		WriteTimeout:      s.config.Timeouts.Answer,
		IdleTimeout:       s.config.Timeouts.Idle,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          log.New(complaints{s.logger}, "", 0),
		// Requests under way outlive the context: they end by themselves, or are cut off.
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	inside := newPresence()
	server.ConnState = inside.note
	entrance := &door{Listener: listener}
	failed := make(chan error, 1)
	go func() { failed <- s.accept(server, entrance) }()
	go s.documents.Watch(ctx, 2*time.Second)
	select {
	case err := <-failed:
		return errors.Join(fmt.Errorf("serve %s: %w", listener.Addr(), err), server.Close())
	case <-ctx.Done():
	}
	s.logger.Info("draining", "announce", drain.Announce, "finish", drain.Finish)
	s.draining.Store(true)
	time.Sleep(max(drain.Announce, farewell))
	s.stop() // streams come back at once, and by now to another server
	// The listener is closed, and every connection that it gave is known, before connections end.
	err := entrance.shut()
	if served := <-failed; !errors.Is(served, net.ErrClosed) {
		err = errors.Join(err, fmt.Errorf("serve %s: %w", listener.Addr(), served))
	}
	return errors.Join(err, s.finish(ctx, server, inside, drain))
}

// accept serves clear text, or TLS where there is a certificate.
func (s *Server) accept(server *http.Server, listener net.Listener) error {
	if s.config.Certificate == nil {
		return server.Serve(listener)
	}
	server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: s.config.Certificate.current}
	return server.ServeTLS(listener, "", "")
}

// complaints are what net/http has to say. Whoever scans the port for what it speaks is not worth a
// warning.
type complaints struct{ logger *slog.Logger }

func (c complaints) Write(line []byte) (int, error) {
	level := slog.LevelWarn
	if bytes.HasPrefix(line, []byte("http: TLS handshake error")) {
		level = slog.LevelDebug
	}
	c.logger.Log(context.Background(), level, string(bytes.TrimSpace(line)))
	return len(line), nil
}

// finish lets requests under way be answered, and what runs on sockets, and cuts off what takes too long. A server that has been
// told to shut down drops a request that it reads after that, so it is told once there is none.
func (s *Server) finish(ctx context.Context, server *http.Server, inside *presence, drain Drain) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain.Finish)
	defer cancel()
	until(ctx, func() bool { return inside.none() && s.places.taken() == 0 })
	err := server.Shutdown(ctx)
	if sockets := s.places.taken(); err == nil && sockets > 0 {
		err = fmt.Errorf("%d sockets: %w", sockets, ctx.Err())
	}
	s.cut()
	if err != nil {
		return errors.Join(fmt.Errorf("drain within %s: %w", drain.Finish, err), server.Close())
	}
	return nil
}
