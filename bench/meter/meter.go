// Package meter tells what the process that it is part of has used. It is in the two programs that
// make bench measures, and in nothing that anybody else runs.
package meter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/pprof"
	"runtime"
	"syscall"
	"time"
)

// Variable names the unix socket in the environment of a measured process.
const Variable = "BENCH_METER"

// Usage is what a process has used since it began.
type Usage struct {
	CPU     time.Duration // of all threads, in user and in system mode
	Objects uint64        // allocated on the heap
	Bytes   uint64        // allocated on the heap
}

// Minus is what was used since before.
func (u Usage) Minus(before Usage) Usage {
	return Usage{CPU: u.CPU - before.CPU, Objects: u.Objects - before.Objects, Bytes: u.Bytes - before.Bytes}
}

// Serve answers a Client on a unix socket until the process ends.
func Serve(socket string) error {
	if socket == "" {
		return errors.New(Variable + " names no socket")
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "unix", socket)
	if err != nil {
		return fmt.Errorf("serve the meter: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /usage", func(w http.ResponseWriter, _ *http.Request) {
		usage, err := read()
		if err == nil {
			err = json.NewEncoder(w).Encode(usage)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("GET /profile", pprof.Profile)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	return nil
}

func read() (Usage, error) {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return Usage{}, fmt.Errorf("read CPU time: %w", err)
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return Usage{
		CPU:     time.Duration(used.Utime.Nano() + used.Stime.Nano()),
		Objects: memory.Mallocs,
		Bytes:   memory.TotalAlloc,
	}, nil
}

// Client reads the meter of another process.
type Client struct{ http http.Client }

// Dial makes the client of a socket that a process serves.
func Dial(socket string) *Client {
	return &Client{http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		},
	}}}
}

// Usage is what the process has used.
func (c *Client) Usage(ctx context.Context) (usage Usage, err error) {
	err = c.get(ctx, "/usage", func(body io.Reader) error { return json.NewDecoder(body).Decode(&usage) })
	return usage, err
}

// Profile writes the profile of the process's CPU over so many seconds.
func (c *Client) Profile(ctx context.Context, seconds int, w io.Writer) error {
	return c.get(ctx, fmt.Sprintf("/profile?seconds=%d", seconds), func(body io.Reader) error {
		_, err := io.Copy(w, body)
		return err
	})
}

func (c *Client) get(ctx context.Context, path string, use func(io.Reader) error) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://meter"+path, http.NoBody)
	if err != nil {
		return fmt.Errorf("ask the meter: %w", err)
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("ask the meter: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("ask the meter for %s: %s", path, answer.Status)
	}
	if err := use(answer.Body); err != nil {
		return fmt.Errorf("read the meter: %w", err)
	}
	return nil
}
