package edge_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
)

// streaming is a recorder that streams can be written to.
type streaming struct{ *httptest.ResponseRecorder }

func (streaming) SetWriteDeadline(time.Time) error { return nil }

// FuzzServer sends requests of any kind. Whatever they are the answer is of the type that it says, tells nothing of the
// inside, and is never the server's own fault.
func FuzzServer(f *testing.F) {
	shop := realShop(f, databasetest.SQLite)
	const deferred = `{"query":"{ products(first: 2) { nodes { title ... @defer { variants { sku product { slug } } } } } }"}`
	for _, seed := range []struct{ method, query, accept, contentType, extra, body string }{
		{"POST", "", "application/json", "application/json", "", `{"query":"{ products(first: 2) { nodes { id } } }"}`},
		{"POST", "", "multipart/mixed, application/json", "application/json", "gzip", deferred},
		{"POST", "", "multipart/mixed;incrementalSpec=v0.2", "application/json", "zstd", deferred},
		{"POST", "", "text/event-stream", "application/json", "", deferred},
		{"POST", "", "multipart/mixed;subscriptionSpec=1.0", "application/json", "", `{"query":"subscription { orderPlaced { id } }"}`},
		{"GET", "query={me{id}}&variables={}", "*/*", "", "", ""},
		{"GET", "query=subscription{stockChanged(variantIds:[]){id}}", "text/event-stream", "", "", ""},
		{"POST", "", "", "multipart/form-data; boundary=b", "", "--b\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{\"query\":\"{ me { id } }\",\"variables\":{\"f\":null}}\r\n--b\r\nContent-Disposition: form-data; name=\"map\"\r\n\r\n{\"0\":[\"variables.f\"]}\r\n--b\r\nContent-Disposition: form-data; name=\"0\"; filename=\"a\"\r\n\r\nx\r\n--b--"},
		{"POST", "", "text/html", "text/plain", "", "x"},
		{"DELETE", "query=%00", "application/graphql-response+json;q=0.1", "application/json;charset=x", "", "{}"},
		{"POST", "", "application/json", "application/json", "", `{"query":"mutation { cartCreate(input: {}) { cart { id ... @defer { lines { id } } } } }"}`},
	} {
		f.Add(seed.method, seed.query, seed.accept, seed.contentType, seed.extra, seed.body)
	}
	f.Fuzz(func(t *testing.T, method, query, accept, contentType, extra, body string) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond) // subscriptions have no end
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, method, "http://localhost/query", strings.NewReader(body))
		if err != nil {
			return // no such method
		}
		r.URL.RawQuery = query
		r.RemoteAddr = "127.0.0.1:1"
		for name, value := range map[string]string{
			"Accept": accept, "Content-Type": contentType, "Accept-Encoding": extra, "X-Cart-Token": extra, "X-Order-Token": extra,
			"GraphQL-Require-Preflight": "1",
		} {
			r.Header.Set(name, value)
		}
		w := streaming{httptest.NewRecorder()}
		func() {
			defer func() {
				if p := recover(); p != nil && p != any(http.ErrAbortHandler) {
					t.Fatalf("panic: %v", p)
				}
			}()
			shop.ServeHTTP(w, r)
		}()
		if ctx.Err() != nil {
			return // cut off
		}
		sound(t, w.ResponseRecorder, body+query)
	})
}

// sound fails where an answer is not what it says to be.
func sound(t *testing.T, w *httptest.ResponseRecorder, sent string) {
	t.Helper()
	whole := uncompressed(t, w.Header().Get("Content-Encoding"), w.Body).String()
	unescaped, _ := url.QueryUnescape(sent)
	if word := graphtest.Inside.FindString(whole); word != "" && !strings.Contains(sent+unescaped, word) || w.Code >= 500 {
		t.Fatalf("status %d with %q: %.400s", w.Code, word, whole)
	}
	mediaType, parameters, err := mime.ParseMediaType(w.Header().Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	switch mediaType {
	case "application/json", "application/graphql-response+json":
		object(t, whole)
	case "multipart/mixed":
		reader := multipart.NewReader(strings.NewReader(whole), parameters["boundary"])
		for {
			part, err := reader.NextRawPart()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				t.Fatalf("%v in %q", err, whole)
			}
			text, err := io.ReadAll(part)
			if err != nil {
				t.Fatal(err)
			}
			object(t, string(text))
		}
	case "text/event-stream":
		for event := range strings.SplitSeq(strings.TrimSuffix(whole, "\n\n"), "\n\n") {
			switch data, ok := strings.CutPrefix(event, "event: next\ndata: "); {
			case ok:
				object(t, data)
			case event != ":" && event != "event: complete\ndata: ":
				t.Fatalf("event %q", event)
			}
		}
	default:
		t.Fatalf("content type %q", mediaType)
	}
}

func object(t *testing.T, text string) {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
}
