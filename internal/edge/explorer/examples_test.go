package explorer_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"galley/internal/edge/explorer"
)

func TestExamples(t *testing.T) {
	t.Parallel()
	schema := loadSchema(t)
	titles := map[string]string{}
	for _, example := range explorer.Examples() {
		t.Run(example.Name, func(t *testing.T) {
			document, err := gqlparser.LoadQueryWithRules(schema, example.Query, rules.NewDefaultRules())
			if err != nil {
				t.Fatalf("the document does not fit the schema: %v", err)
			}
			if len(document.Operations) != 1 || document.Operations[0].Name == "" {
				t.Fatal("an example is one operation, whose name becomes the title of its tab")
			}
			operation := document.Operations[0]
			if other, taken := titles[operation.Name]; taken {
				t.Errorf("%q has the same title, %s", other, operation.Name)
			}
			titles[operation.Name] = example.Name
			if !strings.HasPrefix(example.Query, "# ") {
				t.Error("no comment at the beginning says what it shows")
			}
			checkVariables(t, schema, operation, example.Variables)
			checkHeaders(t, example.Headers)
		})
	}

	t.Run("there is one for each part of the shop", func(t *testing.T) {
		if len(titles) < 10 {
			t.Errorf("only %d examples: %v", len(titles), titles)
		}
	})

	t.Run("the page fetches all of them", func(t *testing.T) {
		var served []explorer.Example
		if err := json.Unmarshal([]byte(plain(t, "/playground/examples.json")), &served); err != nil {
			t.Fatal(err)
		}
		for i, example := range explorer.Examples() {
			if i >= len(served) || served[i] != example {
				t.Fatalf("%q is not served as it is", example.Name)
			}
		}
		w := request(t, http.MethodGet, "/playground/examples.json", nil)
		if got := w.Header().Get("Content-Type"); got != "application/json" {
			t.Errorf("Content-Type %q", got)
		}
	})

	t.Run("every file belongs to an example", func(t *testing.T) {
		paths, err := filepath.Glob("examples/*")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			stem, _, _ := strings.Cut(path, ".")
			if _, err := os.Stat(stem + ".graphql"); err != nil {
				t.Errorf("%s has no document beside it", path)
			}
		}
	})
}

// loadSchema reads the contract that the examples have to fit.
func loadSchema(t *testing.T) *ast.Schema {
	t.Helper()
	paths, err := filepath.Glob("../../../schema/*.graphql")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no schema found: %v", err)
	}
	var sources []*ast.Source
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, &ast.Source{Name: path, Input: string(text)})
	}
	schema, err := gqlparser.LoadSchema(sources...)
	if err != nil {
		t.Fatalf("load the schema: %v", err)
	}
	return schema
}

// checkVariables lets the values be coerced, and each belong to the operation.
func checkVariables(t *testing.T, schema *ast.Schema, operation *ast.OperationDefinition, text string) {
	t.Helper()
	values := map[string]any{}
	if text != "" {
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(&values); err != nil {
			t.Fatalf("the variables are not a JSON object: %v", err)
		}
	}
	if _, err := validator.VariableValues(schema, operation, values); err != nil {
		t.Errorf("the variables do not fit the document: %v", err)
	}
	for name := range values {
		if operation.VariableDefinitions.ForName(name) == nil {
			t.Errorf("the document does not declare $%s", name)
		}
	}
}

// checkHeaders lets the headers be an object of texts that a browser sends.
func checkHeaders(t *testing.T, text string) {
	t.Helper()
	if text == "" {
		return
	}
	var headers map[string]string
	if err := json.Unmarshal([]byte(text), &headers); err != nil {
		t.Fatalf("the headers are not a JSON object of texts: %v", err)
	}
	for name, value := range headers {
		for _, c := range value {
			if c < ' ' || c > '~' {
				t.Errorf("header %s: a browser refuses %q", name, c)
			}
		}
	}
}
