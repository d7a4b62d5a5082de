package token_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"galley/internal/token"
)

func TestNew(t *testing.T) {
	t.Parallel()
	t.Run("makes tokens that are valid, different, and of one length", func(t *testing.T) {
		t.Parallel()
		seen := map[string]bool{}
		for range 100 {
			text, err := token.New(rand.Reader, "gs_", 32)
			if err != nil {
				t.Fatal(err)
			}
			if !token.Valid("gs_", text, 32) || len(text) != 3+52 || seen[text] {
				t.Fatalf("got %q", text)
			}
			seen[text] = true
		}
	})
	t.Run("reads all the randomness it needs", func(t *testing.T) {
		t.Parallel()
		whole, err := token.New(bytes.NewReader(bytes.Repeat([]byte{0xa5}, 16)), "gc_", 16)
		if err != nil {
			t.Fatal(err)
		}
		slow, err := token.New(iotest.OneByteReader(bytes.NewReader(bytes.Repeat([]byte{0xa5}, 16))), "gc_", 16)
		if err != nil || slow != whole {
			t.Errorf("got %q, %v; want %q", slow, err, whole)
		}
	})
	t.Run("makes none when randomness fails", func(t *testing.T) {
		t.Parallel()
		if text, err := token.New(strings.NewReader("short"), "gs_", 32); !errors.Is(err, io.ErrUnexpectedEOF) || text != "" {
			t.Errorf("got %q, %v", text, err)
		}
	})
}

func TestDerive(t *testing.T) {
	t.Parallel()
	a := token.Derive("gc_", "key-1", 16)
	for name, other := range map[string]string{
		"another secret": token.Derive("gc_", "key-2", 16),
		"another prefix": token.Derive("gs_", "key-1", 16),
		"a moved border": token.Derive("gc_\x00k", "ey-1", 16),
	} {
		if len(other) < 26 || other[len(other)-26:] == a[len(a)-26:] {
			t.Errorf("%s gives the same token %q", name, other)
		}
	}
	if again := token.Derive("gc_", "key-1", 16); again != a || !token.Valid("gc_", a, 16) {
		t.Errorf("got %q, then %q", a, again)
	}
	// Written down: a change would lose the carts of requests that are sent again after an update.
	if want := "gc_btxfbe4wzf765pcliuk6ndtx34"; a != want {
		t.Errorf("got %q, want %q", a, want)
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	want := sha256.Sum256([]byte("gs_abc"))
	if got := token.Hash("gs_abc"); !bytes.Equal(got, want[:]) {
		t.Errorf("got %x", got)
	}
}

func TestValid(t *testing.T) {
	t.Parallel()
	good := token.Derive("gc_", "secret", 16) // 26 letters hold 130 bits: the last two are zero
	if !token.Valid("gc_", good, 16) {
		t.Fatal("a good token is refused")
	}
	for says, text := range map[string]string{
		"nothing":                  "",
		"the prefix alone":         "gc_",
		"another prefix":           "gs_" + good[3:],
		"no prefix":                good[3:],
		"a token that was cut":     good[:len(good)-1],
		"a longer one":             good + "a",
		"capitals":                 "gc_" + strings.ToUpper(good[3:]),
		"padding":                  good[:len(good)-1] + "=",
		"a line break":             good[:len(good)-1] + "\n",
		"a blank before it":        " " + good,
		"a digit outside base32":   good[:len(good)-2] + "1" + good[len(good)-1:],
		"bits beyond the last":     good[:len(good)-1] + "b",
		"a letter that looks like": good[:len(good)-2] + "а",
		"a null byte":              good[:len(good)-1] + "\x00",
	} {
		t.Run("refuses "+says, func(t *testing.T) {
			t.Parallel()
			if token.Valid("gc_", text, 16) {
				t.Errorf("took %q", text)
			}
		})
	}
	t.Run("refuses a token of another length", func(t *testing.T) {
		t.Parallel()
		if token.Valid("gc_", good, 32) {
			t.Error("took it")
		}
	})
}

func FuzzValid(f *testing.F) {
	for _, s := range []string{"", "gs_", "gs_\n", token.Derive("gs_", "seed", 32), token.Derive("gs_", "seed", 16), "gs_" + strings.Repeat("=", 52)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !token.Valid("gs_", text, 32) {
			return
		}
		if len(text) != 3+52 || strings.Trim(text[3:], "abcdefghijklmnopqrstuvwxyz234567") != "" {
			t.Errorf("took %q", text)
		}
		// One token has one spelling.
		for i := range 32 {
			other := text[:len(text)-1] + string("abcdefghijklmnopqrstuvwxyz234567"[i])
			if i%16 == 0 != token.Valid("gs_", other, 32) {
				t.Errorf("%q: last letter %d", other, i)
			}
		}
	})
}
