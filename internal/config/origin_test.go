package config_test

import (
	"slices"
	"strings"
	"testing"
)

func TestOrigins(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, mode string
		want       []string
	}{
		{"", "production", nil},
		{"https://www.shop.example", "production", []string{"https://www.shop.example"}},
		{"https://a.example, https://b.example:8443,https://xn--bcher-kva.example", "production", []string{"https://a.example", "https://b.example:8443", "https://xn--bcher-kva.example"}},
		{"http://localhost:5173 http://127.0.0.1:3000 http://[::1]:3000", "production", []string{"http://localhost:5173", "http://127.0.0.1:3000", "http://[::1]:3000"}},
		{"http://shop.internal", "development", []string{"http://shop.internal"}},
	} {
		t.Run("in "+c.mode+" these are fine: "+c.text, func(t *testing.T) {
			t.Parallel()
			commands, _, _, err := parse(t, production(map[string]string{"GALLEY_ORIGINS": c.text, "GALLEY_MODE": c.mode}))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := commands.Serve.Origins(); err != nil || !slices.Equal(got, c.want) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	for _, text := range []string{
		"*", "null", "shop.example", "//shop.example", "https://", "https://*.shop.example", "https://shop.example/", "https://shop.example/path",
		"https://shop.example?", "https://shop.example#", "https://Shop.example", "HTTPS://shop.example", "https://shop.example:443", "http://localhost:80",
		"https://shop.example:", "https://me@shop.example", "https://bücher.example", "ftp://shop.example", "https://shop.example:port", "https://a.example;https://b.example",
		"http://shop.example", // in clear text
	} {
		t.Run("in production this is refused: "+text, func(t *testing.T) {
			t.Parallel()
			_, _, _, err := parse(t, map[string]string{"GALLEY_ORIGINS": "https://fine.example," + text, "GALLEY_MODE": "production"})
			if err == nil || !strings.Contains(err.Error(), "GALLEY_ORIGINS") || !strings.Contains(err.Error(), text) {
				t.Errorf("got %v", err)
			}
		})
	}
}
