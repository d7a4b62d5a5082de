package edge_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/edge"
	"galley/internal/fault"
	"galley/internal/viewer"
)

// opened is how a stream begins.
type opened struct {
	status int
	header http.Header
}

// streamed opens a stream and returns its lines as they come; the channel is closed at its end.
func streamed(t *testing.T, url, document, accept string) (opened, <-chan string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/query", strings.NewReader(`{"query":"`+document+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", accept)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		scanner := bufio.NewScanner(response.Body)
		for scanner.Scan() {
			if line := scanner.Text(); line != "" && line != ":" {
				lines <- line
			}
		}
	}()
	return opened{response.StatusCode, response.Header}, lines
}

func next(t *testing.T, lines <-chan string) string {
	t.Helper()
	select {
	case line, more := <-lines:
		if !more {
			return "end"
		}
		return line
	case <-time.After(time.Minute):
		t.Fatal("nothing comes")
		return ""
	}
}

func expect(t *testing.T, lines <-chan string, want ...string) {
	t.Helper()
	for _, w := range want {
		if got := next(t, lines); !strings.Contains(got, w) {
			t.Fatalf("got %q, want %q", got, w)
		}
	}
}

// endingAt is a viewer function whose session has ended by the nth time that it is asked.
func endingAt(n int64, then func(context.Context) (context.Context, error)) func(context.Context, edge.Credentials) (context.Context, error) {
	var asked atomic.Int64
	return func(ctx context.Context, c edge.Credentials) (context.Context, error) {
		if asked.Add(1) >= n {
			return then(ctx)
		}
		return signedIn(ctx, c)
	}
}

func ended(ctx context.Context) (context.Context, error) {
	return ctx, fault.New(fault.Unauthenticated, "This session has ended: sign in again")
}

func promoted(ctx context.Context) (context.Context, error) {
	return viewer.With(ctx, viewer.Viewer{Kind: viewer.Staff}), nil
}

func TestAThousandErrorsOfAStreamsResultAreToldAHundredTimes(t *testing.T) {
	t.Parallel()
	for _, accept := range []string{"text/event-stream", "multipart/mixed;deferSpec=20220824", "multipart/mixed;incrementalSpec=v0.2"} {
		t.Run(accept, func(t *testing.T) {
			t.Parallel()
			last := false
			response := &graphql.Response{Data: []byte("{}"), HasNext: &last}
			for range 1_000 {
				response.Errors = append(response.Errors, gqlerror.Errorf("no"))
			}
			url, _, _ := serving(t, newShop(t, func(c *edge.Config) { c.Executor = answering{c.Executor, response} }), edge.Drain{})
			_, lines := streamed(t, url, "{ hello }", accept)
			told := ""
			for line := range lines {
				told += line
				if strings.Contains(line, "errors") {
					break // it has no end
				}
			}
			if strings.Count(told, `"message":"no"`) != 100 || strings.Count(told, "More errors are not listed: 900") != 1 {
				t.Errorf("%.300s … %s", told, told[max(0, len(told)-300):])
			}
		})
	}
}

func TestStreams(t *testing.T) {
	t.Parallel()
	const ticks = "subscription { ticks }"
	t.Run("a subscription comes as events, until the client goes", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, nil), edge.Drain{})
		response, lines := streamed(t, url, ticks, "text/event-stream")
		if got := response.header.Get("Content-Type"); got != "text/event-stream; charset=utf-8" || response.header.Get("Content-Encoding") != "" {
			t.Errorf("content type %q", got)
		}
		expect(t, lines, "event: next", `data: {"data":{"ticks":"1 for`, "event: next", `"2 for`, "event: next", `"3 for`)
	})
	t.Run("who takes JSON as well gets a stream for a subscription, and JSON for a query", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, nil), edge.Drain{})
		_, lines := streamed(t, url, ticks, "application/json, text/event-stream")
		expect(t, lines, "event: next", `"1 for`)
		_, lines = streamed(t, url, "{ hello }", "application/json, text/event-stream")
		expect(t, lines, `{"data":{"hello":"ahoy"}}`, "end")
	})
	t.Run("who takes nothing but a stream gets a query as one, with its end", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, nil), edge.Drain{})
		_, lines := streamed(t, url, "{ hello }", "text/event-stream")
		expect(t, lines, "event: next", `data: {"data":{"hello":"ahoy"}}`, "event: complete", "data:", "end")
	})
	t.Run("a subscription is opened with GET, as browsers' EventSource does", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, nil), edge.Drain{})
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+get("query", ticks), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "text/event-stream")
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		begin := make([]byte, 40)
		if _, err := io.ReadFull(response.Body, begin); err != nil || !strings.HasPrefix(string(begin), ":\n\nevent: next\ndata: {") {
			t.Errorf("status %d: %s, %v", response.StatusCode, begin, err)
		}
	})
	t.Run("what did not come to be an operation is told by the status", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, nil), edge.Drain{})
		response, lines := streamed(t, url, "subscription { nothing }", "text/event-stream")
		if response.status != http.StatusBadRequest {
			t.Errorf("status %d", response.status)
		}
		expect(t, lines, "errors")
	})
	t.Run("a session that ends ends its streams", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, func(c *edge.Config) { c.Viewer = endingAt(2, ended) }), edge.Drain{})
		_, lines := streamed(t, url, ticks, "text/event-stream")
		expect(t, lines, "event: next", `"1 for`, "event: next", "UNAUTHENTICATED", "event: complete", "data:", "end")
	})
	t.Run("a viewer who becomes another subscribes anew", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, func(c *edge.Config) { c.Viewer = endingAt(3, promoted) }), edge.Drain{})
		_, lines := streamed(t, url, ticks, "text/event-stream")
		expect(t, lines, "event: next", `"1 for`, "event: next", `"2 for`, "event: next", "subscribe again", "event: complete", "data:", "end")
	})
	t.Run("a subscription that breaks off has no end, so that its client comes back", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, nil), edge.Drain{})
		_, lines := streamed(t, url, "subscription { breaks }", "text/event-stream")
		expect(t, lines, "event: next", `"1 for`, "event: next", `"2 for`, "event: next", `"3 for`, "end")
	})
	t.Run("a server that stops cuts streams off, without an end", func(t *testing.T) {
		t.Parallel()
		url, stop, done := serving(t, newShop(t, nil), edge.Drain{Finish: time.Minute})
		_, lines := streamed(t, url, ticks, "text/event-stream")
		expect(t, lines, "event: next", `"1 for`, "event: next", `"2 for`, "event: next", `"3 for`)
		stop()
		expect(t, lines, "end")
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Run("no compression holds a stream back", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, nil), edge.Drain{})
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/query", strings.NewReader(`{"query":"{ many }"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = headers("Content-Type", "application/json", "Accept", "text/event-stream", "Accept-Encoding", "gzip")
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		body, err := io.ReadAll(response.Body)
		if err != nil || !strings.HasPrefix(string(body), ":\n\nevent: next\ndata: {") {
			t.Errorf("%.40q, %v", body, err)
		}
	})
}
