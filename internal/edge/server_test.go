package edge_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"galley/internal/edge"
)

// discarding is a plain ResponseWriter.
type discarding struct {
	header http.Header
	status int
}

func newDiscarding() *discarding { return &discarding{header: http.Header{}} }

func (d *discarding) Header() http.Header         { return d.header }
func (d *discarding) WriteHeader(status int)      { d.status = status }
func (d *discarding) Write(p []byte) (int, error) { return len(p), nil }

func explorer(c *edge.Config) { c.Explorer = words("the playground") }

func letters(c *edge.Config) { c.Mail = words("the letters") }

func webhooks(c *edge.Config) {
	c.Webhook = func(context.Context, string, http.Header, []byte) error { return nil }
}

func words(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) })
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	production := []string{"GET /{$}", "/query", "GET /livez", "GET /readyz", "GET /media/", "GET /media"}
	for name, c := range map[string]struct {
		change func(*edge.Config)
		want   []string
	}{
		"production has these routes, and no playground": {explorer, production},
		"development has a playground besides":           {func(c *edge.Config) { explorer(c); c.Development = true }, append(slices.Clone(production), "GET /playground", "GET /playground/")},
		"a shop with keys of its own shows them":         {func(c *edge.Config) { c.Keys = words("the keys") }, append(slices.Clone(production), "GET /.well-known/jwks.json")},
		"development shows letters":                      {func(c *edge.Config) { c.Mail = words("the letters"); c.Development = true }, append(slices.Clone(production), "GET /mail", "GET /mail/")},
		"production shows none":                          {func(c *edge.Config) { c.Mail = words("the letters") }, production},
		"a shop that is paid hears webhooks":             {webhooks, append(slices.Clone(production), "POST /webhooks/{gateway}")},
		"development confirms test cards": {func(c *edge.Config) { c.TestPayments = words("the bank"); c.Development = true },
			append(slices.Clone(production), "/pay/test")},
		"development hands out the client kit": {func(c *edge.Config) { c.ClientKit = words("the kit"); c.Development = true },
			append(slices.Clone(production), "GET /client-kit/")},
		"production hands out none":            {func(c *edge.Config) { c.ClientKit = words("the kit") }, production},
		"production confirms none":             {func(c *edge.Config) { c.TestPayments = words("the bank") }, production},
		"a shop without pictures has no media": {func(c *edge.Config) { c.Media = nil }, production[:4]},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := newShop(t, c.change).Routes(); !slices.Equal(got, c.want) {
				t.Errorf("routes %q, want %q", got, c.want)
			}
		})
	}
}

func TestRouting(t *testing.T) {
	t.Parallel()
	development := newShop(t, func(c *edge.Config) { explorer(c); letters(c); c.Development = true })
	production := newShop(t, explorer)
	for _, c := range []struct {
		name string
		shop http.Handler
		request
		status int
		body   string
	}{
		{"the landing page is at the root", production, request{method: "GET", target: "/"}, 200, "Galley"},
		{"the landing page is nowhere else", production, request{method: "GET", target: "/index.html"}, 404, ""},
		{"pictures are served", production, request{method: "GET", target: "/media/a/b.png"}, 200, "a picture"},
		{"pictures are listed nowhere", production, request{method: "GET", target: "/media"}, 404, "404 page not found\n"},
		{"what is nowhere is told in the same words", production, request{method: "GET", target: "/nowhere"}, 404, "404 page not found\n"},
		{"pictures are not taken", production, request{method: "PUT", target: "/media/a.png"}, 405, ""},
		{"the process is alive", production, request{method: "GET", target: "/livez"}, 200, "alive\n"},
		{"the process is asked about with GET", production, request{target: "/livez"}, 405, ""},
		{"the shop is ready", production, request{method: "GET", target: "/readyz"}, 200, "ready\n"},
		{"there is no playground in production", production, request{method: "GET", target: "/playground"}, 404, ""},
		{"there is one in development", development, request{method: "GET", target: "/playground"}, 200, "the playground"},
		{"its assets are there", development, request{method: "GET", target: "/playground/assets/app.js"}, 200, "the playground"},
		{"letters are shown", development, request{method: "GET", target: "/mail"}, 200, "the letters"},
		{"each of them is", development, request{method: "GET", target: "/mail/1/html"}, 200, "the letters"},
		{"letters are not shown in production", production, request{method: "GET", target: "/mail"}, 404, ""},
		{"nothing is below the endpoint", production, request{target: "/query/x"}, 404, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := c.to(c.shop)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
				t.Errorf("status %d: %s", w.Code, w.Body)
			}
			if w.Code == http.StatusMethodNotAllowed && w.Header().Get("Allow") == "" {
				t.Error("Allow is missing")
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	shop := newShop(t, nil)
	for _, c := range []struct {
		name string
		request
		want http.Header
	}{
		{"an answer is not kept, framed or sniffed", request{body: `{"query":"{ hello }"}`}, headers(
			"Cache-Control", "no-store", "X-Content-Type-Options", "nosniff", "X-Frame-Options", "DENY", "Referrer-Policy", "no-referrer",
			"Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
			"Cross-Origin-Resource-Policy", "same-origin", "Cross-Origin-Opener-Policy", "same-origin",
			"Vary", "Accept", "Vary", "Accept-Encoding", "Content-Length", "25")},
		{"a page that is not there is as safe", request{method: "GET", target: "/nowhere"}, headers("X-Content-Type-Options", "nosniff", "X-Frame-Options", "DENY")},
		{"a picture may be shown by other sites, and run nothing", request{method: "GET", target: "/media/a.svg"}, headers(
			"Cross-Origin-Resource-Policy", "cross-origin", "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")},
		{"health is not kept", request{method: "GET", target: "/readyz"}, headers("Cache-Control", "no-store")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := c.to(shop)
			for name, want := range c.want {
				if got := w.Header().Values(name); !slices.Equal(got, want) {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	shop := newShop(t, nil)
	for _, c := range []struct{ name, sent, want string }{
		{"a request without an id is given one", "", "made-id"},
		{"a sane id is kept", "3f2-a.b:C_9+/=", "3f2-a.b:C_9+/="},
		{"an endless id is replaced", strings.Repeat("a", 129), "made-id"},
		{"an id with blanks is replaced", "a b", "made-id"},
		{"an id that would forge a line is replaced", "a\nb", "made-id"},
		{"an id beyond ASCII is replaced", "ä", "made-id"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := request{header: headers("X-Request-Id", c.sent), body: `{"query":"{ hello }"}`}.to(shop)
			if got := w.Header().Get("X-Request-Id"); got != c.want {
				t.Errorf("id %q, want %q", got, c.want)
			}
		})
	}
	t.Run("ids made by default differ", func(t *testing.T) {
		t.Parallel()
		shop := newShop(t, func(c *edge.Config) { c.NewID = nil })
		a := request{method: "GET", target: "/livez"}.to(shop).Header().Get("X-Request-Id")
		b := request{method: "GET", target: "/livez"}.to(shop).Header().Get("X-Request-Id")
		if a == b || len(a) < 20 {
			t.Errorf("ids %q and %q", a, b)
		}
	})
}

// logged runs requests, and returns the lines of the log.
func logged(t *testing.T, change func(*edge.Config), requests ...request) []map[string]any {
	t.Helper()
	var log bytes.Buffer
	shop := newShop(t, func(c *edge.Config) {
		c.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		if change != nil {
			change(c)
		}
	})
	for _, r := range requests {
		r.to(shop)
	}
	if strings.Contains(log.String(), "secret-") {
		t.Errorf("the log has a secret: %s", log.String())
	}
	var lines []map[string]any
	for line := range strings.Lines(log.String()) {
		var attrs map[string]any
		if err := json.Unmarshal([]byte(line), &attrs); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, attrs)
	}
	return lines
}

func TestLog(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		request
		want map[string]any
	}{
		{
			"an operation has its line, without variables and headers",
			request{header: headers("X-Cart-Token", "secret-cart", "Authorization", "Bearer good-token"), body: `{"query":"query Hello($p: String) { echo(text: $p) }","variables":{"p":"secret-value"}}`},
			map[string]any{"level": "INFO", "msg": "request", "method": "POST", "route": "/query", "status": 200.0, "bytes": 47.0, "operation": "Hello", "type": "query", "request_id": "made-id", "code": nil},
		}, {
			"a refused document has its code",
			request{body: `{"query":"{ nothing(password: \"secret-value\") }"}`},
			map[string]any{"status": 200.0, "code": "GRAPHQL_VALIDATION_FAILED", "errors": 1.0, "type": nil},
		}, {
			"a refused request has its code",
			request{body: `[]`},
			map[string]any{"status": 400.0, "code": "BAD_REQUEST"},
		}, {
			"a failed field is counted",
			request{body: `{"query":"{ partial }"}`},
			map[string]any{"status": 200.0, "errors": 1.0, "operation": "", "type": "query"},
		}, {
			"a path that is not there has no route, and is not quoted",
			request{method: "GET", target: "/secret-path?secret-query"},
			map[string]any{"status": 404.0, "route": "none"},
		}, {
			"a probe is logged for debugging only",
			request{method: "GET", target: "/livez"},
			map[string]any{"level": "DEBUG", "route": "GET /livez"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			lines := logged(t, nil, c.request)
			if len(lines) != 1 {
				t.Fatalf("%d lines: %v", len(lines), lines)
			}
			for name, want := range c.want {
				if got := lines[0][name]; got != want {
					t.Errorf("%s is %v, want %v", name, got, want)
				}
			}
			if _, ok := lines[0]["duration"]; !ok {
				t.Error("duration is missing")
			}
		})
	}
	t.Run("a panic is logged with its stack, under the id of the request", func(t *testing.T) {
		t.Parallel()
		lines := logged(t, nil, request{body: `{"query":"{ panics }"}`})
		if len(lines) != 2 {
			t.Fatalf("%d lines: %v", len(lines), lines)
		}
		if stack, _ := lines[0]["stack"].(string); lines[0]["panic"] != "secret of the panic" || !strings.Contains(stack, "resolve") || lines[0]["request_id"] != "made-id" {
			t.Errorf("line %v", lines[0])
		}
		if lines[1]["status"] != 500.0 || lines[1]["level"] != "ERROR" {
			t.Errorf("line %v", lines[1])
		}
	})
	t.Run("a masked error is logged with its cause", func(t *testing.T) {
		t.Parallel()
		lines := logged(t, nil, request{header: headers("Authorization", "Bearer unlucky-token"), body: `{"query":"{ hello }"}`})
		if len(lines) != 2 || lines[0]["error"] != "dial postgres://secret@db: refused" || lines[0]["request_id"] != "made-id" {
			t.Errorf("lines %v", lines)
		}
	})
	t.Run("lines of other packages carry the id too", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		logger := slog.New(edge.LogRequestIDs(slog.NewTextHandler(&log, nil)))
		shop := newShop(t, func(c *edge.Config) {
			c.Logger = logger
			c.Ready = func(ctx context.Context) error {
				logger.With("part", "database").InfoContext(ctx, "pinged")
				return nil
			}
		})
		request{method: "GET", target: "/readyz"}.to(shop)
		if got := strings.Count(log.String(), "request_id=made-id"); got != 1 {
			t.Errorf("log %s", log.String())
		}
	})
}

func TestPanicElsewhere(t *testing.T) {
	t.Parallel()
	t.Run("a panic before the answer is masked", func(t *testing.T) {
		t.Parallel()
		shop := newShop(t, func(c *edge.Config) {
			c.Media = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				panic("secret")
			})
		})
		w := request{method: "GET", target: "/media/a.png"}.to(shop)
		if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") || !strings.Contains(w.Body.String(), "made-id") {
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
		if got := w.Header().Get("Content-Encoding"); got != "" {
			t.Errorf("still %s", got)
		}
	})
	t.Run("a panic within the answer cuts it off", func(t *testing.T) {
		t.Parallel()
		shop := newShop(t, func(c *edge.Config) {
			c.Media = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, "half")
				panic("secret")
			})
		})
		defer func() {
			if cause := recover(); cause != http.ErrAbortHandler { //nolint:errorlint // a panic's value
				t.Errorf("not cut off: %v", cause)
			}
		}()
		request{method: "GET", target: "/media/a.png"}.to(shop)
	})
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	shop := newShop(t, func(c *edge.Config) {
		c.Ready = func(ctx context.Context) error {
			if _, ok := ctx.Deadline(); !ok {
				t.Error("the ping has no deadline")
			}
			return errors.New("secret: no database")
		}
	})
	if w := (request{method: "GET", target: "/readyz"}).to(shop); w.Code != http.StatusServiceUnavailable || w.Body.String() != "not ready\n" {
		t.Errorf("without a database: status %d: %s", w.Code, w.Body)
	}
	if w := (request{method: "GET", target: "/livez"}).to(shop); w.Code != http.StatusOK {
		t.Errorf("without a database the process is not alive: %d", w.Code)
	}
}

func TestCompression(t *testing.T) {
	t.Parallel()
	shop := newShop(t, nil)
	for _, c := range []struct {
		name, query, accepts, coding string
	}{
		{"a long answer is compressed for who accepts it", "{ many }", "gzip, br", "gzip"},
		{"a browser is given what is fastest to read", "{ many }", "gzip, deflate, br, zstd", "zstd"},
		{"a long answer is plain for who does not", "{ many }", "", ""},
		{"a short answer is not worth it", "{ hello }", "gzip, zstd", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for range 3 { // compressors are used again
				w := request{header: headers("Accept-Encoding", c.accepts), body: `{"query":"` + c.query + `"}`}.to(shop)
				if got := w.Header().Get("Content-Encoding"); got != c.coding {
					t.Fatalf("compressed by %q", got)
				}
				if c.coding != "" && w.Body.Len() > 2_000 {
					t.Errorf("%d bytes", w.Body.Len())
				}
				if a := read(t, uncompressed(t, c.coding, w.Body)); a.Data == nil || len(a.Errors) > 0 {
					t.Errorf("answered %s", w.Body)
				}
			}
		})
	}
}

func uncompressed(t *testing.T, coding string, body *bytes.Buffer) *bytes.Buffer {
	t.Helper()
	var z io.Reader = body
	var err error
	switch coding {
	case "gzip":
		z, err = gzip.NewReader(body)
	case "zstd":
		z, err = zstd.NewReader(body)
	}
	if err != nil {
		t.Fatal(err)
	}
	var plain bytes.Buffer
	if _, err := plain.ReadFrom(z); err != nil {
		t.Fatal(err)
	}
	return &plain
}

func TestMisconfiguration(t *testing.T) {
	t.Parallel()
	if _, err := edge.New(edge.Config{}); err == nil {
		t.Error("a server without an executor was made")
	}
}
