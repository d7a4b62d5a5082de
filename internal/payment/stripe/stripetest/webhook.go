package stripetest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"
)

// post sends webhooks, again and again until each is taken.
type post struct {
	server *Server
	client *http.Client
	ctx    context.Context
	cancel context.CancelFunc
	busy   chan struct{} // so many at once

	mu      sync.Mutex
	targets []string
	next    int
	waiting int // deliveries that nobody has taken yet
	sent    int
	idle    *sync.Cond
}

type event struct {
	ID              string         `json:"id"`
	Object          string         `json:"object"`
	APIVersion      string         `json:"api_version"`
	Created         int64          `json:"created"`
	Data            map[string]any `json:"data"`
	Livemode        bool           `json:"livemode"`
	PendingWebhooks int            `json:"pending_webhooks"`
	Type            string         `json:"type"`
}

func (p *post) begin(s *Server) {
	p.server = s
	p.client = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{}}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.busy = make(chan struct{}, 16)
	p.idle = sync.NewCond(&p.mu)
}

func (p *post) end() {
	p.cancel()
	p.client.CloseIdleConnections()
}

// Subscribe has webhooks sent to these addresses, in turns: those of the processes of one shop. Without one, as in the
// beginning, what happens is told to nobody.
func (s *Server) Subscribe(urls ...string) {
	s.post.mu.Lock()
	defer s.post.mu.Unlock()
	s.post.targets = urls
}

// Settled waits until every webhook so far was taken.
func (s *Server) Settled(tb testing.TB) {
	tb.Helper()
	p := &s.post
	late := time.AfterFunc(time.Minute, func() { p.cancel(); p.idle.Broadcast() })
	defer late.Stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.waiting > 0 {
		if p.ctx.Err() != nil {
			tb.Fatalf("%d webhooks were not taken within a minute", p.waiting)
		}
		p.idle.Wait()
	}
}

// Deliveries is how many webhooks were taken so far, repeated ones too.
func (s *Server) Deliveries() int {
	s.post.mu.Lock()
	defer s.post.mu.Unlock()
	return s.post.sent
}

// tell sends an event with the object as it is now. Whoever calls it holds the server's lock.
func (s *Server) tell(kind string, object any) {
	text, err := json.Marshal(event{
		ID: s.name("evt"), Object: "event", APIVersion: APIVersion, Created: time.Now().Unix(), Data: map[string]any{"object": object},
		PendingWebhooks: 1, Type: kind,
	})
	if err != nil {
		panic(err) // of plain structs
	}
	copies := 1
	if s.random.Float64() < s.faults.Repeat {
		copies = 2
	}
	for range copies {
		var late time.Duration
		if s.faults.Spread > 0 {
			late = time.Duration(s.random.Int64N(int64(s.faults.Spread)))
		}
		s.post.add(text, late)
	}
}

func (p *post) add(body []byte, late time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.targets) == 0 {
		return
	}
	p.waiting++
	time.AfterFunc(late, func() { p.deliver(body, 1) })
}

// deliver sends a webhook; not taken, it is sent again later.
func (p *post) deliver(body []byte, attempt int) {
	p.busy <- struct{}{}
	taken := p.send(body)
	<-p.busy
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case taken:
		p.waiting--
		p.sent++
		p.idle.Broadcast()
	case p.ctx.Err() == nil:
		time.AfterFunc(min(20*time.Millisecond<<min(attempt, 10), 2*time.Second), func() { p.deliver(body, attempt+1) })
	}
}

func (p *post) send(body []byte) bool {
	p.mu.Lock()
	target := ""
	if len(p.targets) > 0 {
		target = p.targets[p.next%len(p.targets)]
		p.next++
	}
	p.mu.Unlock()
	request, err := http.NewRequestWithContext(p.ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return false
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("Stripe-Signature", Sign(p.server.secret, time.Now(), body))
	response, err := p.client.Do(request)
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	return response.StatusCode < 300
}

// Sign makes the Stripe-Signature header of a webhook.
func Sign(secret string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%d.%s", at.Unix(), body)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(mac.Sum(nil)))
}
