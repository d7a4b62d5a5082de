package account

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"galley/internal/fault"
)

func TestHash(t *testing.T) {
	t.Parallel()
	h := newHasher(rand.Reader, 2)
	first, err := Hash("correct horse")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("is a PHC string of today's parameters", func(t *testing.T) {
		t.Parallel()
		if !strings.HasPrefix(first, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("got %s", first)
		}
	})
	t.Run("has a salt of its own", func(t *testing.T) {
		t.Parallel()
		second, err := h.hash(t.Context(), "correct horse")
		if err != nil || second == first {
			t.Errorf("got %s twice, %v", second, err)
		}
	})
	t.Run("fits its password", func(t *testing.T) {
		t.Parallel()
		if right, outdated, err := h.verify(t.Context(), first, "correct horse"); !right || outdated || err != nil {
			t.Errorf("got %v, %v, %v", right, outdated, err)
		}
	})
	t.Run("fits no other", func(t *testing.T) {
		t.Parallel()
		if right, _, err := h.verify(t.Context(), first, "correct Horse"); right || err != nil {
			t.Errorf("got %v, %v", right, err)
		}
	})
	t.Run("of nobody fits no password", func(t *testing.T) {
		t.Parallel()
		if right, _, err := h.verify(t.Context(), "", ""); right || err != nil {
			t.Errorf("got %v, %v", right, err)
		}
	})
	t.Run("of other parameters fits too, and is out of date", func(t *testing.T) {
		t.Parallel()
		old := hashed{memory: 1024, time: 1, threads: 2, salt: make([]byte, 8), key: make([]byte, 16)}
		old.key = old.compute("correct horse")
		if right, outdated, err := h.verify(t.Context(), old.String(), "correct horse"); !right || !outdated || err != nil {
			t.Errorf("got %v, %v, %v", right, outdated, err)
		}
	})
	t.Run("that is malformed is an error, and computes nothing", func(t *testing.T) {
		t.Parallel()
		full := newHasher(rand.Reader, 0) // never anybody's turn: a computation would wait
		rest := first[strings.Index(first, "$m="):]
		for _, text := range []string{
			"x", "$", "$2y$10$abcdefghijklmnopqrstuv", "$argon2i$v=19" + rest, "$argon2id$v=16" + rest, first + "$", first + "=", first + "\n",
			strings.Replace(first, "m=19456", "m=4194304", 1), strings.Replace(first, "t=2", "t=0", 1),
			strings.Replace(first, "t=2", "t=4294967295", 1), strings.Replace(first, "p=1", "p=0", 1),
			strings.Replace(first, "p=1", "p=1,x=1", 1), strings.Replace(first, "m=1", "m=+1", 1),
			"$argon2id$v=19$m=19456,t=2,p=1$$", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$",
		} {
			if right, _, err := full.verify(t.Context(), text, "correct horse"); right || err == nil || errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%q: got %v, %v", text, right, err)
			}
		}
	})
}

func TestHasherIsBounded(t *testing.T) {
	t.Parallel()
	h := newHasher(rand.Reader, 1)
	h.slots <- struct{}{} // somebody hashes
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := h.hash(ctx, "correct horse")
	if code, _ := fault.CodeOf(err); code != fault.Unavailable {
		t.Errorf("got %v", err)
	}
	<-h.slots
	if _, err := h.hash(t.Context(), "correct horse"); err != nil {
		t.Error(err)
	}
	if len(h.slots) != 0 {
		t.Error("a turn was not given back")
	}
}
