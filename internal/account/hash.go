package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"galley/internal/fault"
)

// longestWait bounds how long a request waits for its turn to hash.
const longestWait = 10 * time.Second

// hashed is a password's hash with all that it was computed from, but for the password.
type hashed struct {
	memory, time uint32 // KiB, passes
	threads      uint8
	salt, key    []byte
}

// current is how passwords are hashed today, by OWASP's advice: argon2id, 19 MiB, 2 passes.
func current(salt []byte) hashed {
	return hashed{memory: 19 * 1024, time: 2, threads: 1, salt: salt, key: make([]byte, 32)}
}

func (h hashed) compute(password string) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.threads, uint32(len(h.key)))
}

// outdated tells whether a hash was computed in another way than today's.
func (h hashed) outdated() bool {
	now := current(make([]byte, 16))
	return h.memory != now.memory || h.time != now.time || h.threads != now.threads ||
		len(h.salt) != len(now.salt) || len(h.key) != len(now.key)
}

// String writes the hash as a PHC string: $argon2id$v=19$m=19456,t=2,p=1$salt$key.
func (h hashed) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.time, h.threads,
		b64.EncodeToString(h.salt), b64.EncodeToString(h.key))
}

// parseHash reads what String wrote, within bounds that no stored row can make a server suffer from.
func parseHash(text string) (hashed, error) {
	var h hashed
	malformed := errors.New("read password hash: it is not one of argon2id")
	parts := strings.Split(text, "$")
	if len(parts) != 6 {
		return h, malformed
	}
	_, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads)
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	key, keyErr := base64.RawStdEncoding.DecodeString(parts[5])
	h.salt, h.key = salt, key
	switch {
	case errors.Join(err, saltErr, keyErr) != nil, h.String() != text,
		h.memory > 256*1024, h.time < 1, h.time > 16, h.threads < 1, h.threads > 16,
		len(salt) < 8, len(salt) > 64, len(key) < 16, len(key) > 64:
		return hashed{}, malformed
	}
	return h, nil
}

// hasher hashes passwords, a few at a time: each takes a core and 19 MiB for some hundredths of a
// second, and the rest of the shop needs both.
type hasher struct {
	slots  chan struct{}
	random io.Reader
}

func newHasher(random io.Reader, atOnce int) hasher {
	return hasher{slots: make(chan struct{}, atOnce), random: random}
}

// hash computes what is stored of a new password. Never call it within a transaction: others wait.
func (h hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	if _, err := io.ReadFull(h.random, salt); err != nil {
		return "", fmt.Errorf("make salt: %w", err)
	}
	made := current(salt)
	err := h.turn(ctx, func() { made.key = made.compute(password) })
	return made.String(), err
}

// verify compares a password with a stored hash, and tells whether the hash is out of date. Without
// one, where there is no account, it takes as long, and the answer is no.
func (h hasher) verify(ctx context.Context, stored, password string) (right, outdated bool, err error) {
	against := current(make([]byte, 16))
	if stored != "" {
		if against, err = parseHash(stored); err != nil {
			return false, false, err
		}
	}
	var key []byte
	if err := h.turn(ctx, func() { key = against.compute(password) }); err != nil {
		return false, false, err
	}
	equal := subtle.ConstantTimeCompare(key, against.key) == 1
	return equal && stored != "", against.outdated(), nil
}

// turn runs fn when it is its turn.
func (h hasher) turn(ctx context.Context, fn func()) error {
	ctx, cancel := context.WithTimeout(ctx, longestWait)
	defer cancel()
	select {
	case <-ctx.Done():
		return fault.Wrap(fault.Unavailable, "Too many people sign in at once: try again in a moment", ctx.Err())
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
		fn()
		return nil
	}
}

// Hash computes what is stored of a password, for accounts that are made without a workflow, such as
// those of the demo. It checks no rules.
func Hash(password string) (string, error) {
	return newHasher(rand.Reader, 1).hash(context.Background(), password)
}
