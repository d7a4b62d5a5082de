package issuertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
)

const coordinate = 32 // bytes of one of P-256

// Rotate replaces the issuer's key by another.
func (i *Issuer) Rotate() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		i.tb.Fatal(err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.key, i.kid = key, rand.Text()
}

// keys publishes the issuer's key.
func (i *Issuer) keys(w http.ResponseWriter, _ *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	point := i.public()
	i.write(w, http.StatusOK, map[string]any{"keys": []map[string]string{{
		"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": i.kid,
		"x": base64.RawURLEncoding.EncodeToString(point[1 : 1+coordinate]),
		"y": base64.RawURLEncoding.EncodeToString(point[1+coordinate:]),
	}}})
}

// public is the key that everybody knows, as an uncompressed point.
func (i *Issuer) public() []byte {
	point, err := i.key.PublicKey.Bytes()
	if err != nil {
		i.tb.Error(err)
	}
	return point
}

func (i *Issuer) sign(header, claims map[string]any) string { return i.signWith(i.key, header, claims) }

func (i *Issuer) signWith(key *ecdsa.PrivateKey, header, claims map[string]any) string {
	text := i.unsigned(header, claims)
	digest := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		i.tb.Error(err)
		return ""
	}
	signature := make([]byte, 2*coordinate)
	r.FillBytes(signature[:coordinate])
	s.FillBytes(signature[coordinate:])
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func (i *Issuer) unsigned(header, claims map[string]any) string {
	part := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			i.tb.Error(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	return part(header) + "." + part(claims)
}

// Unsigned makes an ID token of the algorithm none, for Twist.Token.
func (i *Issuer) Unsigned(header, claims map[string]any) string {
	header["alg"] = "none"
	return i.unsigned(header, claims) + "."
}

// SignedByPublicKey makes an ID token whose HMAC's key is what everybody knows, for Twist.Token.
func (i *Issuer) SignedByPublicKey(header, claims map[string]any) string {
	header["alg"] = "HS256"
	text := i.unsigned(header, claims)
	mac := hmac.New(sha256.New, i.public())
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// SignedByStranger makes an ID token with a key of somebody else's under the issuer's name for it, for Twist.Token.
func (i *Issuer) SignedByStranger(header, claims map[string]any) string {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		i.tb.Error(err)
		return ""
	}
	return i.signWith(key, header, claims)
}
