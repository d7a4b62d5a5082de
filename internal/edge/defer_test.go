package edge_test

import (
	"context"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"galley/internal/database/databasetest"
	"galley/internal/edge"
)

// parts opens a stream of multipart/mixed, read as the standard library does, and returns the body of each part.
func parts(t *testing.T, url, document, accept string) (http.Header, *multipart.Reader) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/query", strings.NewReader(`{"query":"`+strings.ReplaceAll(document, `"`, `\"`)+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = headers("Content-Type", "application/json", "Accept", accept, "Accept-Encoding", "gzip, zstd")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	mediaType, parameters, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil || mediaType != "multipart/mixed" {
		body, _ := io.ReadAll(response.Body)
		t.Fatalf("%s %v: %s", mediaType, err, body)
	}
	return response.Header, multipart.NewReader(response.Body, parameters["boundary"])
}

func part(t *testing.T, from *multipart.Reader) string {
	t.Helper()
	p, err := from.NextRawPart()
	if err != nil {
		return err.Error()
	}
	if got := p.Header.Get("Content-Type"); got != "application/json; charset=utf-8" {
		t.Errorf("a part's content type is %q", got)
	}
	text, err := io.ReadAll(p)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func expectParts(t *testing.T, from *multipart.Reader, want ...string) {
	t.Helper()
	for _, w := range want {
		if got := part(t, from); got != w {
			t.Fatalf("got  %s\nwant %s", got, w)
		}
	}
}

const deferredVariants = `{ product(slug: "mug") { title ... @defer(label: "V") { slug variants { sku } } } }`

func TestDeferOverHTTP(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			url, _, _ := serving(t, realShop(t, engine), edge.Drain{})
			t.Run("in parts", func(t *testing.T) {
				t.Parallel()
				header, from := parts(t, url, deferredVariants, "multipart/mixed;deferSpec=20220824, application/json")
				expectParts(t, from,
					`{"data":{"product":{"title":"Red Retrospot Mug"}},"hasNext":true}`,
					`{"incremental":[{"data":{"slug":"mug","variants":[{"sku":"22001"}]},"path":["product"],"label":"V"}],"hasNext":false}`,
					"EOF")
				if header.Get("Content-Encoding") != "" || header.Get("Cache-Control") != "no-store" {
					t.Errorf("header %v", header)
				}
			})
			t.Run("in parts of the newer format", func(t *testing.T) {
				t.Parallel()
				_, from := parts(t, url, deferredVariants, "multipart/mixed;incrementalSpec=v0.2, application/json")
				expectParts(t, from,
					`{"data":{"product":{"title":"Red Retrospot Mug"}},"hasNext":true,"pending":[{"id":"0","path":["product"],"label":"V"}]}`,
					`{"incremental":[{"id":"0","data":{"slug":"mug","variants":[{"sku":"22001"}]}}],"completed":[{"id":"0"}],"hasNext":false}`,
					"EOF")
			})
			t.Run("in events", func(t *testing.T) {
				t.Parallel()
				_, lines := streamed(t, url, strings.ReplaceAll(deferredVariants, `"`, `\"`), "text/event-stream, application/json")
				expect(t, lines, "event: next", `data: {"data":{"product":{"title":"Red Retrospot Mug"}},"hasNext":true}`,
					"event: next", `data: {"incremental":[{"data":{"slug":"mug","variants":[{"sku":"22001"}]},"path":["product"],"label":"V"}],"hasNext":false}`,
					"event: complete", "data:", "end")
			})
			for name, accept := range map[string]string{
				"in one answer for who takes no stream":           "application/json",
				"in one answer for who takes other streams":       "application/json, multipart/mixed;subscriptionSpec=1.0",
				"in one answer for who takes streams of our time": "application/json, multipart/mixed;deferSpec=20991231",
			} {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					_, lines := streamed(t, url, strings.ReplaceAll(deferredVariants, `"`, `\"`), accept)
					expect(t, lines, `{"data":{"product":{"title":"Red Retrospot Mug","slug":"mug","variants":[{"sku":"22001"}]}}}`, "end")
				})
			}
			t.Run("in one answer where nothing is to come", func(t *testing.T) {
				t.Parallel()
				_, lines := streamed(t, url, `{ product(slug: \"mug\") { title ... @defer { slug } } }`, "multipart/mixed, text/event-stream, application/json")
				expect(t, lines, `{"data":{"product":{"title":"Red Retrospot Mug","slug":"mug"}}}`, "end")
			})
			t.Run("in parts, errors with the fragment that they are in", func(t *testing.T) {
				t.Parallel()
				_, from := parts(t, url, `{ product(slug: "mug") { title ... @defer { variants { sku stock { available } } } } }`, "multipart/mixed, application/json")
				expectParts(t, from,
					`{"data":{"product":{"title":"Red Retrospot Mug"}},"hasNext":true}`,
					`{"incremental":[{"data":{"variants":[{"sku":"22001","stock":null}]},"path":["product"],"errors":[{"message":"This needs a sign-in","path":["product","variants",0,"stock"],"locations":[{"line":1,"column":60}],"extensions":{"code":"UNAUTHENTICATED"}}]}],"hasNext":false}`,
					"EOF")
			})
			t.Run("in one part for who takes nothing but parts", func(t *testing.T) {
				t.Parallel()
				_, from := parts(t, url, `{ product(slug: "mug") { title } }`, "multipart/mixed")
				expectParts(t, from, `{"data":{"product":{"title":"Red Retrospot Mug"}}}`, "EOF")
			})
		})
	}
}

func TestSubscriptionsInParts(t *testing.T) {
	t.Parallel()
	const accept = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0, application/json"
	t.Run("each message is a payload, and the end is one", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, func(c *edge.Config) { c.Viewer = endingAt(3, ended) }), edge.Drain{})
		_, from := parts(t, url, "subscription { ticks }", accept)
		expectParts(t, from,
			`{"payload":{"data":{"ticks":"1 for anonymous with cart "}}}`,
			`{"payload":{"data":{"ticks":"2 for anonymous with cart "}}}`,
			`{"payload":{"errors":[{"message":"This session has ended: sign in again","extensions":{"code":"UNAUTHENTICATED"}}]}}`,
			"EOF")
	})
	t.Run("a query is one answer", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, nil), edge.Drain{})
		_, lines := streamed(t, url, "{ hello }", accept)
		expect(t, lines, `{"data":{"hello":"ahoy"}}`, "end")
	})
	t.Run("a query for who takes nothing else is refused", func(t *testing.T) {
		t.Parallel()
		w := request{header: headers("Accept", "multipart/mixed;subscriptionSpec=1.0"), body: `{"query":"{ hello }"}`}.to(newShop(t, nil))
		if w.Code != http.StatusNotAcceptable || read(t, w.Body).code() != "NOT_ACCEPTABLE" {
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
	})
}
