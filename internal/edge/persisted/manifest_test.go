package persisted_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"galley/internal/edge/persisted"
	"galley/internal/viewer"
)

func TestManifestsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing":                                ``,
		"a list":                                 `[]`,
		"half of an object":                      `{"a": "{ hel`,
		"an object and more":                     `{} {}`,
		"a document that is no text":             `{"a": {"query": "{ hello }"}}`,
		"a document without an id":               `{"": "{ hello }"}`,
		"an id without a document":               `{"a": ""}`,
		"an endless id":                          `{"` + strings.Repeat("a", 257) + `": "{ hello }"}`,
		"another format":                         `{"format": "other", "version": 1, "operations": []}`,
		"another version":                        `{"format": "apollo-persisted-query-manifest", "version": 2, "operations": []}`,
		"an operation without a body":            `{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "a"}]}`,
		"operations that are none":               `{"format": "apollo-persisted-query-manifest", "version": 1, "operations": {}}`,
		"an id that stands for two, by Apollo's": `{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "a", "body": "{ hello }"}, {"id": "a", "body": "{ a: hello }"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := manifest(t, text)
			if _, err := try(persisted.Options{Manifests: []string{path}}); err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v", err)
			}
		})
	}
	t.Run("a file that is not there", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "none.json")
		if _, err := try(persisted.Options{Manifests: []string{path}}); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("an id that stands for two, in two files", func(t *testing.T) {
		t.Parallel()
		a, b := manifest(t, `{"a": "{ hello }"}`), manifest(t, `{"a": "{ a: hello }"}`)
		if _, err := try(persisted.Options{Manifests: []string{a, b}}); err == nil {
			t.Error("taken")
		}
		if _, err := try(persisted.Options{Manifests: []string{a, a}}); err != nil {
			t.Errorf("the same twice: %v", err)
		}
	})
}

// Whatever a manifest says, it is refused or its documents are found by their ids.
func FuzzManifest(f *testing.F) {
	f.Add(`{"a": "{ hello }"}`)
	f.Add(`{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "a", "body": "{ hello }"}]}`)
	f.Add(`{"format": 1}`)
	f.Fuzz(func(t *testing.T, text string) {
		shop, err := try(persisted.Options{Manifests: []string{manifest(t, text)}, Mode: persisted.Enforce})
		if err != nil {
			return
		}
		shop.ask(viewer.Viewer{}, byID("a"))
		if _, code, _ := shop.ask(viewer.Viewer{}, &graphql.RawParams{Query: text}); code == "" {
			t.Errorf("%q ran as a document", text)
		}
	})
}

// Whatever a request's extensions are, it runs a document that it named rightly, or is refused with a code.
func FuzzExtensions(f *testing.F) {
	f.Add(hello, hashOf(hello), "1", "")
	f.Add("", hashOf(hello), "1", "")
	f.Add("", "", "", "a")
	f.Fuzz(func(t *testing.T, query, hash, version, id string) {
		shop := newShop(t, persisted.Options{})
		extensions := map[string]any{"documentId": id}
		if version != "" {
			extensions["persistedQuery"] = map[string]any{"version": version, "sha256Hash": hash}
		}
		document, code, message := shop.ask(viewer.Viewer{}, &graphql.RawParams{Query: query, Extensions: extensions})
		if code == "" && (document != query || id != "" || version != "" && hash != hashOf(query)) || code != "" && message == "" {
			t.Errorf("%q under %q, version %q, id %q: %q, %s", query, hash, version, id, document, code)
		}
	})
}
