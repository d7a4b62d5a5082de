// Package stripetest is a Stripe for tests: it behaves as Stripe documents for the calls that Galley makes, keeps books
// that can be read, and does what networks do: it loses answers, is slow, and repeats and reorders its webhooks. It
// listens on loopback, so that other processes can use it too.
package stripetest

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// APIVersion is what the events say they were made by.
const APIVersion = "2026-03-25.dahlia"

// Options are what a server is made with.
type Options struct {
	Key    string // the secret key that calls must bring; "sk_test_galley" unless told
	Secret string // signs webhooks; "whsec_galley" unless told
	Seed   uint64 // of what is random
	Faults Faults
}

// Faults are how badly a server and its network behave.
type Faults struct {
	Lose   float64       // the share of calls whose answers are lost, half of them after the work was done
	Delay  time.Duration // calls take up to so long
	Repeat float64       // the share of webhooks that are sent twice
	Spread time.Duration // webhooks are late by up to so much, each for itself: they come in any order
}

// Server is a Stripe.
type Server struct {
	URL string // what to set as the API's address

	key, secret string
	http        *httptest.Server

	mu      sync.Mutex
	random  *rand.Rand
	faults  Faults
	made    int // objects so far
	intents map[string]*intent
	order   []*intent
	asked   map[string]*asking // by idempotency key
	lost    int

	post post
}

// asking is a call under an idempotency key: what it asked, and the answer once it is there.
type asking struct {
	request string
	status  int
	body    []byte
}

// Start starts a server that ends with the test.
func Start(tb testing.TB, o Options) *Server {
	tb.Helper()
	s := &Server{
		key: o.Key, secret: o.Secret, faults: o.Faults, random: rand.New(rand.NewPCG(o.Seed, 1)),
		intents: map[string]*intent{}, asked: map[string]*asking{},
	}
	if s.key == "" {
		s.key = "sk_test_galley"
	}
	if s.secret == "" {
		s.secret = "whsec_galley"
	}
	s.post.begin(s)
	s.http = httptest.NewServer(s.routes())
	s.URL = s.http.URL
	tb.Cleanup(s.close)
	return s
}

func (s *Server) close() {
	s.post.end()
	s.http.CloseClientConnections()
	s.http.Close()
}

// Key is the secret key that calls must bring.
func (s *Server) Key() string { return s.key }

// Secret signs the webhooks.
func (s *Server) Secret() string { return s.secret }

// Misbehave changes how badly the server behaves from now on.
func (s *Server) Misbehave(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

// Forget forgets all idempotency keys, as Stripe does after a day.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.asked)
}

// Lost is how many answers were lost so far.
func (s *Server) Lost() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lost
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /v1/payment_intents", s.call(s.create))
	mux.Handle("GET /v1/payment_intents/{id}", s.call(s.retrieve))
	mux.Handle("POST /v1/payment_intents/{id}/confirm", s.call(s.confirm))
	mux.Handle("POST /v1/payment_intents/{id}/capture", s.call(s.capture))
	mux.Handle("POST /v1/payment_intents/{id}/cancel", s.call(s.cancel))
	mux.Handle("POST /v1/refunds", s.call(s.refund))
	mux.Handle("GET /v1/refunds", s.call(s.listRefunds))
	mux.Handle("GET /v1/refunds/{id}", s.call(s.retrieveRefund))
	mux.HandleFunc("GET /authenticate/{id}", s.authenticate)
	return mux
}

// call answers one call of the API: it is done at most once for a key, and perhaps nobody hears of it.
func (s *Server) call(do func(*http.Request) (any, *refusal)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		pause, loseBefore, loseAfter := s.weather()
		s.pause(r, pause/2)
		if loseBefore {
			panic(http.ErrAbortHandler)
		}
		status, answer, replayed := s.once(r, string(body), do)
		s.pause(r, pause/2) // webhooks may be there before the answer
		if loseAfter {
			panic(http.ErrAbortHandler)
		}
		header := w.Header()
		header.Set("Content-Type", "application/json")
		header.Set("Request-Id", "req_"+r.Header.Get("Idempotency-Key"))
		if replayed {
			header.Set("Idempotent-Replayed", "true")
		}
		w.WriteHeader(status)
		_, _ = w.Write(answer)
	})
}

// pause waits, but for nobody who has gone.
func (s *Server) pause(r *http.Request, d time.Duration) {
	if d == 0 {
		return
	}
	select {
	case <-time.After(d):
	case <-r.Context().Done():
	case <-s.post.ctx.Done():
	}
}

// weather is what the network does to a call.
func (s *Server) weather() (pause time.Duration, loseBefore, loseAfter bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.Delay > 0 {
		pause = time.Duration(s.random.Int64N(int64(s.faults.Delay)))
	}
	if s.random.Float64() < s.faults.Lose {
		s.lost++
		loseBefore = s.random.IntN(2) == 0
		loseAfter = !loseBefore
	}
	return pause, loseBefore, loseAfter
}

// once does a call, or answers as it was answered before under its key. Calls are done one at a time.
func (s *Server) once(r *http.Request, body string, do func(*http.Request) (any, *refusal)) (status int, answer []byte, replayed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+s.key {
		return encode(http.StatusUnauthorized, refused("invalid_request_error", "", "Invalid API Key provided"))
	}
	key := r.Header.Get("Idempotency-Key")
	if key == "" || r.Method == http.MethodGet {
		return s.answer(r, do)
	}
	request := r.Method + " " + r.URL.Path + "\n" + body
	if before := s.asked[key]; before != nil {
		if before.request != request {
			return encode(http.StatusBadRequest, refused("idempotency_error", "",
				"Keys for idempotent requests can only be used with the same parameters they were first used with."))
		}
		return before.status, before.body, true
	}
	status, answer, _ = s.answer(r, do)
	if status != http.StatusBadRequest && status != http.StatusNotFound { // a call that was not begun is not kept
		s.asked[key] = &asking{request: request, status: status, body: answer}
	}
	return status, answer, false
}

func (s *Server) answer(r *http.Request, do func(*http.Request) (any, *refusal)) (int, []byte, bool) {
	if err := r.ParseForm(); err != nil {
		return encode(http.StatusBadRequest, refused("invalid_request_error", "", "The body is no form"))
	}
	object, wrong := do(r)
	if wrong != nil {
		return encode(wrong.status(), wrong)
	}
	return encode(http.StatusOK, object)
}

func encode(status int, object any) (int, []byte, bool) {
	text, err := json.Marshal(object)
	if err != nil {
		panic(err) // of plain structs
	}
	return status, text, false
}

// name makes the id of an object. Whoever calls it holds the lock.
func (s *Server) name(prefix string) string {
	const letters = "0123456789abcdefghijklmnopqrstuvwxyz"
	s.made++
	text := []byte(prefix + "_3T")
	for n := s.made; n > 0; n /= len(letters) {
		text = append(text, letters[n%len(letters)])
	}
	for range 12 {
		text = append(text, letters[s.random.IntN(len(letters))])
	}
	return string(text)
}
