package clientkit

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"golang.org/x/tools/txtar"

	"galley/graph"
)

var update = flag.Bool("update", false, "write the kit of the small schema into its golden file")

// The golden file begins with a small schema, and goes on with the kit that is made of it.
const golden = "testdata/kit.txtar"

func load(t *testing.T, text string) *ast.Schema {
	t.Helper()
	s, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphql", Input: text})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func byName(t *testing.T, files []File, err error) map[string]string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range files {
		all[f.Name] = string(f.Text)
	}
	return all
}

func TestTheKitIsMadeOfTheSchema(t *testing.T) {
	t.Parallel()
	archive, err := txtar.ParseFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	files, err := of(load(t, string(archive.Files[0].Data)))
	if err != nil {
		t.Fatal(err)
	}
	// Most of the introspection is of GraphQL itself: the clients' tests compare it with the schema.
	files = slices.DeleteFunc(files, func(f File) bool { return f.Name == "introspection.json" })
	if *update {
		archive.Files = archive.Files[:1]
		for _, f := range files {
			archive.Files = append(archive.Files, txtar.File{Name: f.Name, Data: f.Text})
		}
		if err := os.WriteFile(golden, txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if len(archive.Files) != len(files)+1 {
		t.Fatalf("the golden file has %d files, the kit %d: go test ./internal/edge/clientkit -update", len(archive.Files)-1, len(files))
	}
	for i, f := range files {
		want := archive.Files[i+1]
		if diff := cmp.Diff(want.Name+"\n"+string(want.Data), f.Name+"\n"+string(f.Text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f.Name, diff)
		}
	}
}

func TestWhatTheKitCannotKnowIsAnError(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, schema, want string }{
		{"a scalar that nobody said anything about", `scalar Colour type Query { x: Colour }`, "Colour"},
		{"an id outside of the interface that caches go by", `interface Node { id: ID! } type Query { x: X } type X { id: ID! }`, "X has an id"},
	} {
		if _, err := of(load(t, c.schema)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestTheShopsKit(t *testing.T) {
	t.Parallel()
	files, err := Files()
	all := byName(t, files, err)
	again, err := Files()
	for name, text := range byName(t, again, err) {
		if all[name] != text {
			t.Errorf("%s is another the second time", name)
		}
	}
	client := load(t, declared(all["schema.graphql"]))
	server := graph.Schema()
	for name, d := range server.Types {
		mine := client.Types[name]
		if mine == nil || len(mine.Fields) != len(d.Fields) || len(mine.EnumValues) != len(d.EnumValues) {
			t.Errorf("%s is another type for clients", name)
		}
	}
	for _, name := range access {
		if client.Directives[name] != nil || strings.Contains(all["schema.graphql"], "@"+name) {
			t.Errorf("clients are told of @%s", name)
		}
		if server.Directives[name] == nil {
			t.Errorf("the server has lost @%s", name)
		}
	}
	var asked struct {
		Schema struct{ Types []struct{ Name string } } `json:"__schema"`
	}
	if err := json.Unmarshal([]byte(all["introspection.json"]), &asked); err != nil || len(asked.Schema.Types) != len(server.Types) {
		t.Errorf("the introspection has %d types, the schema %d: %v", len(asked.Schema.Types), len(server.Types), err)
	}
	for _, name := range []string{"Product", "Order", "Cart"} {
		if !strings.Contains(all["possibleTypes.json"], `"`+name+`"`) || strings.Contains(all["apollo.ts"], "\n  "+name+": value") {
			t.Errorf("%s is not kept by its id", name)
		}
	}
	for _, want := range []string{"\n  Money: value,", "      products: relayStylePagination(['offset','filter','sortKey','reverse']),", "      product: byId('Product'),"} {
		if !strings.Contains(all["apollo.ts"], want) {
			t.Errorf("apollo.ts has no %q", want)
		}
	}
}

// declared takes the declaration of @defer out, which gqlparser has built in.
func declared(sdl string) string {
	i := strings.Index(sdl, "directive @idempotent")
	return sdl[strings.LastIndex(sdl[:i], `"""`+"\nMakes"):]
}

func TestTheKitIsWritten(t *testing.T) {
	t.Parallel()
	directory := filepath.Join(t.TempDir(), "app", "client-kit")
	for range 2 { // the second time over the first
		if err := Write(directory); err != nil {
			t.Fatal(err)
		}
	}
	files, err := Files()
	for name, text := range byName(t, files, err) {
		written, err := os.ReadFile(filepath.Join(directory, name))
		if err != nil || !bytes.Equal(written, []byte(text)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Write(filepath.Join(directory, "schema.graphql")); err == nil {
		t.Error("a file was taken for a directory")
	}
}

func TestTheKitIsServed(t *testing.T) {
	t.Parallel()
	handler := Handler()
	get := func(method, target string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(method, target, nil))
		return w
	}
	index := get(http.MethodGet, "/client-kit/").Body.String()
	files, err := Files()
	for name, text := range byName(t, files, err) {
		if !strings.Contains(index, `href="`+name+`"`) {
			t.Errorf("the index does not link to %s", name)
		}
		w := get(http.MethodGet, "/client-kit/"+name)
		if w.Code != http.StatusOK || w.Body.String() != text {
			t.Errorf("%s: %d, or another text", name, w.Code)
		}
		if kind := w.Header().Get("Content-Type"); strings.Contains(kind, "html") || (filepath.Ext(name) == ".json") != (kind == "application/json") {
			t.Errorf("%s is served as %s", name, kind)
		}
	}
	for _, c := range []struct {
		method, target string
		want           int
	}{
		{http.MethodGet, "/client-kit/none", http.StatusNotFound},
		{http.MethodGet, "/client-kit/..%2fkit.go", http.StatusNotFound},
		{http.MethodPost, "/client-kit/schema.graphql", http.StatusMethodNotAllowed},
	} {
		if got := get(c.method, c.target).Code; got != c.want {
			t.Errorf("%s %s: %d, not %d", c.method, c.target, got, c.want)
		}
	}
}
