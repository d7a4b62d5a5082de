// Package secret keeps secrets that lie in the database from whoever reads the database alone: sealed with
// a key of the process's environment.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// keyBytes are those of AES-256.
const keyBytes = 32

// nameBytes tell which key sealed something.
const nameBytes = 4

// ErrUnknownKey is the error of what was sealed with a key that the ring does not have.
var ErrUnknownKey = errors.New("it was sealed with a key that is not in GALLEY_SECRET_KEY")

// Ring is the keys of a process: the first seals, all of them open.
type Ring struct{ keys []key }

type key struct {
	name   [nameBytes]byte
	secret []byte
	aead   cipher.AEAD
}

// Parse reads keys of 32 bytes in base64, separated by commas.
func Parse(text string) (*Ring, error) {
	r := &Ring{}
	for _, part := range strings.Split(text, ",") {
		secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(part))
		if err != nil || len(secret) != keyBytes {
			return nil, errors.New("a key is 32 random bytes in base64, as openssl rand -base64 32 prints them")
		}
		if err := r.add(secret); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Development is the ring of shops in development: everybody knows its key.
func Development() *Ring {
	r, secret := &Ring{}, sha256.Sum256([]byte("galley development key"))
	if err := r.add(secret[:]); err != nil {
		panic(err) // 32 bytes are a key of AES
	}
	return r
}

func (r *Ring) add(secret []byte) error {
	block, err := aes.NewCipher(secret)
	if err != nil {
		return fmt.Errorf("read secret key: %w", err)
	}
	k := key{secret: secret}
	if k.aead, err = cipher.NewGCMWithRandomNonce(block); err != nil {
		return fmt.Errorf("read secret key: %w", err)
	}
	name := sha256.Sum256(append([]byte("galley key name\x00"), secret...))
	copy(k.name[:], name[:])
	r.keys = append(r.keys, k)
	return nil
}

// Seal encrypts and authenticates a secret with AES-256-GCM. What says where it belongs, and opens nothing else.
func (r *Ring) Seal(what string, plain []byte) []byte {
	k := r.keys[0]
	return k.aead.Seal(k.name[:], nil, plain, []byte(what))
}

// Open decrypts what Seal made for the same use.
func (r *Ring) Open(what string, sealed []byte) ([]byte, error) {
	if len(sealed) < nameBytes {
		return nil, errors.New("open secret: cut short")
	}
	for _, k := range r.keys {
		if string(k.name[:]) == string(sealed[:nameBytes]) {
			plain, err := k.aead.Open(nil, nil, sealed[nameBytes:], []byte(what))
			if err != nil {
				return nil, fmt.Errorf("open secret: %w", err)
			}
			return plain, nil
		}
	}
	return nil, fmt.Errorf("open secret: %w", ErrUnknownKey)
}

// Current tells whether something was sealed with the ring's first key.
func (r *Ring) Current(sealed []byte) bool {
	return len(sealed) >= nameBytes && string(r.keys[0].name[:]) == string(sealed[:nameBytes])
}

// Derive makes the same secret of the same use and text each time, which nobody makes without the key.
func (r *Ring) Derive(what, text string) []byte {
	mac := hmac.New(sha256.New, r.keys[0].secret)
	mac.Write([]byte(what + "\x00" + text))
	return mac.Sum(nil)
}

// New makes a key, as Parse reads it.
func New() string {
	secret := make([]byte, keyBytes)
	_, _ = rand.Read(secret) // never fails
	return base64.StdEncoding.EncodeToString(secret)
}
