package issuertest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// authorize signs a person in, and sends them back with a code.
func (i *Issuer) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	subject, _, _ := r.BasicAuth()
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case i.people[subject] == nil:
		http.Error(w, "Nobody is called so", http.StatusUnauthorized)
		return
	case q.Get("client_id") != ClientID || q.Get("redirect_uri") != Redirect || q.Get("response_type") != "code":
		http.Error(w, "Unknown client or redirect", http.StatusBadRequest)
		return
	case !slices.Contains(strings.Fields(q.Get("scope")), "openid") || q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "":
		http.Error(w, "This issuer wants openid and PKCE", http.StatusBadRequest)
		return
	}
	code := rand.Text()
	i.grants[code] = grant{
		subject: subject, redirect: q.Get("redirect_uri"), challenge: q.Get("code_challenge"), nonce: q.Get("nonce"),
		expires: i.Now().Add(time.Minute),
	}
	back := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {i.URL}}
	http.Redirect(w, r, Redirect+"?"+back.Encode(), http.StatusFound)
}

// token gives an ID token for a code, once.
func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	twist := i.now()
	i.mu.Lock()
	defer i.mu.Unlock()
	if _, otherwise := i.described(twist)["token_endpoint_auth_methods_supported"]; !known(r, otherwise) {
		i.write(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	code := r.PostFormValue("code")
	g, ok := i.grants[code]
	delete(i.grants, code)
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !ok || r.PostFormValue("grant_type") != "authorization_code" || r.PostFormValue("redirect_uri") != g.redirect ||
		base64.RawURLEncoding.EncodeToString(sum[:]) != g.challenge || i.Now().After(g.expires) {
		i.write(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant", "error_description": "what nobody should log"})
		return
	}
	access := rand.Text()
	i.tokens[access] = g.subject
	claims := map[string]any{
		"iss": i.URL, "aud": ClientID, "nonce": g.nonce, "iat": i.Now().Unix(), "exp": i.Now().Add(time.Minute).Unix(),
	}
	maps.Copy(claims, i.people[g.subject])
	if twist.Claims != nil {
		twist.Claims(claims)
	}
	header := map[string]any{"alg": "ES256", "kid": i.kid}
	var id string
	if twist.Token != nil {
		id = twist.Token(header, claims)
	} else {
		id = i.sign(header, claims)
	}
	i.write(w, http.StatusOK, map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": id})
}

// known tells whether a request is the client's: by header as its specification escapes it, or by form where the document
// says so.
func known(r *http.Request, form bool) bool {
	if id, secret, ok := r.BasicAuth(); !form {
		return ok && id == url.QueryEscape(ClientID) && secret == url.QueryEscape(ClientSecret) && r.PostFormValue("client_secret") == ""
	}
	return r.PostFormValue("client_id") == ClientID && r.PostFormValue("client_secret") == ClientSecret
}

// userInfo tells whom an access token was made for.
func (i *Issuer) userInfo(w http.ResponseWriter, r *http.Request) {
	access, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	i.mu.Lock()
	defer i.mu.Unlock()
	person, ok := i.people[i.tokens[access]]
	if !ok {
		http.Error(w, "Unknown token", http.StatusUnauthorized)
		return
	}
	i.write(w, http.StatusOK, person)
}
