package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestReadHead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		head           string
		status, length int // 0: refused
	}{
		"an answer":                       {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\ncontent-length: 12\r\n\r\n", 200, 12},
		"a refusal":                       {"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", 403, 0},
		"an answer in chunks":             {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 0, 0},
		"an answer that is cut":           {"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n", 0, 0},
		"a length that is none":           {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", 0, 0},
		"something else":                  {"220 mail.example ESMTP\r\n", 0, 0},
		"a status that is no number":      {"HTTP/1.1 xxx OK\r\nContent-Length: 0\r\n\r\n", 0, 0},
		"a status line that is too short": {"HTTP/1.1 2\r\n", 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, length, err := readHead(bufio.NewReader(strings.NewReader(c.head)))
			if (err != nil) != (c.status == 0) || err == nil && (status != c.status || length != c.length) {
				t.Errorf("got %d, %d, %v", status, length, err)
			}
		})
	}
}

func TestSend(t *testing.T) {
	t.Parallel()
	serve := func(t *testing.T, handler http.HandlerFunc) string {
		t.Helper()
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		return strings.TrimPrefix(server.URL, "http://")
	}
	requests := func(n int) (all [][]byte) {
		for i := range n {
			all = append(all, request("POST", fmt.Sprintf("/%d", i), "secret", "body"))
		}
		return all
	}
	t.Run("requests that write are sent once each, however long it may last", func(t *testing.T) {
		t.Parallel()
		var asked [50]atomic.Int32
		address := serve(t, func(w http.ResponseWriter, r *http.Request) {
			var n int
			_, _ = fmt.Sscanf(r.URL.Path, "/%d", &n)
			asked[n].Add(1)
			if r.Header.Get("Authorization") != "Bearer secret" || r.ContentLength != 4 {
				w.WriteHeader(http.StatusBadRequest)
			}
			_, _ = w.Write([]byte("fine"))
		})
		seen, err := send(t.Context(), address, &supply{requests: requests(50), once: true, begins: []byte("fi")}, 4, time.Hour)
		if err != nil || len(seen.latencies) != 50 || seen.bytes != 200 || seen.quantile(1) < seen.quantile(0) {
			t.Fatalf("got %+v, %v", seen, err)
		}
		for i := range asked {
			if n := asked[i].Load(); n != 1 {
				t.Errorf("request %d was sent %d times", i, n)
			}
		}
	})
	t.Run("requests that read are sent over and over until the time is over", func(t *testing.T) {
		t.Parallel()
		address := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("fine")) })
		seen, err := send(t.Context(), address, &supply{requests: requests(1)}, 2, 50*time.Millisecond)
		if err != nil || len(seen.latencies) < 2 || seen.took < 50*time.Millisecond {
			t.Errorf("got %+v, %v", seen, err)
		}
	})
	t.Run("an answer that is not what it should be ends it", func(t *testing.T) {
		t.Parallel()
		address := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"errors":[]}`)) })
		_, err := send(t.Context(), address, &supply{requests: requests(1), begins: []byte(`{"data":`)}, 2, time.Hour)
		if err == nil || !strings.Contains(err.Error(), `{"errors":[]}`) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("it ends when it is told to", func(t *testing.T) {
		t.Parallel()
		address := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("fine")) })
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if _, err := send(ctx, address, &supply{requests: requests(1)}, 2, time.Hour); err == nil {
			t.Error("no error")
		}
	})
}
