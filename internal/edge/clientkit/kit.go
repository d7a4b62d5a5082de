// Package clientkit makes what a client's build needs of the shop: its schema, and configurations of the clients that people
// use. All of it is derived from the schema, so that nothing has to be kept up by hand.
package clientkit

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/vektah/gqlparser/v2/ast"

	"galley/graph"
)

// File is a file of the kit.
type File struct {
	Name  string
	About string // a sentence for people
	Text  []byte
}

//go:embed templates
var sources embed.FS

// abouts are the files in the order in which people are told of them. Those that Galley does not write itself are templates.
var abouts = []struct{ name, about string }{
	{"schema.graphql", "The schema as one document, with @defer, for every compiler and editor."},
	{"introspection.json", "The same as the answer to an introspection query, for tools that want that."},
	{"possibleTypes.json", "The object types of each interface and union, for Apollo Client and others."},
	{"error-codes.json", "All error codes and what they mean."},
	{"error-codes.ts", "The same for TypeScript."},
	{"codegen.ts", "A configuration of GraphQL Code Generator: typed documents, and a manifest of them."},
	{"apollo.ts", "Cache options of Apollo Client 4."},
	{"graphcache.ts", "Options of urql's Graphcache."},
	{"graphcache.schema.json", "The schema for Graphcache, as small as it takes it."},
	{"relay.config.json", "A configuration of the Relay compiler."},
	{"extra.graphqls", "Cache keys for Apollo Kotlin and Apollo iOS."},
	{"apollo-codegen-config.json", "A configuration of Apollo iOS's code generation."},
}

// Files makes the kit of the shop's schema.
func Files() ([]File, error) { return of(graph.Schema()) }

func of(schema *ast.Schema) ([]File, error) {
	schema = contract(schema)
	made := map[string]func() ([]byte, error){
		"schema.graphql":         func() ([]byte, error) { return sdl(schema), nil },
		"introspection.json":     func() ([]byte, error) { return introspection(schema) },
		"possibleTypes.json":     func() ([]byte, error) { return layOut(possibleTypes(schema)) },
		"error-codes.json":       func() ([]byte, error) { return layOut(errorCodes(schema)) },
		"graphcache.schema.json": func() ([]byte, error) { return onOneLine(minified(schema)) },
	}
	facts, err := factsOf(schema)
	if err != nil {
		return nil, fmt.Errorf("make client kit: %w", err)
	}
	templates, err := template.New("").Funcs(template.FuncMap{"js": js, "lowered": lowered}).ParseFS(sources, "templates/*")
	if err != nil {
		return nil, fmt.Errorf("make client kit: %w", err)
	}
	files := make([]File, 0, len(abouts))
	for _, a := range abouts {
		f := File{Name: a.name, About: a.about}
		if produce, ok := made[a.name]; ok {
			f.Text, err = produce()
		} else {
			var text bytes.Buffer
			err = templates.ExecuteTemplate(&text, a.name, facts)
			f.Text = text.Bytes()
		}
		if err != nil {
			return nil, fmt.Errorf("make client kit: %s: %w", a.name, err)
		}
		files = append(files, f)
	}
	return files, nil
}

// Write puts the kit into a directory, which is made where there is none. Files of other names stay.
func Write(directory string) error {
	files, err := Files()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(directory, 0o755); err != nil { //nolint:gosec // it is for a repository, to be read by all
		return fmt.Errorf("write client kit: %w", err)
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(directory, f.Name), f.Text, 0o644); err != nil { //nolint:gosec // the same
			return fmt.Errorf("write client kit: %w", err)
		}
	}
	return nil
}

func introspection(schema *ast.Schema) ([]byte, error) {
	answer, err := graph.Introspect(schema)
	if err != nil {
		return nil, err
	}
	return layOut(answer)
}

// layOut writes JSON for people and for git.
func layOut(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// onOneLine writes JSON for browsers to load.
func onOneLine(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	return append(text, '\n'), err
}

// js writes a value as JavaScript does on one line, with single quotes: names hold nothing to escape.
func js(v any) (string, error) {
	text, err := json.Marshal(v)
	return string(bytes.ReplaceAll(text, []byte(`"`), []byte(`'`))), err
}

// lowered is a type's name as the name of a value: CartErrorCode, cartErrorCode.
func lowered(name string) string { return strings.ToLower(name[:1]) + name[1:] }
