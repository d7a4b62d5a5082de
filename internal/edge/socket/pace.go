package socket

import (
	"bufio"
	"context"
	"net"
	"net/http"

	"golang.org/x/time/rate"
)

const (
	bytesEachSecond = 256 << 10
	bytesAtOnce     = 1 << 20
)

// hijacker hands out a connection that is read at a bounded pace until done.
type hijacker struct {
	http.ResponseWriter
	done context.Context //nolint:containedctx // net.Conn takes none
}

func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	return &slow{conn, h.done, rate.NewLimiter(bytesEachSecond, bytesAtOnce)}, buffers, nil
}

// slow is a connection that is read at a bounded pace. Nothing else counts frames that hold nothing, as they end no message.
type slow struct {
	net.Conn
	done context.Context //nolint:containedctx // net.Conn takes none
	pace *rate.Limiter
}

func (s *slow) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p[:min(len(p), bytesAtOnce)])
	if err != nil {
		return n, err
	}
	return n, s.pace.WaitN(s.done, n)
}
