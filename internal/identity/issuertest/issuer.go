// Package issuertest is an OpenID Connect issuer for tests: complete, strict, and as hostile as a test
// wants it.
package issuertest

import (
	"crypto/ecdsa"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// The client that the issuer knows.
const (
	ClientID     = "galley"
	ClientSecret = "a secret: of & the client" // what a header has to escape
	Redirect     = "https://shop.example/welcome"
)

// Issuer is a running issuer.
type Issuer struct {
	URL string
	Now func() time.Time

	tb     testing.TB
	mu     sync.Mutex
	people map[string]map[string]any // claims, by subject
	key    *ecdsa.PrivateKey
	kid    string
	grants map[string]grant  // by code
	tokens map[string]string // subjects, by access token
	asked  map[string]int
	twist  Twist
}

// Twist is what an issuer does otherwise than it should.
type Twist struct {
	Document func(map[string]any)                       // changes the discovery document
	Claims   func(map[string]any)                       // changes an ID token's claims
	Token    func(header, claims map[string]any) string // makes the whole ID token
	Handle   map[string]http.HandlerFunc                // answers instead, by path
}

// grant is what a code stands for.
type grant struct {
	subject, redirect, challenge, nonce string
	expires                             time.Time
}

// New starts an issuer with a clock of its own, which stops with the test.
func New(tb testing.TB, now func() time.Time) *Issuer {
	tb.Helper()
	i := &Issuer{
		Now: now, tb: tb,
		people: map[string]map[string]any{}, grants: map[string]grant{}, tokens: map[string]string{}, asked: map[string]int{},
	}
	i.Rotate()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.document)
	mux.HandleFunc("GET /authorize", i.authorize)
	mux.HandleFunc("POST /token", i.token)
	mux.HandleFunc("GET /keys", i.keys)
	mux.HandleFunc("GET /userinfo", i.userInfo)
	server := httptest.NewServer(i.twisted(mux))
	tb.Cleanup(server.Close)
	i.URL = server.URL
	return i
}

// Knows has the issuer know a person, by their claims; sub is how they sign in.
func (i *Issuer) Knows(claims map[string]any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.people[claims["sub"].(string)] = claims
}

// Twist changes what the issuer does from now on; the zero value has it behave.
func (i *Issuer) Twist(t Twist) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.twist = t
}

// Asked is how often a path was asked for.
func (i *Issuer) Asked(path string) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked[path]
}

// Settings are a provider of GALLEY_OIDC_FILE, changed by more.
func (i *Issuer) Settings(name string, more map[string]any) map[string]any {
	settings := map[string]any{
		"name": name, "issuer": i.URL, "clientId": ClientID, "clientSecret": ClientSecret, "redirectUris": []string{Redirect},
	}
	maps.Copy(settings, more)
	return settings
}

// Visit goes where a person is sent, signs them in there, and returns what the issuer sends them back with.
func (i *Issuer) Visit(tb testing.TB, where, subject string) url.Values {
	tb.Helper()
	r, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, where, nil)
	if err != nil {
		tb.Fatal(err)
	}
	r.SetBasicAuth(subject, "")
	answer, err := http.DefaultTransport.RoundTrip(r) // the browser's next step is the shop's, not ours
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	back, err := answer.Location()
	if err != nil {
		tb.Fatalf("the issuer answered %s: %v", answer.Status, err)
	}
	return back.Query()
}

// twisted counts requests, and answers those that are to be answered otherwise.
func (i *Issuer) twisted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		i.asked[r.URL.Path]++
		handle := i.twist.Handle[r.URL.Path]
		i.mu.Unlock()
		if handle != nil {
			handle(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (i *Issuer) document(w http.ResponseWriter, _ *http.Request) {
	i.write(w, http.StatusOK, i.described(i.now()))
}

// described is what the issuer says of itself.
func (i *Issuer) described(twist Twist) map[string]any {
	document := map[string]any{
		"issuer":                                         i.URL,
		"authorization_endpoint":                         i.URL + "/authorize",
		"token_endpoint":                                 i.URL + "/token",
		"userinfo_endpoint":                              i.URL + "/userinfo",
		"jwks_uri":                                       i.URL + "/keys",
		"response_types_supported":                       []string{"code"},
		"subject_types_supported":                        []string{"public"},
		"id_token_signing_alg_values_supported":          []string{"ES256", "HS256", "none"},
		"code_challenge_methods_supported":               []string{"S256"},
		"authorization_response_iss_parameter_supported": true,
	}
	if twist.Document != nil {
		twist.Document(document)
	}
	return document
}

// now is the twist of the moment.
func (i *Issuer) now() Twist {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.twist
}

func (i *Issuer) write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the other side may have gone
}
