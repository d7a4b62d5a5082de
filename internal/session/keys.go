package session

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	stdsql "database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/signingkey"
	"galley/internal/token"
	"galley/internal/viewer"
)

const (
	// readAgain is how long signing keys that were read are good for: so long does another process take to
	// notice that one was taken away.
	readAgain = time.Minute
	// readAtMost is how often tokens of keys that nobody knows have them read again.
	readAtMost = time.Second
)

// keys remembers the shop's signing keys.
type keys struct {
	read    sync.Mutex // held by who reads them
	current atomic.Pointer[keySet]
}

// keySet is the signing keys at a moment.
type keySet struct {
	at     time.Time
	rows   []*ent.SigningKey
	public map[string]ed25519.PublicKey // by the head of their tokens
}

// age is how long ago a set was read; one from the future is as old as can be.
func (s *keySet) age(now time.Time) time.Duration {
	if age := now.Sub(s.at); age >= 0 {
		return age
	}
	return readAgain
}

func (s *keySet) with(status signingkey.Status) *ent.SigningKey {
	if i := slices.IndexFunc(s.rows, func(k *ent.SigningKey) bool { return k.Status == status }); i >= 0 {
		return s.rows[i]
	}
	return nil
}

// signer signs access tokens.
type signer struct {
	kid     string
	private ed25519.PrivateKey
}

// readKeys reads the keys with a client, which may be a transaction's.
func (w *Workflow) readKeys(ctx context.Context, client *ent.SigningKeyClient) (*keySet, error) {
	s := &keySet{at: w.db.Now(), public: map[string]ed25519.PublicKey{}}
	var err error
	if s.rows, err = client.Query().Order(signingkey.ByID(sql.OrderDesc())).All(viewer.AsSystem(ctx)); err != nil {
		return nil, fmt.Errorf("read signing keys: %w", err)
	}
	for _, k := range s.rows {
		if len(k.PublicKey) != ed25519.PublicKeySize {
			return nil, fmt.Errorf("read signing keys: the public key of %s has %d bytes", k.Kid, len(k.PublicKey))
		}
		s.public[token.Head(k.Kid)] = k.PublicKey
	}
	return s, nil
}

// keySetWithin returns the keys as they were at most so long ago. While they cannot be read, or somebody else
// reads them, the old ones are good enough.
func (w *Workflow) keySetWithin(ctx context.Context, age time.Duration) (*keySet, error) {
	old := w.keys.current.Load()
	if old != nil && old.age(w.db.Now()) < age {
		return old, nil
	}
	if old == nil {
		w.keys.read.Lock()
	} else if !w.keys.read.TryLock() {
		return old, nil
	}
	defer w.keys.read.Unlock()
	if now := w.keys.current.Load(); now != old {
		return now, nil // somebody else has just read them
	}
	s, err := w.readKeys(ctx, w.db.Client.SigningKey)
	if err != nil {
		if old != nil {
			return old, nil
		}
		return nil, err
	}
	if len(s.rows) > 0 { // else somebody is about to make them
		w.keys.current.Store(s)
	}
	return s, nil
}

// publicKey is the key that signs tokens of a head; nil if there is none.
func (w *Workflow) publicKey(ctx context.Context, head string) (ed25519.PublicKey, error) {
	for _, age := range []time.Duration{readAgain, readAtMost} {
		s, err := w.keySetWithin(ctx, age)
		if err != nil {
			return nil, err
		}
		if key := s.public[head]; key != nil {
			return key, nil
		}
	}
	return nil, nil
}

// signingKey is the current key, for the caller's transaction. The first who needs it makes it.
func (w *Workflow) signingKey(ctx context.Context, tx *ent.Tx) (*signer, error) {
	s := w.keys.current.Load()
	if s == nil || s.age(w.db.Now()) >= readAgain || s.with(signingkey.StatusCURRENT) == nil {
		var err error
		if s, err = w.readKeys(ctx, tx.SigningKey); err != nil {
			return nil, err
		}
		if s.with(signingkey.StatusCURRENT) == nil {
			if s, err = w.makeMissing(ctx, tx, s); err != nil {
				return nil, err
			}
		} else {
			w.keys.current.Store(s) // others' transactions made them, so they stay whatever becomes of this one
		}
	}
	return w.open(s.with(signingkey.StatusCURRENT))
}

// makeMissing makes the current and the next key unless they are there. Of many processes, one makes each:
// there is an index for that.
func (w *Workflow) makeMissing(ctx context.Context, tx *ent.Tx, s *keySet) (*keySet, error) {
	for _, status := range []signingkey.Status{signingkey.StatusCURRENT, signingkey.StatusNEXT} {
		if s.with(status) == nil {
			if err := w.makeKey(ctx, tx, status); err != nil {
				return nil, err
			}
		}
	}
	return w.readKeys(ctx, tx.SigningKey)
}

func (w *Workflow) makeKey(ctx context.Context, tx *ent.Tx, status signingkey.Status) error {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(w.db.Random(), seed); err != nil {
		return fmt.Errorf("make signing key: %w", err)
	}
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	kid := thumbprint(public)
	err := tx.SigningKey.Create().SetKid(kid).SetPublicKey(public).SetPrivateKey(w.secrets.Seal(sealedAs(kid), seed)).
		SetStatus(status).SetSince(w.db.Now()).OnConflict(sql.DoNothing()).Exec(viewer.AsSystem(ctx))
	if err != nil && !errors.Is(err, stdsql.ErrNoRows) {
		return fmt.Errorf("make signing key: %w", err)
	}
	return nil
}

// thumbprint names a key as RFC 7638 says.
func thumbprint(public ed25519.PublicKey) string {
	sum := sha256.Sum256([]byte(`{"crv":"Ed25519","kty":"OKP","x":"` + base64.RawURLEncoding.EncodeToString(public) + `"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func sealedAs(kid string) string { return "signing key " + kid }

// open unseals a private key.
func (w *Workflow) open(k *ent.SigningKey) (*signer, error) {
	seed, err := w.secrets.Open(sealedAs(k.Kid), k.PrivateKey)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", k.Kid, err)
	}
	return &signer{k.Kid, ed25519.NewKeyFromSeed(seed)}, nil
}
