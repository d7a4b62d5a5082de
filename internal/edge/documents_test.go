package edge_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"galley/internal/database/databasetest"
	"galley/internal/edge"
	"galley/internal/edge/deadline"
	"galley/internal/edge/limit"
	"galley/internal/edge/persisted"
)

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func extension(hash string) string {
	return `{"persistedQuery":{"version":1,"sha256Hash":"` + hash + `"}}`
}

// As Apollo's and urql's clients do it: by GET first, and once more by POST or GET with the document.
func TestPersistedQueriesOverHTTP(t *testing.T) {
	t.Parallel()
	const query = "query($t: String) { echo(text: $t) }"
	get := func(parameters ...string) request {
		values := url.Values{}
		for i := 0; i < len(parameters); i += 2 {
			values.Set(parameters[i], parameters[i+1])
		}
		return request{method: http.MethodGet, target: "/query?" + values.Encode(), header: headers("Accept", "application/graphql-response+json")}
	}
	shop := newShop(t, nil)
	for _, c := range []struct {
		name string
		request
		status     int
		code, data string
	}{
		{"a hash alone, that is not known", get("extensions", extension(hashOf(query)), "variables", `{"t":"a"}`), 400, "PERSISTED_QUERY_NOT_FOUND", ""},
		{"by POST it is not known either", request{body: `{"extensions":` + extension(hashOf(query)) + `}`}, 200, "PERSISTED_QUERY_NOT_FOUND", ""},
		{"a mutation by its hash", request{body: `{"query":"mutation { pictureUpload(input: {}) }","extensions":` + extension(hashOf("mutation { pictureUpload(input: {}) }")) + `}`}, 200, "", "pictureUpload"},
		{"does not run by GET", get("extensions", extension(hashOf("mutation { pictureUpload(input: {}) }"))), 405, "METHOD_NOT_ALLOWED", ""},
		{"with the document", get("query", query, "extensions", extension(hashOf(query)), "variables", `{"t":"b"}`), 200, "", `"b`},
		{"and the hash alone", get("extensions", extension(hashOf(query)), "variables", `{"t":"c"}`), 200, "", `"c`},
		{"by POST too", request{body: `{"extensions":` + extension(hashOf(query)) + `,"variables":{"t":"d"}}`}, 200, "", `"d`},
		{"a hash of something else", get("query", query, "extensions", extension(hashOf("other"))), 400, "BAD_REQUEST", ""},
		{"nothing at all", get("variables", "{}"), 400, "BAD_REQUEST", ""},
	} {
		w := c.to(shop)
		answer := read(t, w.Body)
		if w.Code != c.status || answer.code() != c.code || c.code == "" && !strings.Contains(string(*answer.Data), c.data) || c.code != "" && answer.Data != nil {
			t.Errorf("%s: status %d, %+v", c.name, w.Code, answer)
		}
	}
}

func trusting(t *testing.T, mode persisted.Mode) *edge.Server {
	t.Helper()
	path := filepath.Join(t.TempDir(), "persisted-documents.json")
	if err := os.WriteFile(path, []byte(`{"a1":"{ hello }","a2":"subscription { ticks }"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return newShop(t, func(c *edge.Config) { c.Documents = persisted.Options{Manifests: []string{path}, Mode: mode} })
}

func TestTrustedDocumentsOverEachTransport(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		request
		says string
	}{
		{"POST", request{body: `{"documentId":"a1"}`}, "ahoy"},
		{"POST with extensions after it", request{body: `{"documentId":"a1","extensions":{"other":1}}`}, "ahoy"},
		{"POST with null for it", request{body: `{"documentId":null,"query":"{ hello }"}`}, "ahoy"},
		{"POST of another", request{body: `{"query":"{ viewer }"}`}, "PERSISTED_DOCUMENT_REQUIRED"},
		{"POST of no text for it", request{body: `{"documentId":5}`}, "BAD_REQUEST"},
		{"GET", request{method: "GET", target: "/query?documentId=a1"}, "ahoy"},
		{"GET of another", request{method: "GET", target: "/query?documentId=a3"}, "PERSISTED_DOCUMENT_REQUIRED"},
		{"GET of two", request{method: "GET", target: "/query?documentId=a1&documentId=a2"}, "BAD_REQUEST"},
		{"an event stream of another", request{header: headers("Accept", "text/event-stream"), body: `{"query":"subscription { __typename ticks }"}`}, "PERSISTED_DOCUMENT_REQUIRED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if w := c.to(trusting(t, persisted.Enforce)); !strings.Contains(w.Body.String(), c.says) {
				t.Errorf("status %d: %s", w.Code, w.Body)
			}
		})
	}
	t.Run("an event stream", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, trusting(t, persisted.Enforce), edge.Drain{})
		response, lines := streamed(t, url, `","documentId":"a2`, "text/event-stream") // beside an empty query
		if response.status != http.StatusOK {
			t.Fatalf("status %d", response.status)
		}
		expect(t, lines, "event: next", "1 for")
	})
	t.Run("a socket", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, trusting(t, persisted.Enforce), edge.Drain{})
		s := open(t, url, `{}`)
		s.send(`{"type":"subscribe","id":"a","payload":{"query":"","extensions":{"documentId":"a2"}}}`)
		s.expect("1 for")
		s.send(subscribe("b", "subscription { __typename ticks }"))
		for message := ""; !strings.Contains(message, "PERSISTED_DOCUMENT_REQUIRED"); {
			if message = s.hear(); strings.HasPrefix(message, "closed") {
				t.Fatal(message)
			}
		}
	})
}

func TestABucketThatIsEmptySaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	shop := newShop(t, func(c *edge.Config) {
		c.Bucket, c.Now = limit.Bucket{Size: 15, PerSecond: 2}, func() time.Time { return now }
	})
	mutate := request{body: `{"query":"mutation { pictureUpload(input: {}) }","extensions":{"cost":true}}`, header: headers("Accept", "application/graphql-response+json")}
	w := mutate.to(shop)
	if w.Code != 200 || !strings.Contains(w.Body.String(), `"extensions":{"cost":{"points":10,`) || !strings.Contains(w.Body.String(), `"bucket":{"size":15,"remaining":5,"perSecond":2}`) || w.Header().Get("Retry-After") != "" {
		t.Errorf("status %d, %s", w.Code, w.Body)
	}
	w = mutate.to(shop)
	if answer := read(t, w.Body); w.Code != http.StatusTooManyRequests || answer.code() != "RATE_LIMITED" || w.Header().Get("Retry-After") != "3" || answer.Errors[0].Extensions["retryAfter"] != 3.0 {
		t.Errorf("status %d, %+v, %v", w.Code, answer, w.Header())
	}
	mutate.remote = "192.0.2.77:1234"
	if w := mutate.to(shop); w.Code != 200 {
		t.Errorf("another address: status %d, %s", w.Code, w.Body)
	}
}

// unread is a body that nobody may read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("it is read")
	return 0, io.EOF
}

func TestWhoSendsTooMuchThatIsRefusedIsTurnedAwayUnread(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"no JSON": `{"query":`, "no document": `{"query":"{"}`, "no field of the schema": `{"query":"{ nothing }"}`, "too deep": `{"query":"` + strings.Repeat("{a", 25) + strings.Repeat("}", 25) + `"}`,
		"an unknown hash": `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + strings.Repeat("a", 64) + `"}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
			shop := newShop(t, func(c *edge.Config) {
				c.Bucket, c.Now = limit.Bucket{Size: 120, PerSecond: 10}, func() time.Time { return now }
			})
			for range 3 {
				if a := read(t, request{body: body}.to(shop).Body); a.code() == "RATE_LIMITED" || a.code() == "" {
					t.Fatalf("answered %+v", a)
				}
			}
			r := httptest.NewRequest(http.MethodPost, "/query", unread{t})
			r.Host = "localhost"
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			shop.ServeHTTP(w, r)
			if a := read(t, w.Body); w.Code != http.StatusTooManyRequests || a.code() != "RATE_LIMITED" || w.Header().Get("Retry-After") != "3" {
				t.Errorf("status %d, %+v, %v", w.Code, a, w.Header())
			}
			if a := read(t, request{body: `{"query":"{ hello }"}`, remote: "192.0.2.77:1"}.to(shop).Body); a.code() != "" {
				t.Errorf("another address: %+v", a)
			}
			now = now.Add(4 * time.Second)
			if a := read(t, request{body: `{"query":"{ hello }"}`}.to(shop).Body); a.code() != "" {
				t.Errorf("when it is paid: %+v", a)
			}
		})
	}
	t.Run("on a socket", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, func(c *edge.Config) { c.Bucket = limit.Bucket{Size: 120, PerSecond: 1} }), edge.Drain{})
		s := open(t, url, `{}`)
		for n, c := range []struct{ payload, code string }{
			{`{"query":"{"}`, "GRAPHQL_PARSE_FAILED"}, {`{"query":"{ nothing }"}`, "GRAPHQL_VALIDATION_FAILED"}, {`{"query":1}`, "BAD_REQUEST"}, {`{"query":"{ hello }"}`, "RATE_LIMITED"},
		} {
			s.send(fmt.Sprintf(`{"id":"%d","type":"subscribe","payload":%s}`, n, c.payload))
			s.expect(`"type":"error"`, c.code)
		}
	})
	t.Run("what comes too fast costs nothing", func(t *testing.T) {
		t.Parallel()
		now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
		shop := newShop(t, func(c *edge.Config) {
			c.Bucket, c.Now = limit.Bucket{Size: 15, PerSecond: 1}, func() time.Time { return now }
		})
		mutate := request{body: `{"query":"mutation { pictureUpload(input: {}) }"}`}
		for n, code := range []string{"", "RATE_LIMITED", "RATE_LIMITED", "RATE_LIMITED"} {
			if a := read(t, mutate.to(shop).Body); a.code() != code {
				t.Errorf("request %d: %+v", n, a)
			}
		}
		now = now.Add(5 * time.Second)
		if a := read(t, mutate.to(shop).Body); a.code() != "" {
			t.Errorf("as soon as there are points again: %+v", a)
		}
	})
}

// What the graph reads is given up as its context is, and said in few words.
func TestAnOperationRunsOutOfTime(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := realShop(t, engine, func(c *edge.Config) { c.Times = deadline.Times{Query: time.Nanosecond} })
			w := request{body: `{"query":"{ products { totalCount nodes { id } } }"}`}.to(shop)
			if answer := read(t, w.Body); answer.code() != "TIMEOUT" || answer.Errors[0].Message != "This took too long" {
				t.Errorf("status %d, %+v", w.Code, answer)
			}
			shop = realShop(t, engine, func(c *edge.Config) { c.Times = deadline.Times{Query: time.Minute} })
			w = request{body: `{"query":"{ products { totalCount } }"}`}.to(shop)
			if answer := read(t, w.Body); answer.code() != "" {
				t.Errorf("status %d, %+v", w.Code, answer)
			}
		})
	}
}

// A limit is named to the client through the real graph's presenter too.
func TestALimitIsNamedByTheGraph(t *testing.T) {
	t.Parallel()
	shop := realShop(t, databasetest.SQLite, func(c *edge.Config) { c.Limits.Document = limit.Limits{Aliases: 2} })
	w := request{body: `{"query":"{ a: __typename b: __typename c: __typename }"}`}.to(shop)
	answer := read(t, w.Body)
	text, err := json.Marshal(answer.Errors[0].Extensions["limit"])
	if err != nil || answer.code() != "COMPLEXITY_LIMIT_EXCEEDED" || string(text) != `{"have":3,"most":2,"name":"aliases"}` {
		t.Errorf("answered %+v", answer)
	}
}
