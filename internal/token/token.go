// Package token makes and recognises the secrets that stand for a session or a guest's cart: a
// prefix that tells what it is, and random bits in base32. Only their SHA-256 is ever stored.
package token

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"io"
	"strings"
)

// alphabet is RFC 4648's base32 in lower case: one word to a double click, nothing to escape.
const alphabet = "abcdefghijklmnopqrstuvwxyz234567"

func encoding() *base32.Encoding {
	return base32.NewEncoding(alphabet).WithPadding(base32.NoPadding)
}

// New makes a token of so many random bytes.
func New(r io.Reader, prefix string, bytes int) (string, error) {
	secret := make([]byte, bytes)
	if _, err := io.ReadFull(r, secret); err != nil {
		return "", fmt.Errorf("make token: %w", err)
	}
	return prefix + encoding().EncodeToString(secret), nil
}

// Derive makes the same token of the same secret each time, so that a replayed request can be
// answered with the token that it made. The token is as hard to guess as the secret, and 32 bytes at
// the most.
func Derive(prefix, secret string, bytes int) string {
	sum := sha256.Sum256([]byte("galley token 1\x00" + prefix + "\x00" + secret))
	return prefix + encoding().EncodeToString(sum[:bytes])
}

// Hash is what is stored of a token. The tokens are random, so that a fast hash without salt will do.
func Hash(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// Valid tells whether text is a token of this prefix and so many bytes, exactly as New writes it. It
// says nothing about whether anybody was given it.
func Valid(prefix, text string, bytes int) bool {
	body, ok := strings.CutPrefix(text, prefix)
	e := encoding()
	if !ok || len(body) != e.EncodedLen(bytes) || strings.ContainsAny(body, "\r\n") {
		return false
	}
	secret, err := e.DecodeString(body)
	// The last letter may hold more bits than there are: one token has one spelling.
	return err == nil && e.EncodeToString(secret) == body
}
