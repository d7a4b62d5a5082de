package session

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
)

// jwk is a public key as RFC 8037 writes it.
type jwk struct {
	Type      string `json:"kty"`
	Curve     string `json:"crv"`
	Public    string `json:"x"`
	ID        string `json:"kid"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
}

// ServeKeys answers with the public keys that access tokens are signed with: the next, the current and those
// before, so that others can verify them.
func (w *Workflow) ServeKeys(rw http.ResponseWriter, r *http.Request) {
	s, err := w.keySetWithin(r.Context(), readAgain)
	if err == nil && len(s.rows) == 0 { // nobody has signed in yet
		if err = w.Prepare(r.Context()); err == nil {
			s, err = w.keySetWithin(r.Context(), readAgain)
		}
	}
	if err != nil {
		w.log.ErrorContext(r.Context(), "the signing keys cannot be read", "error", err)
		http.Error(rw, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
		return
	}
	set := struct {
		Keys []jwk `json:"keys"`
	}{[]jwk{}}
	for _, k := range s.rows {
		set.Keys = append(set.Keys, jwk{"OKP", "Ed25519", base64.RawURLEncoding.EncodeToString(k.PublicKey), k.Kid, "sig", "EdDSA"})
	}
	text, err := json.Marshal(set)
	if err != nil { // strings always encode
		panic(err)
	}
	rw.Header().Set("Content-Type", "application/jwk-set+json")
	rw.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = rw.Write(text)
}
