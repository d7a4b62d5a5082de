package lifecycle_test

import (
	"testing"

	"galley/internal/lifecycle"
	"galley/internal/secret"
	"galley/internal/token"
)

func TestAccessTokensAreBoundToOrderAddressAndShop(t *testing.T) {
	t.Parallel()
	ring := secret.Development()
	other, err := secret.Parse(secret.New())
	if err != nil {
		t.Fatal(err)
	}
	text := lifecycle.AccessToken(ring, 42, "ann@customers.example")
	if !token.Valid(lifecycle.TokenPrefix, text, lifecycle.TokenBytes) || text != lifecycle.AccessToken(ring, 42, "ann@customers.example") {
		t.Errorf("got %q", text)
	}
	for name, stranger := range map[string]string{
		"another order":   lifecycle.AccessToken(ring, 43, "ann@customers.example"),
		"another address": lifecycle.AccessToken(ring, 42, "bob@customers.example"),
		"another shop":    lifecycle.AccessToken(other, 42, "ann@customers.example"),
		"a moved border":  lifecycle.AccessToken(ring, 4, "2ann@customers.example"),
	} {
		if stranger == text {
			t.Errorf("%s has the same token", name)
		}
	}
}
