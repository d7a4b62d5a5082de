package edge_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"galley/internal/edge"
)

// serving runs a shop on a free port until stop is called.
func serving(t *testing.T, shop *edge.Server, drain edge.Drain) (url string, stop context.CancelFunc, done <-chan error) {
	t.Helper()
	return servingOn(t, shop, drain, nil)
}

func servingOn(t *testing.T, shop *edge.Server, drain edge.Drain, book *guestbook) (url string, stop context.CancelFunc, done <-chan error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if book != nil {
		book.TCPListener, _ = listener.(*net.TCPListener)
		listener = book
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	served := make(chan error, 1)
	go func() { served <- shop.Serve(ctx, listener, drain) }()
	return "http://" + listener.Addr().String(), cancel, served
}

// guestbook is a listener that notes whom it let in, and how often: on one machine a port is used again
// after a second.
type guestbook struct {
	*net.TCPListener
	mu   sync.Mutex
	came map[string]int // less those let in, by address
}

func newGuestbook() *guestbook { return &guestbook{came: map[string]int{}} }

func (g *guestbook) Accept() (net.Conn, error) {
	conn, err := g.TCPListener.Accept()
	if err == nil {
		g.note(conn.RemoteAddr(), -1)
	}
	return conn, err
}

func (g *guestbook) note(client net.Addr, change int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.came[client.String()] += change
}

// letIn tells whether all who came from the address were.
func (g *guestbook) letIn(client net.Addr) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return client != nil && g.came[client.String()] <= 0
}

// ask sends requests until it is not let in any more, and counts the answers. To be let in and not
// answered is an error.
func ask(t *testing.T, url string, fresh bool, entrance *guestbook) (answers int64) {
	var client net.Addr
	dialer := &net.Dialer{}
	mine := &http.Transport{DisableKeepAlives: fresh, DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		client = nil
		conn, err := dialer.DialContext(ctx, network, addr)
		if err == nil {
			client = conn.LocalAddr()
			entrance.note(client, 1)
		}
		return conn, err
	}}
	defer mine.CloseIdleConnections()
	for ; ; answers++ {
		r := &http.Client{Transport: mine, Timeout: 10 * time.Second}
		response, err := r.Post(url+"/query", "application/json", strings.NewReader(`{"query":"{ hello }"}`))
		if err != nil {
			if entrance.letIn(client) {
				t.Errorf("after %d answers: %v", answers, err)
			}
			return answers
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(body), "ahoy") {
			t.Errorf("status %d, %v: %s", response.StatusCode, err, body)
		}
		time.Sleep(time.Millisecond)
	}
}

// slowMedia holds requests until they are let go.
func slowMedia(c *edge.Config) (arrived chan struct{}, letGo chan struct{}) {
	arrived, letGo = make(chan struct{}), make(chan struct{})
	c.Media = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		select {
		case <-letGo:
			_, _ = io.WriteString(w, "late")
		case <-r.Context().Done():
		}
	})
	return arrived, letGo
}

func fetch(client *http.Client, url string) (int, string, error) {
	response, err := client.Get(url)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, string(body), err
}

// TestServe watches goroutines, and therefore runs alone.
func TestServe(t *testing.T) {
	defer goleak.VerifyNone(t)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: 10 * time.Second}

	t.Run("requests are answered, and what is under way is finished", func(t *testing.T) {
		var arrived, letGo chan struct{}
		shop := newShop(t, func(c *edge.Config) { arrived, letGo = slowMedia(c) })
		url, stop, done := serving(t, shop, edge.Drain{Announce: 200 * time.Millisecond, Finish: 5 * time.Second})

		type result struct {
			body string
			err  error
		}
		slow := make(chan result, 1)
		go func() {
			_, body, err := fetch(client, url+"/media/slow.png")
			slow <- result{body, err}
		}()
		<-arrived
		if status, _, err := fetch(client, url+"/readyz"); err != nil || status != http.StatusOK {
			t.Errorf("before: status %d, %v", status, err)
		}
		stop()
		if !within(time.Second, func() bool {
			status, body, err := fetch(client, url+"/readyz")
			return err == nil && status == http.StatusServiceUnavailable && body == "draining\n"
		}) {
			t.Error("readiness does not announce the draining")
		}
		if status, _, err := fetch(client, url+"/livez"); err == nil && status != http.StatusOK {
			t.Errorf("draining, the process is not alive: %d", status)
		}
		if !within(2*time.Second, func() bool {
			connection, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
			if err == nil {
				_ = connection.Close()
			}
			return err != nil
		}) {
			t.Error("connections are still taken")
		}
		close(letGo)
		if got := <-slow; got.err != nil || got.body != "late" {
			t.Errorf("the request under way: %+v", got)
		}
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})

	t.Run("nobody who is let in is left without an answer, on new connections and on kept ones", func(t *testing.T) {
		for range 3 {
			entrance := newGuestbook()
			url, stop, done := servingOn(t, newShop(t, nil), edge.Drain{Announce: 2 * time.Second, Finish: 5 * time.Second}, entrance)
			var answered atomic.Int64
			var crowd sync.WaitGroup
			for i := range 16 {
				crowd.Go(func() { answered.Add(ask(t, url, i%2 == 0, entrance)) })
			}
			time.Sleep(100 * time.Millisecond)
			stop()
			crowd.Wait()
			if err := <-done; err != nil {
				t.Errorf("serve: %v", err)
			}
			if answered.Load() < 16 {
				t.Errorf("%d answers", answered.Load())
			}
		}
	})

	t.Run("who keeps a connection is told to leave it", func(t *testing.T) {
		var arrived, letGo chan struct{}
		shop := newShop(t, func(c *edge.Config) { arrived, letGo = slowMedia(c) })
		url, stop, done := serving(t, shop, edge.Drain{Finish: 5 * time.Second})
		slow := make(chan bool, 1)
		go func() {
			response, err := client.Get(url + "/media/slow.png")
			if err == nil {
				_ = response.Body.Close()
			}
			slow <- err == nil && response.Close
		}()
		<-arrived
		before, err := client.Get(url + "/livez")
		if err != nil {
			t.Fatal(err)
		}
		_ = before.Body.Close()
		if before.Close {
			t.Error("told before the server drains")
		}
		stop()
		if !within(time.Second, func() bool {
			response, err := client.Get(url + "/livez")
			if err != nil {
				return false
			}
			defer func() { _ = response.Body.Close() }()
			return response.Close
		}) {
			t.Error("not told while the server drains")
		}
		close(letGo)
		if told := <-slow; !told {
			t.Error("a request that began before was not told")
		}
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})

	t.Run("what takes longer than the drain is cut off", func(t *testing.T) {
		var arrived chan struct{}
		shop := newShop(t, func(c *edge.Config) { arrived, _ = slowMedia(c) })
		url, stop, done := serving(t, shop, edge.Drain{Finish: 50 * time.Millisecond})
		slow := make(chan error, 1)
		go func() {
			_, _, err := fetch(client, url+"/media/slow.png")
			slow <- err
		}()
		<-arrived
		stop()
		if err := <-slow; err == nil {
			t.Error("the request was answered")
		}
		if err := <-done; err == nil || !strings.Contains(err.Error(), "drain within 50ms") {
			t.Errorf("serve: %v", err)
		}
	})

	t.Run("what runs on a socket is finished, and then it is closed", func(t *testing.T) {
		url, stop, done := serving(t, newShop(t, nil), edge.Drain{Finish: 5 * time.Second})
		s := open(t, url, `{}`)
		s.send(subscribe("a", "{ waits(ms: 700) }"))
		s.send(subscribe("b", "{ hello }"))
		s.expect("ahoy")
		s.expect(`"complete"`)
		stop()
		s.expect("waited")
		s.expect(`"complete"`)
		s.closed("1001")
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})

	t.Run("what takes longer on a socket is cut off with it", func(t *testing.T) {
		url, stop, done := serving(t, newShop(t, nil), edge.Drain{Finish: 50 * time.Millisecond})
		s := open(t, url, `{}`)
		s.send(subscribe("a", "{ waits(ms: 60000) }"))
		s.send(subscribe("b", "{ hello }"))
		s.expect("ahoy")
		s.expect(`"complete"`)
		stop()
		if heard := s.hear(); !strings.HasPrefix(heard, "closed") {
			t.Error(heard)
		}
		if err := <-done; err == nil || !strings.Contains(err.Error(), "drain within 50ms") || !strings.Contains(err.Error(), "1 socket") {
			t.Errorf("serve: %v", err)
		}
	})

	t.Run("a listener that fails is an error", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if err := listener.Close(); err != nil {
			t.Fatal(err)
		}
		if err := newShop(t, nil).Serve(context.Background(), listener, edge.Drain{}); err == nil {
			t.Error("no error")
		}
	})
}

func within(limit time.Duration, done func() bool) bool {
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if done() {
			return true
		}
	}
	return false
}
