package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// supply is requests, ready to be sent. Those that read are sent again and again; those that write are
// sent once each.
type supply struct {
	requests [][]byte
	once     bool
	begins   []byte // what the body of each answer begins with
	used     atomic.Int64
}

// next is the request to send, or nil when all are used up.
func (s *supply) next() []byte {
	n := int(s.used.Add(1)) - 1
	if s.once && n >= len(s.requests) {
		return nil
	}
	return s.requests[n%len(s.requests)]
}

// traffic is what clients saw of a server.
type traffic struct {
	took      time.Duration
	latencies []time.Duration // sorted
	bytes     int64           // of the answers' bodies
}

func (t traffic) quantile(q float64) time.Duration {
	return t.latencies[min(int(q*float64(len(t.latencies))), len(t.latencies)-1)]
}

// send has so many connections ask one request after the other, each as soon as it has the answer to the one
// before, until the time is over or the requests are used up.
func send(ctx context.Context, address string, s *supply, connections int, lasts time.Duration) (traffic, error) {
	var clients []*client
	defer func() {
		for _, c := range clients {
			c.close()
		}
	}()
	for range connections {
		c, err := dial(ctx, address)
		if err != nil {
			return traffic{}, err
		}
		clients = append(clients, c)
	}
	var (
		all    = make([]traffic, connections)
		errs   = make([]error, connections)
		crowd  sync.WaitGroup
		began  = time.Now()
		ending = began.Add(lasts)
	)
	for i, c := range clients {
		crowd.Go(func() { all[i], errs[i] = c.ask(ctx, s, ending) })
	}
	crowd.Wait()
	total := traffic{took: time.Since(began)}
	for _, t := range all {
		total.latencies = append(total.latencies, t.latencies...)
		total.bytes += t.bytes
	}
	slices.Sort(total.latencies)
	if err := errors.Join(errs...); err != nil {
		return total, err
	}
	if len(total.latencies) == 0 {
		return total, errors.New("no request was answered")
	}
	return total, nil
}

// client is a connection that is kept. It knows as much of HTTP as the two servers answer with: on two cores
// a client that knew more would be most of what runs.
type client struct {
	conn   net.Conn
	reader *bufio.Reader
	body   []byte
}

func dial(ctx context.Context, address string) (*client, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return &client{conn: conn, reader: bufio.NewReaderSize(conn, 64<<10)}, nil
}

func (c *client) close() { _ = c.conn.Close() }

func (c *client) ask(ctx context.Context, s *supply, ending time.Time) (traffic, error) {
	t := traffic{latencies: make([]time.Duration, 0, 1<<14)}
	for now := time.Now(); now.Before(ending) && ctx.Err() == nil; {
		request := s.next()
		if request == nil {
			break
		}
		status, body, err := c.do(request)
		if err != nil {
			return t, err
		}
		if status != 200 || !bytes.HasPrefix(body, s.begins) {
			return t, fmt.Errorf("asked\n%s\nanswered with %d\n%s", request, status, body)
		}
		answered := time.Now()
		t.latencies = append(t.latencies, answered.Sub(now))
		t.bytes += int64(len(body))
		now = answered
	}
	return t, ctx.Err()
}

// do sends a request and reads the answer; its body is valid until the next.
func (c *client) do(request []byte) (status int, body []byte, err error) {
	if _, err := c.conn.Write(request); err != nil {
		return 0, nil, fmt.Errorf("send request: %w", err)
	}
	status, length, err := readHead(c.reader)
	if err != nil {
		return 0, nil, fmt.Errorf("read answer: %w", err)
	}
	c.body = slices.Grow(c.body[:0], length)[:length]
	if _, err := io.ReadFull(c.reader, c.body); err != nil {
		return 0, nil, fmt.Errorf("read answer: %w", err)
	}
	return status, c.body, nil
}

// readHead reads an answer up to its body.
func readHead(r *bufio.Reader) (status, length int, err error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return 0, 0, err
	}
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return 0, 0, fmt.Errorf("an answer begins with %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, 0, fmt.Errorf("an answer begins with %q", line)
	}
	for length = -1; ; {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, 0, err
		}
		name, value, more := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(": "))
		switch {
		case more && bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil || length < 0 {
				return 0, 0, fmt.Errorf("an answer has the length %q", value)
			}
		case len(name) == 0 && length < 0:
			return 0, 0, errors.New("an answer tells no length")
		case len(name) == 0:
			return status, length, nil
		}
	}
}
