package edge_test

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"net/http/httptest"
	"strings"
	"testing"

	"galley/internal/edge"
)

func TestLandingPage(t *testing.T) {
	t.Parallel()
	page := func(target string, change func(*edge.Config)) *httptest.ResponseRecorder {
		shop := newShop(t, func(c *edge.Config) {
			c.Version = "v1.2.3"
			c.Landing = edge.Landing{
				Example:  `{ products(first: 3, filter: {text: "it's"}) { nodes { title } } }`,
				Accounts: []edge.Account{{Role: "shopper", Email: "shopper@example.com", Password: "<pass&word>"}},
				Notes:    []string{"The data lies in ./data."},
			}
			explorer(c)
			letters(c)
			c.ClientKit = words("the kit")
			change(c)
		})
		return request{method: "GET", target: target}.to(shop)
	}
	development := func(c *edge.Config) { c.Development = true }
	production := func(*edge.Config) {}

	for _, c := range []struct {
		name, target string
		change       func(*edge.Config)
		has, hasNot  []string
	}{
		{
			"development shows what runs and how to begin", "http://localhost:8080/", development,
			[]string{"v1.2.3", "development", "http://localhost:8080/query", `href="/playground"`, `href="/mail"`, `href="/client-kit/"`, "shopper@example.com", "<pass&word>", "./data", "/livez", "/readyz"},
			[]string{"production"},
		}, {
			"production shows no accounts, notes or playground", "http://shop.example/", production,
			[]string{"v1.2.3", "production", "https://shop.example/query", "/livez"},
			[]string{"shopper@example.com", "<pass&word>", "./data", "playground", "/mail", "client-kit", "http://shop.example"},
		}, {
			"production on this machine is in clear text", "http://127.0.0.1:8080/", production,
			[]string{"http://127.0.0.1:8080/query"}, nil,
		}, {
			"production on this machine over IPv6 is too", "http://[::1]:8080/", production,
			[]string{"http://[::1]:8080/query"}, nil,
		}, {
			"the example can be pasted into a shell", "http://localhost:8080/", development,
			[]string{`-d '{"query":"{ products(first: 3, filter: {text: \"it\u0027s\"}) { nodes { title } } }"}'`}, nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := page(c.target, c.change)
			text := html.UnescapeString(w.Body.String())
			for _, want := range c.has {
				if !strings.Contains(text, want) {
					t.Errorf("%q is missing in %s", want, text)
				}
			}
			for _, no := range c.hasNot {
				if strings.Contains(text, no) {
					t.Errorf("%q is shown", no)
				}
			}
		})
	}
	t.Run("its style is the one that the policy allows, and nothing else is", func(t *testing.T) {
		t.Parallel()
		w := page("http://localhost/", development)
		_, rest, _ := strings.Cut(w.Body.String(), "<style>")
		style, _, _ := strings.Cut(rest, "</style>")
		hash := sha256.Sum256([]byte(style))
		want := "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'"
		if got := w.Header().Get("Content-Security-Policy"); got != want {
			t.Errorf("policy %q\nwant %q", got, want)
		}
		for _, no := range []string{"<script", "style=", "http://", "https://"} {
			if strings.Contains(strings.ReplaceAll(w.Body.String(), "http://localhost", ""), no) {
				t.Errorf("the page has %q", no)
			}
		}
	})
	t.Run("what a client sends as its host is text", func(t *testing.T) {
		t.Parallel()
		shop := newShop(t, production) // development answers to no such host
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = `"><script>`
		w := httptest.NewRecorder()
		shop.ServeHTTP(w, r)
		if strings.Contains(w.Body.String(), "<script") {
			t.Error("the host became markup")
		}
	})
}
