//go:build whole

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/sync/errgroup"
)

const (
	idleSockets = 10_000
	// mostPerSocket is what an idle WebSocket may cost the program, in bytes of resident memory: a goroutine's stack (16 KB), net/http's
	// buffers (8 KB) and the request it began with. It was 39,000 to 41,000 in November 2026, by when the collector last ran.
	mostPerSocket = 50_000
)

// TestIdleSockets opens ten thousand WebSockets to the program, in a process of its own, and says what they cost.
func TestIdleSockets(t *testing.T) {
	meter, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	metrics := meter.Addr().String()
	_ = meter.Close()
	p := launch(t, map[string]string{
		"GALLEY_DATA": t.TempDir(), "GALLEY_STREAMS": strconv.Itoa(idleSockets), "GALLEY_STREAMS_PER_ADDRESS": strconv.Itoa(idleSockets),
		"GALLEY_METRICS_ADDR": metrics,
	})
	before, idle := resident(t, p.Process.Pid), measured(t, metrics, "go_goroutines")
	begun := time.Now()
	var opening errgroup.Group
	opening.SetLimit(8)
	for range idleSockets {
		opening.Go(func() error { return beIdle(t, p.url) })
	}
	if err := opening.Wait(); err != nil {
		t.Fatal(err)
	}
	took := time.Since(begun)
	each := (resident(t, p.Process.Pid) - before) / idleSockets
	heap := measured(t, metrics, "go_memstats_heap_inuse_bytes") / idleSockets
	goroutines := (measured(t, metrics, "go_goroutines") - idle) / idleSockets
	t.Logf("%d idle sockets, opened in %s: %d bytes resident each, %.0f of them heap in use, %.2f goroutines", idleSockets, took.Round(time.Millisecond), each, heap, goroutines)
	if each > mostPerSocket || goroutines > 2 {
		t.Errorf("an idle socket costs %d bytes and %.2f goroutines, want at most %d and 2", each, goroutines, mostPerSocket)
	}
	if _, response, err := websocket.Dial(t.Context(), p.url+"/query", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}}); err == nil || response == nil || response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("one more is let in: %v", err)
	}
}

// beIdle opens a WebSocket that says who it is, and then only answers pings.
func beIdle(t *testing.T, url string) error {
	conn, _, err := websocket.Dial(t.Context(), url+"/query", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		return err
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	if err := conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"connection_init"}`)); err != nil {
		return err
	}
	if _, _, err := conn.Read(t.Context()); err != nil {
		return err
	}
	conn.CloseRead(t.Context())
	return nil
}

// resident is the memory of a process that is in use, in bytes.
func resident(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(status)
	kilobytes, err := strconv.Atoi(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}

// measured is one of the program's metrics.
func measured(t *testing.T, address, name string) float64 {
	t.Helper()
	response, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	for lines := bufio.NewScanner(io.LimitReader(response.Body, 1<<20)); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}
