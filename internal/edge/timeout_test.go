package edge_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"galley/internal/edge"
)

// patient has a shop wait for an hour, but for what is set.
func patient(set func(*edge.Timeouts)) func(*edge.Config) {
	return func(c *edge.Config) {
		c.Timeouts = edge.Timeouts{Header: time.Hour, Request: time.Hour, Answer: time.Hour, Idle: time.Hour}
		set(&c.Timeouts)
	}
}

const little = 300 * time.Millisecond

// connect opens a connection to a shop that runs until the test ends.
func connect(t *testing.T, change func(*edge.Config)) net.Conn {
	t.Helper()
	url, stop, done := serving(t, newShop(t, change), edge.Drain{})
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Log("the server ended:", err)
		}
	})
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// say sends text, a piece at a time, until all is sent or the server hangs up.
func say(conn net.Conn, text string, pause time.Duration) {
	for _, piece := range strings.SplitAfter(text, " ") {
		if _, err := io.WriteString(conn, piece); err != nil {
			return
		}
		time.Sleep(pause)
	}
}

// hungUp waits until the server closes the connection, and returns what it said before.
func hungUp(t *testing.T, conn net.Conn) string {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	said, err := io.ReadAll(conn)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("the connection is still open, after %q", said)
	}
	return string(said)
}

const slowly = 40 * time.Millisecond

func TestWhoIsSlowIsCutOff(t *testing.T) {
	t.Parallel()
	words := strings.Repeat("word ", 200)
	t.Run("with a header", func(t *testing.T) {
		t.Parallel()
		conn := connect(t, patient(func(o *edge.Timeouts) { o.Header = little }))
		go say(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nX-Words: "+words, slowly)
		if said := hungUp(t, conn); strings.Contains(said, "200") {
			t.Errorf("it was answered %q", said)
		}
	})
	t.Run("with a body", func(t *testing.T) {
		t.Parallel()
		conn := connect(t, patient(func(o *edge.Timeouts) { o.Request = little }))
		go say(conn, "POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2000\r\n\r\n"+words, slowly)
		if said := hungUp(t, conn); !strings.HasPrefix(said, "HTTP/1.1 400 ") {
			t.Errorf("it was answered %q", said)
		}
	})
	t.Run("between two requests", func(t *testing.T) {
		t.Parallel()
		conn := connect(t, patient(func(o *edge.Timeouts) { o.Idle = little }))
		say(conn, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", 0)
		if said := hungUp(t, conn); !strings.HasPrefix(said, "HTTP/1.1 200 ") {
			t.Errorf("it was answered %q", said)
		}
	})
	t.Run("reading an answer", func(t *testing.T) {
		t.Parallel()
		ended := make(chan error, 1)
		conn := connect(t, func(c *edge.Config) {
			patient(func(o *edge.Timeouts) { o.Answer = little })(c)
			c.Media = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				var err error
				for piece := make([]byte, 1<<16); err == nil; _, err = w.Write(piece) {
				}
				ended <- err
			})
		})
		say(conn, "GET /media/a.png HTTP/1.1\r\nHost: localhost\r\n\r\n", 0)
		select {
		case err := <-ended:
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("writing ended with %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("the server still writes")
		}
	})
}

// TestStreamsOutliveTheTimeouts reads a stream for longer than a request may take.
func TestStreamsOutliveTheTimeouts(t *testing.T) {
	t.Parallel()
	conn := connect(t, patient(func(o *edge.Timeouts) { o.Request, o.Answer = little, little }))
	body := `{"query":"subscription { ticks }"}`
	say(conn, "POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\nContent-Length: 34\r\n\r\n"+body, 0)
	lines := bufio.NewReader(conn)
	for seen := 0; seen < 3; {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(line, `"ticks"`) {
			seen++
		}
	}
	_ = conn.SetReadDeadline(time.Now().Add(5 * little))
	if rest, err := io.ReadAll(lines); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the stream was cut off: %v after %q", err, rest)
	}
}

func TestTimeoutsHaveDefaults(t *testing.T) {
	t.Parallel()
	want := edge.Timeouts{Header: 5 * time.Second, Request: time.Minute, Answer: 90 * time.Second, Idle: 2 * time.Minute}
	if got := edge.TimeoutsOf(newShop(t, nil)); got != want {
		t.Errorf("they are %+v", got)
	}
}
