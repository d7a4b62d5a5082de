package explorer_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"galley/internal/edge/explorer"
)

// request asks the playground and answers what came back.
func request(t *testing.T, method, path string, headers map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	explorer.Handler().ServeHTTP(w, r)
	return w
}

// plain answers the body of a path as a client without gzip gets it.
func plain(t *testing.T, path string) string {
	t.Helper()
	w := request(t, http.MethodGet, path, nil)
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: status %d", path, w.Code)
	}
	return w.Body.String()
}

func unzip(t *testing.T, zipped []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestPage(t *testing.T) {
	t.Parallel()

	t.Run("the page loads scripts from its own origin alone, none of them inline", func(t *testing.T) {
		t.Parallel()
		w := request(t, http.MethodGet, "/playground", nil)
		if got := w.Header().Get("Content-Type"); got != "text/html; charset=utf-8" {
			t.Errorf("Content-Type %q", got)
		}
		body := w.Body.String()
		if !strings.Contains(body, "<title>Galley playground</title>") {
			t.Error("the page lacks its title")
		}
		for _, script := range regexp.MustCompile(`(?s)<script([^>]*)>(.*?)</script>`).FindAllStringSubmatch(body, -1) {
			if !strings.Contains(script[1], ` src="/playground/assets/`) || strings.TrimSpace(script[2]) != "" {
				t.Errorf("a script that is not one of the assets: %s", script[0])
			}
		}
		if foreign := regexp.MustCompile(`(?:href|src)="(?:https?:)?//[^"]*`).FindString(body); foreign != "" {
			t.Errorf("the page loads from another origin: %s", foreign)
		}
	})

	t.Run("whatever the page names is served", func(t *testing.T) {
		t.Parallel()
		names := regexp.MustCompile(`(?:href|src)="([^"]+)"`).FindAllStringSubmatch(plain(t, "/playground"), -1)
		if len(names) < 3 {
			t.Fatalf("found only %d names", len(names))
		}
		for _, name := range names {
			plain(t, name[1])
		}
	})

	t.Run("every answer carries the security headers, refusals too", func(t *testing.T) {
		t.Parallel()
		for _, path := range []string{"/playground", "/playground/examples.json", "/playground/assets/none.js"} {
			header := request(t, http.MethodGet, path, nil).Header()
			policy := header.Get("Content-Security-Policy")
			for _, directive := range []string{
				"default-src 'none'", "script-src 'self'", "connect-src 'self'", "worker-src 'self'",
				"frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'",
			} {
				if !slices.Contains(strings.Split(policy, "; "), directive) {
					t.Errorf("%s: no %s in the policy %q", path, directive, policy)
				}
			}
			if strings.Contains(policy, "unsafe-eval") || strings.Count(policy, "unsafe-inline") != 1 {
				t.Errorf("%s: the policy %q is too wide", path, policy)
			}
			if got := header.Get("X-Content-Type-Options"); got != "nosniff" {
				t.Errorf("%s: X-Content-Type-Options %q", path, got)
			}
			if got := header.Get("Referrer-Policy"); got != "no-referrer" {
				t.Errorf("%s: Referrer-Policy %q", path, got)
			}
		}
	})

	t.Run("a trailing slash leads to the page", func(t *testing.T) {
		t.Parallel()
		w := request(t, http.MethodGet, "/playground/", nil)
		if w.Code != http.StatusMovedPermanently || w.Header().Get("Location") != "/playground" {
			t.Errorf("status %d, Location %q", w.Code, w.Header().Get("Location"))
		}
	})

	t.Run("other paths are not found", func(t *testing.T) {
		t.Parallel()
		for _, path := range []string{
			"/", "/playgrounds", "/playground/index.html", "/playground/assets", "/playground/assets/",
			"/playground/assets/index.html", "/playground/assets/../examples.json", "/playground/dist/index.html.gz",
		} {
			if w := request(t, http.MethodGet, path, nil); w.Code != http.StatusNotFound {
				t.Errorf("%s: status %d", path, w.Code)
			}
		}
	})

	t.Run("only GET and HEAD are allowed", func(t *testing.T) {
		t.Parallel()
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
			w := request(t, method, "/playground", nil)
			if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
				t.Errorf("%s: status %d, Allow %q", method, w.Code, w.Header().Get("Allow"))
			}
		}
	})
}

func TestAssets(t *testing.T) {
	t.Parallel()
	types := map[string]string{
		"css": "text/css; charset=utf-8",
		"js":  "text/javascript; charset=utf-8",
		"svg": "image/svg+xml",
		"ttf": "font/ttf",
	}
	entries, err := os.ReadDir("dist")
	if err != nil {
		t.Fatal(err)
	}

	t.Run("every asset is immutable, zipped, and the same without gzip", func(t *testing.T) {
		t.Parallel()
		handler, seen := explorer.Handler(), map[string]bool{}
		for _, entry := range entries {
			name := strings.TrimSuffix(entry.Name(), ".gz")
			if name == "index.html" || name == "licences.md" {
				continue
			}
			extension := name[strings.LastIndex(name, ".")+1:]
			seen[extension] = true
			answers := map[string]*httptest.ResponseRecorder{}
			for _, encoding := range []string{"gzip", "identity"} {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/playground/assets/"+name, nil)
				r.Header.Set("Accept-Encoding", encoding)
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				header := w.Header()
				if w.Code != http.StatusOK || header.Get("Content-Type") != types[extension] {
					t.Errorf("%s: status %d, Content-Type %q", name, w.Code, header.Get("Content-Type"))
				}
				if got := header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
					t.Errorf("%s: Cache-Control %q", name, got)
				}
				if got := header.Get("Content-Length"); got != strconv.Itoa(w.Body.Len()) {
					t.Errorf("%s: Content-Length %s of %d bytes", name, got, w.Body.Len())
				}
				answers[encoding] = w
			}
			if answers["gzip"].Header().Get("Content-Encoding") != "gzip" || answers["identity"].Header().Get("Content-Encoding") != "" {
				t.Errorf("%s: Content-Encoding %q with gzip, %q without", name,
					answers["gzip"].Header().Get("Content-Encoding"), answers["identity"].Header().Get("Content-Encoding"))
			}
			if !bytes.Equal(unzip(t, answers["gzip"].Body.Bytes()), answers["identity"].Body.Bytes()) {
				t.Errorf("%s differs between gzip and plain", name)
			}
		}
		for extension := range types {
			if !seen[extension] {
				t.Errorf("no .%s among the assets", extension)
			}
		}
	})

	t.Run("names change with the content, and no source map is shipped", func(t *testing.T) {
		t.Parallel()
		hashed := regexp.MustCompile(`-[\w-]{8}\.(css|js|svg|ttf|woff2)\.gz$`)
		for _, entry := range entries {
			if name := entry.Name(); !hashed.MatchString(name) && name != "index.html.gz" && name != "licences.md.gz" {
				t.Errorf("unexpected file %s", name)
			}
		}
	})

	t.Run("the gzip headers hold no time", func(t *testing.T) {
		t.Parallel()
		for _, entry := range entries {
			zipped, err := os.ReadFile("dist/" + entry.Name())
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(zipped[4:8], make([]byte, 4)) || zipped[9] != 255 {
				t.Errorf("%s: header % x", entry.Name(), zipped[:10])
			}
		}
	})

	t.Run("together they weigh less than 2.2 MB", func(t *testing.T) {
		t.Parallel()
		var total int64
		for _, entry := range entries {
			info, err := entry.Info()
			if err != nil {
				t.Fatal(err)
			}
			total += info.Size()
		}
		if total > 2_200_000 {
			t.Errorf("%d bytes", total)
		}
	})

	t.Run("the licences of what is bundled are served", func(t *testing.T) {
		t.Parallel()
		if text := plain(t, "/playground/licences.md"); !strings.Contains(text, "## graphiql - ") || !strings.Contains(text, "## monaco-editor - ") {
			t.Error("the licences lack GraphiQL's or Monaco's")
		}
	})
}

func TestNegotiation(t *testing.T) {
	t.Parallel()

	t.Run("gzip is sent where it is accepted", func(t *testing.T) {
		t.Parallel()
		for accept, want := range map[string]string{
			"":                          "",
			"gzip":                      "gzip",
			"GZIP":                      "gzip",
			"br, gzip;q=0.5":            "gzip",
			"deflate , gzip ; q=1.0":    "gzip",
			"*":                         "gzip",
			"gzip;q=0":                  "",
			"gzip; q=0.000, *":          "",
			"*;q=0":                     "",
			"br":                        "",
			"identity":                  "",
			"not gzip, but close to it": "",
		} {
			w := request(t, http.MethodGet, "/playground", map[string]string{"Accept-Encoding": accept})
			if got := w.Header().Get("Content-Encoding"); got != want {
				t.Errorf("Accept-Encoding %q: Content-Encoding %q, want %q", accept, got, want)
			}
			if got := w.Header().Get("Vary"); got != "Accept-Encoding" {
				t.Errorf("Accept-Encoding %q: Vary %q", accept, got)
			}
		}
	})

	t.Run("HEAD answers the headers of GET without a body", func(t *testing.T) {
		t.Parallel()
		for _, accept := range []string{"gzip", "identity"} {
			headers := map[string]string{"Accept-Encoding": accept}
			get := request(t, http.MethodGet, "/playground", headers)
			head := request(t, http.MethodHead, "/playground", headers)
			if head.Body.Len() != 0 || head.Code != http.StatusOK {
				t.Errorf("%s: status %d, %d bytes", accept, head.Code, head.Body.Len())
			}
			for name := range get.Header() {
				if head.Header().Get(name) != get.Header().Get(name) {
					t.Errorf("%s: %s is %q, want %q", accept, name, head.Header().Get(name), get.Header().Get(name))
				}
			}
		}
	})

	t.Run("the page is asked for again, and answered 304 while it is the same", func(t *testing.T) {
		t.Parallel()
		w := request(t, http.MethodGet, "/playground", nil)
		tag := w.Header().Get("ETag")
		if w.Header().Get("Cache-Control") != "no-cache" || tag == "" {
			t.Fatalf("Cache-Control %q, ETag %q", w.Header().Get("Cache-Control"), tag)
		}
		for condition, want := range map[string]int{tag: 304, `"other", ` + tag: 304, "*": 304, `"other"`: 200} {
			w := request(t, http.MethodGet, "/playground", map[string]string{"If-None-Match": condition})
			if w.Code != want || (want == 304 && w.Body.Len() != 0) {
				t.Errorf("If-None-Match %s: status %d, %d bytes", condition, w.Code, w.Body.Len())
			}
		}
	})
}
