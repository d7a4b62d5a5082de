package persisted_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"galley/internal/edge/persisted"
	"galley/internal/viewer"
)

const hello = `query Hello { hello }`

func TestAutomaticPersistedQueries(t *testing.T) {
	t.Parallel()
	shop := newShop(t, persisted.Options{})
	for _, c := range []struct {
		name          string
		query         string
		extensions    map[string]any
		code, message string
		document      string
	}{
		{name: "a hash that is not known asks for the document", extensions: named(hashOf(hello)), code: "PERSISTED_QUERY_NOT_FOUND", message: "PersistedQueryNotFound"},
		{name: "a document under another hash is refused", query: hello, extensions: named(hashOf("{ hello }")), code: "BAD_REQUEST"},
		{name: "nor is it kept under that hash", extensions: named(hashOf("{ hello }")), code: "PERSISTED_QUERY_NOT_FOUND"},
		{name: "nor under its own", extensions: named(hashOf(hello)), code: "PERSISTED_QUERY_NOT_FOUND"},
		{name: "a document that does not fit the schema is refused", query: "{ nothing }", extensions: named(hashOf("{ nothing }")), code: "GRAPHQL_VALIDATION_FAILED"},
		{name: "and not kept", extensions: named(hashOf("{ nothing }")), code: "PERSISTED_QUERY_NOT_FOUND"},
		{name: "a document with its hash runs", query: hello, extensions: named(hashOf(hello)), document: hello},
		{name: "from then on the hash is enough", extensions: named(hashOf(hello)), document: hello},
		{name: "what clients add to the extension is theirs", extensions: map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hashOf(hello), "miss": true}}, document: hello},
		{name: "an extension that is null is none", query: "{ hello }", extensions: map[string]any{"persistedQuery": nil}, document: "{ hello }"},
		{name: "without an extension nothing is kept", extensions: named(hashOf("{ hello }")), code: "PERSISTED_QUERY_NOT_FOUND"},
		{name: "a document of blanks is none", query: " \n", extensions: named(hashOf(hello)), document: hello},
		{name: "neither document nor hash is nothing", code: "BAD_REQUEST", message: "The parameter query is missing"},
		{name: "another version is not served", extensions: map[string]any{"persistedQuery": map[string]any{"version": 2, "sha256Hash": hashOf(hello)}}, code: "BAD_REQUEST"},
		{name: "a version is needed", extensions: map[string]any{"persistedQuery": map[string]any{"sha256Hash": hashOf(hello)}}, code: "BAD_REQUEST"},
		{name: "a hash is needed", extensions: map[string]any{"persistedQuery": map[string]any{"version": 1}}, code: "BAD_REQUEST"},
		{name: "a hash is a text", extensions: map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": 5}}, code: "BAD_REQUEST"},
		{name: "the extension is an object", extensions: map[string]any{"persistedQuery": "hash"}, code: "BAD_REQUEST"},
		{name: "an id that nobody knows asks for the document", extensions: map[string]any{"documentId": "sha256:" + strings.Repeat("a", 64)}, code: "PERSISTED_QUERY_NOT_FOUND"},
		{name: "an id is a text", extensions: map[string]any{"documentId": 7}, code: "BAD_REQUEST"},
		{name: "a document is not sent and named by an id", query: hello, extensions: map[string]any{"documentId": "a"}, code: "BAD_REQUEST"},
		{name: "nor named twice", extensions: map[string]any{"documentId": "a", "persistedQuery": map[string]any{"version": 1, "sha256Hash": "b"}}, code: "BAD_REQUEST"},
	} { // one after the other: each knows what those before it left
		document, code, message := shop.ask(viewer.Viewer{}, &graphql.RawParams{Query: c.query, Extensions: c.extensions})
		if document != c.document || code != c.code || c.message != "" && message != c.message {
			t.Errorf("%s: document %q, %s %q", c.name, document, code, message)
		}
	}
}

func TestTrustedDocuments(t *testing.T) {
	t.Parallel()
	const product = `query Product($id: ID!) { product(id: $id) }`
	files := []string{
		manifest(t, fmt.Sprintf(`{"codegen-1": %q, "%s": "{ b: hello }"}`, hello, hashOf("{ b: hello }"))),
		manifest(t, `{"format":"apollo-persisted-query-manifest","version":1,"operations":[{"id":"apollo-1","name":"Product","type":"query","body":"`+product+`"}]}`),
	}
	named := map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": "apollo-1"}}
	prefixed := byID("sha256:" + hashOf("{ b: hello }"))
	staff := viewer.Viewer{Kind: viewer.Staff, UserID: 2, Permissions: []viewer.Permission{viewer.CatalogRead, viewer.StaffWrite}}
	for _, c := range []struct {
		name           string
		params         *graphql.RawParams
		as             viewer.Viewer
		enforced, free string // the document, or the code
	}{
		{"an id names its document", byID("codegen-1"), viewer.Viewer{}, hello, hello},
		{"an id may say how it was made", prefixed, viewer.Viewer{}, "{ b: hello }", "{ b: hello }"},
		{"an id may stand where a hash does", &graphql.RawParams{Extensions: named, Variables: map[string]any{"id": "a"}}, viewer.Viewer{}, product, product},
		{"its variables are checked as ever", &graphql.RawParams{Extensions: named}, viewer.Viewer{}, "BAD_USER_INPUT", "BAD_USER_INPUT"},
		{"a trusted document may be sent", &graphql.RawParams{Query: hello}, viewer.Viewer{}, hello, hello},
		{"another may not", &graphql.RawParams{Query: "{ hello }"}, viewer.Viewer{}, "PERSISTED_DOCUMENT_REQUIRED", "{ hello }"},
		{"nor one that is nearly the same", &graphql.RawParams{Query: hello + " "}, viewer.Viewer{}, "PERSISTED_DOCUMENT_REQUIRED", hello + " "},
		{"nor what is no document, for which nothing is parsed", &graphql.RawParams{Query: "{ nothing"}, viewer.Viewer{}, "PERSISTED_DOCUMENT_REQUIRED", "GRAPHQL_PARSE_FAILED"},
		{"nor with its hash", &graphql.RawParams{Query: "{ c: hello }", Extensions: map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hashOf("{ c: hello }")}}}, viewer.Viewer{}, "PERSISTED_DOCUMENT_REQUIRED", "{ c: hello }"},
		{"an id that nobody knows does not ask for the document", byID("codegen-2"), viewer.Viewer{}, "PERSISTED_DOCUMENT_REQUIRED", "PERSISTED_QUERY_NOT_FOUND"},
		{"a shopper is as others", &graphql.RawParams{Query: "{ hello }"}, viewer.Viewer{Kind: viewer.Shopper, UserID: 3}, "PERSISTED_DOCUMENT_REQUIRED", "{ hello }"},
		{"staff without SCHEMA_READ are as others", &graphql.RawParams{Query: "{ hello }"}, staff, "PERSISTED_DOCUMENT_REQUIRED", "{ hello }"},
		{"who holds SCHEMA_READ sends what they like", &graphql.RawParams{Query: "{ hello }"}, developer(), "{ hello }", "{ hello }"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for mode, want := range map[persisted.Mode]string{persisted.Enforce: c.enforced, persisted.Log: c.free, persisted.Off: c.free} {
				shop := newShop(t, persisted.Options{Manifests: files, Mode: mode})
				params := *c.params
				if document, code, message := shop.ask(c.as, &params); document+code != want {
					t.Errorf("%s: document %q, %s %s", mode, document, code, message)
				}
			}
		})
	}
	t.Run("a text may be trusted that is in no manifest", func(t *testing.T) {
		t.Parallel()
		shop := newShop(t, persisted.Options{Texts: []string{"{ t: hello }"}, Manifests: files, Mode: persisted.Enforce})
		for document, want := range map[string]string{"{ t: hello }": "", hello: "", "{ hello }": "PERSISTED_DOCUMENT_REQUIRED"} {
			if _, code, _ := shop.ask(viewer.Viewer{}, &graphql.RawParams{Query: document}); code != want {
				t.Errorf("%s: %s", document, code)
			}
		}
	})
	t.Run("what a developer had kept is nobody else's", func(t *testing.T) {
		t.Parallel()
		shop := newShop(t, persisted.Options{Manifests: files, Mode: persisted.Enforce})
		hash := map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hashOf("{ hello }")}}
		if _, code, _ := shop.ask(developer(), &graphql.RawParams{Query: "{ hello }", Extensions: hash}); code != "" {
			t.Fatal(code)
		}
		if document, _, _ := shop.ask(developer(), &graphql.RawParams{Extensions: hash}); document != "{ hello }" {
			t.Errorf("the developer is given %q", document)
		}
		if document, code, _ := shop.ask(viewer.Viewer{}, &graphql.RawParams{Extensions: hash}); code != "PERSISTED_DOCUMENT_REQUIRED" {
			t.Errorf("another is given %q, %s", document, code)
		}
	})
	t.Run("what is not trusted is logged once for each document", func(t *testing.T) {
		t.Parallel()
		shop := newShop(t, persisted.Options{Manifests: files, Mode: persisted.Log})
		for range 3 {
			for _, query := range []string{hello, "query Mine { hello }", "query Yours { hello }", "{ nothing }"} {
				shop.ask(viewer.Viewer{}, &graphql.RawParams{Query: query})
			}
		}
		if got := strings.Count(shop.log.String(), "is not trusted"); got != 2 {
			t.Errorf("%d lines:\n%s", got, shop.log)
		}
		if !strings.Contains(shop.log.String(), "operation=Mine sha256="+hashOf("query Mine { hello }")) {
			t.Errorf("logged\n%s", shop.log)
		}
	})
}

func TestATrustedDocumentThatDoesNotFitIsLogged(t *testing.T) {
	t.Parallel()
	shop := newShop(t, persisted.Options{Manifests: []string{manifest(t, `{
		"a": "query Fine($id: ID!) { product(id: $id) }", "b": "query Old { products }", "c": "query {", "d": "query A { hello } query B { hello }"
	}`)}})
	for _, line := range []string{"id=b operation=Old", "id=c operation=\"\"", "documents=4"} {
		if !strings.Contains(shop.log.String(), line) {
			t.Errorf("%s is not in\n%s", line, shop.log)
		}
	}
	if n := strings.Count(shop.log.String(), "does not fit"); n != 2 {
		t.Errorf("%d do not fit:\n%s", n, shop.log)
	}
}

func TestManifestsAreReadAgain(t *testing.T) {
	t.Parallel()
	path := manifest(t, `{"a": "{ hello }"}`)
	shop := newShop(t, persisted.Options{Manifests: []string{path}, Mode: persisted.Enforce})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); shop.Watch(ctx, time.Millisecond) }()
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
	}
	until := func(what string, ok func() bool) {
		t.Helper()
		for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s: never\n%s", what, shop.log)
			}
		}
	}
	runs := func(id string) bool {
		_, code, _ := shop.ask(viewer.Viewer{}, byID(id))
		return code == ""
	}
	if !runs("a") || runs("b") {
		t.Fatal("not as the file says")
	}
	write(`{"b": "{ hello }"}`)
	until("the new document runs", func() bool { return runs("b") })
	if runs("a") {
		t.Error("the old document still runs")
	}
	write(`{"b": "{ hel`)
	until("a broken file is logged", func() bool { return strings.Contains(shop.log.String(), "stay as they were") })
	if !runs("b") {
		t.Error("a broken file took what was")
	}
	write(`{"c": "{ hello }"}`)
	until("the next document runs", func() bool { return runs("c") })
	cancel()
	<-done
	if n := strings.Count(shop.log.String(), "stay as they were"); n != 1 {
		t.Errorf("a broken file was logged %d times", n)
	}
}

// TestAFloodOfHashesLeavesNothing is not parallel, since it reads the size of the heap.
func TestAFloodOfHashesLeavesNothing(t *testing.T) {
	for _, mode := range []persisted.Mode{persisted.Off, persisted.Log} {
		shop := newShop(t, persisted.Options{Manifests: []string{manifest(t, `{}`)}, Mode: mode})
		before := heap()
		for i := range 100_000 {
			params := &graphql.RawParams{Extensions: named(fmt.Sprintf("%064d", i))}
			if i%2 == 0 {
				params = byID(fmt.Sprintf("sha256:%064d", i))
			}
			if _, code, _ := shop.ask(viewer.Viewer{}, params); code != "PERSISTED_QUERY_NOT_FOUND" {
				t.Fatal(code)
			}
		}
		if grown := heap() - before; grown > 1<<20 {
			t.Errorf("%s: 100,000 unknown hashes left %d bytes", mode, grown)
		}
		// Documents that are sound and never the same are kept within bounds.
		before = heap()
		for i := range 20_000 {
			query := fmt.Sprintf("query Q%d { hello } # %s", i, strings.Repeat("x", 1000))
			if _, code, message := shop.ask(viewer.Viewer{}, &graphql.RawParams{Query: query, Extensions: named(hashOf(query))}); code != "" {
				t.Fatal(code, message)
			}
		}
		if grown := heap() - before; grown > 24<<20 {
			t.Errorf("%s: 20,000 documents left %d bytes", mode, grown)
		}
		runtime.KeepAlive(shop)
	}
}

func heap() int {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int(stats.HeapAlloc)
}
