package token

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// Access is what an access token says: a JWT that a key of the shop has signed.
type Access struct {
	Issuer    string `json:"iss"`
	Subject   string `json:"sub"` // the account's id
	Session   string `json:"sid"` // the session's id
	IssuedAt  int64  `json:"iat"` // in seconds
	ExpiresAt int64  `json:"exp"`
}

// mostAccess bounds the tokens that are looked at, in bytes. Ours have about 400.
const mostAccess = 1024

// Strict: unused bits and line breaks would give a token several spellings.
func base64URL() *base64.Encoding { return base64.RawURLEncoding.Strict() }

// Head is the first part of all access tokens that a key signs. A token with another head is none of that
// key's, so which algorithm it is checked by is never for the token to say.
func Head(kid string) string {
	return base64URL().EncodeToString([]byte(`{"alg":"EdDSA","kid":"` + kid + `","typ":"JWT"}`))
}

// Sign makes an access token.
func Sign(key ed25519.PrivateKey, kid string, a Access) (string, error) {
	body, err := json.Marshal(a)
	if err != nil {
		return "", fmt.Errorf("encode access token: %w", err)
	}
	signed := Head(kid) + "." + base64URL().EncodeToString(body)
	return signed + "." + base64URL().EncodeToString(ed25519.Sign(key, []byte(signed))), nil
}

// HeadOf is the first part of what may be an access token, if it has the form of one.
func HeadOf(text string) (head string, ok bool) {
	head, rest, ok := strings.Cut(text, ".")
	return head, ok && len(text) <= mostAccess && strings.Count(rest, ".") == 1
}

// Verify reads an access token that Sign made with the key of the same head. It does not look at the times.
func Verify(key ed25519.PublicKey, text string) (a Access, ok bool) {
	i, j := strings.IndexByte(text, '.'), strings.LastIndexByte(text, '.')
	if i < 0 || i == j || len(text)-j-1 != base64URL().EncodedLen(ed25519.SignatureSize) {
		return a, false
	}
	signature, err := base64URL().DecodeString(text[j+1:])
	if err != nil || !ed25519.Verify(key, []byte(text[:j]), signature) {
		return a, false
	}
	body, err := base64URL().DecodeString(text[i+1 : j])
	if err != nil || json.Unmarshal(body, &a) != nil {
		return Access{}, false
	}
	return a, true
}
