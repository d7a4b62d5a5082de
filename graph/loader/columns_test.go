package loader

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// TestEveryFieldKnowsItsColumns walks the schema: each type with an id is an entity, and each of its
// fields reads a column, is an edge, or stands among those that are computed. At run time a field of
// none of these kinds reads the whole row.
func TestEveryFieldKnowsItsColumns(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../schema/*.graphql")
	if err != nil {
		t.Fatal(err)
	}
	var sources []*ast.Source
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, &ast.Source{Name: file, Input: string(text)})
	}
	s, err := gqlparser.LoadSchema(sources...)
	if err != nil {
		t.Fatal(err)
	}
	for _, typ := range s.PossibleTypes["Node"] {
		i := entityOf(typ.Name)
		if i < 0 {
			t.Errorf("%s is no entity of the loaders", typ.Name)
			continue
		}
		if len(entities[i].columns) >= 64 {
			t.Errorf("%s has more columns than a set has bits", typ.Name)
		}
		for _, f := range typ.Fields {
			if _, known := reads[typ.Name][f.Name]; !known && !leads(f) && !strings.HasPrefix(f.Name, "__") {
				t.Errorf("nobody knows what %s.%s reads: name a column like it, or add it to computed", typ.Name, f.Name)
			}
		}
	}
	for field := range computed {
		typ, name, _ := strings.Cut(field, ".")
		if d := s.Types[typ]; d == nil || d.Fields.ForName(name) == nil {
			t.Errorf("%s is computed, but no field", field)
		}
	}
}

func TestAnUnknownFieldReadsTheWholeRow(t *testing.T) {
	t.Parallel()
	i := entityOf("Product")
	got := readBy(i, &ast.FieldDefinition{Name: "unheardOf", Type: ast.NamedType("String", nil)})
	l := Loaders{columns: &got}
	if names := l.of("products"); len(names) != len(entities[i].columns) {
		t.Errorf("it reads %v", names)
	}
}
