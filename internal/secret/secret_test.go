package secret_test

import (
	"bytes"
	"errors"
	"testing"

	"galley/internal/secret"
)

func ring(t *testing.T, text string) *secret.Ring {
	t.Helper()
	r, err := secret.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhatIsSealedOpensAgain(t *testing.T) {
	t.Parallel()
	old, young := secret.New(), secret.New()
	r := ring(t, old)
	sealed := r.Seal("signing key", []byte("secret"))
	if bytes.Contains(sealed, []byte("secret")) {
		t.Error("it is legible")
	}
	if bytes.Equal(sealed, r.Seal("signing key", []byte("secret"))) {
		t.Error("the same twice")
	}
	both := ring(t, young+", "+old)
	for name, r := range map[string]*secret.Ring{"the same ring": r, "a ring with a new key before": both} {
		if plain, err := r.Open("signing key", sealed); err != nil || string(plain) != "secret" {
			t.Errorf("%s: %q, %v", name, plain, err)
		}
	}
	if !r.Current(sealed) || both.Current(sealed) {
		t.Error("the ring does not know what its first key has sealed")
	}
}

func TestNothingElseOpens(t *testing.T) {
	t.Parallel()
	r := ring(t, secret.New())
	sealed := r.Seal("signing key", []byte("secret"))
	if _, err := ring(t, secret.New()).Open("signing key", sealed); !errors.Is(err, secret.ErrUnknownKey) {
		t.Errorf("another key: %v", err)
	}
	if _, err := secret.Development().Open("signing key", sealed); !errors.Is(err, secret.ErrUnknownKey) {
		t.Errorf("the development key: %v", err)
	}
	if _, err := r.Open("provider key", sealed); err == nil {
		t.Error("opened for another use")
	}
	for i := range sealed {
		if _, err := r.Open("signing key", sealed[:i]); err == nil {
			t.Errorf("opened after %d bytes", i)
		}
		broken := bytes.Clone(sealed)
		broken[i] ^= 1
		if _, err := r.Open("signing key", broken); err == nil {
			t.Errorf("opened with byte %d changed", i)
		}
	}
}

func TestKeysAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "secret", "AAAA", secret.New() + ",", secret.New()[1:], secret.New() + " " + secret.New()} {
		if _, err := secret.Parse(text); err == nil {
			t.Errorf("took %q", text)
		}
	}
}

func TestDerive(t *testing.T) {
	t.Parallel()
	r := ring(t, secret.New())
	if !bytes.Equal(r.Derive("letter", "1"), r.Derive("letter", "1")) {
		t.Error("another secret the second time")
	}
	for name, other := range map[string][]byte{
		"another text": r.Derive("letter", "2"), "another use": r.Derive("flow", "1"), "another key": ring(t, secret.New()).Derive("letter", "1"),
	} {
		if bytes.Equal(r.Derive("letter", "1"), other) {
			t.Errorf("%s: the same secret", name)
		}
	}
}
