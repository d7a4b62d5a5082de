package graph_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"galley/graph"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/viewer"
)

// hostile are texts that somebody sends who means no good.
var hostile = []string{
	"null\x00byte",
	strings.Repeat("long ", 20_000),
	"\u0301",
	"",
	`'; DROP TABLE users; --" OR 1=1`,
	"а\u200b\u202e\ufeff\u0130＠店🛒",
	"%_\\\n\r\t\x7f{}$1<script>",
}

// numbers are hostile too, where a number is asked for.
var numbers = []json.Number{"-2147483648", "2147483647", "-1", "99999999999"}

// TestHostileTextInEveryArgument sends hostile text in each argument of each operation there is, alone and with all
// others. Each answer is coded, and tells nothing of the inside.
func TestHostileTextInEveryArgument(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := newLasting(t, engine, func(*graphtest.Shop) {})
			s := graph.Schema()
			sent := 0
			for _, root := range []*ast.Definition{s.Query, s.Mutation} {
				for _, f := range ownFields(root) {
					op := operations()[f.Name]
					as := shop.Rows.Viewer("ada")
					if f.Directives.ForName("permission") != nil {
						as = shop.Rows.Viewer("staff")
					}
					id := shop.Rows.Orders["A1"].NodeID().String()
					if op.own != nil {
						id = op.own(shop.Rows).String()
					}
					for i, text := range hostile {
						m := &malice{text: text, id: id}
						for k, arguments := range m.of(f.Arguments) {
							if k == 0 || i < 3 { // alone, a few are enough
								shop.hostile(t, as, root, f, arguments)
								sent++
							}
						}
					}
					for odd, values := range oddities(engine) {
						for _, value := range values {
							m := &malice{text: "text", id: id, odd: odd, value: value}
							for _, arguments := range m.of(f.Arguments) {
								if m.used {
									shop.hostile(t, as, root, f, arguments)
									sent++
								}
							}
						}
					}
				}
			}
			t.Logf("%d operations", sent)
		})
	}
}

// hostile sends an operation, and checks its answer.
func (l *lasting) hostile(t *testing.T, as viewer.Viewer, root *ast.Definition, f *ast.FieldDefinition, arguments map[string]any) {
	t.Helper()
	var declared, passed []string
	for _, a := range f.Arguments {
		if _, given := arguments[a.Name]; given {
			declared = append(declared, "$"+a.Name+": "+a.Type.String())
			passed = append(passed, a.Name+": $"+a.Name)
		}
	}
	field := f.Name
	if len(passed) > 0 {
		field += "(" + strings.Join(passed, ", ") + ")"
	}
	if composite(f) {
		field += " { " + selection(graph.Schema().Types[f.Type.Name()], 1) + " }"
	}
	document := strings.ToLower(root.Name)
	if len(declared) > 0 {
		document += "(" + strings.Join(declared, ", ") + ")"
	}
	answer := l.Send(t, viewer.With(t.Context(), as), &graphql.RawParams{Query: document + " { f: " + field + " }", Variables: arguments})
	l.restore(t)
	told := answer.Errors
	var data struct {
		F struct{ UserErrors []graphtest.Error }
	}
	_ = json.Unmarshal(answer.Data, &data) // lists have none
	told = append(told, data.F.UserErrors...)
	for _, e := range told {
		if e.Code() == "INTERNAL_SERVER_ERROR" || graphtest.Inside.MatchString(e.Message) || len(e.Message) > 300 {
			t.Errorf("%s %.200q: %s %.300s", f.Name, fmt.Sprint(arguments), e.Code(), e.Message)
		}
	}
}

// oddities are what is sent for scalars that are no text. All but numbers are refused before any statement.
func oddities(engine databasetest.Engine) map[string][]any {
	odd := map[string][]any{}
	for _, n := range numbers {
		odd["Int"] = append(odd["Int"], n)
	}
	if engine == databasetest.SQLite {
		for _, scalar := range []string{"ID", "Decimal", "DateTime"} {
			odd[scalar] = []any{hostile[0], hostile[1]}
		}
	}
	return odd
}

// malice makes arguments of hostile text, or of something odd for one scalar.
type malice struct {
	text, id string
	odd      string
	value    any
	used     bool
}

// of makes arguments, or the fields of an input: the required ones with each optional one, and all together.
func (m *malice) of(list ast.ArgumentDefinitionList) []map[string]any {
	all, required := map[string]any{}, map[string]any{}
	var optional []string
	for _, a := range list {
		inputs := m.values(a.Type)
		if a.Type.NonNull && a.DefaultValue == nil {
			required[a.Name] = inputs[0]
		} else {
			optional = append(optional, a.Name)
		}
		all[a.Name] = inputs[0]
	}
	made := []map[string]any{all}
	for _, name := range optional {
		one := map[string]any{name: all[name]}
		for k, v := range required {
			one[k] = v
		}
		made = append(made, one)
	}
	for _, a := range list {
		for _, v := range m.values(a.Type)[1:] { // an input with one of its optional fields
			one := map[string]any{a.Name: v}
			for k, v := range required {
				if k != a.Name {
					one[k] = v
				}
			}
			made = append(made, one)
		}
	}
	return made
}

// values are what is sent for a type: one, or, of an input, several.
func (m *malice) values(typ *ast.Type) []any {
	if typ.Elem != nil {
		values := m.values(typ.Elem)
		for i := range values {
			values[i] = []any{values[i]}
		}
		return values
	}
	d := graph.Schema().Types[typ.Name()]
	switch {
	case d.Kind == ast.Enum:
		return []any{d.EnumValues[0].Name}
	case d.Kind == ast.InputObject:
		var list ast.ArgumentDefinitionList
		for _, f := range d.Fields {
			list = append(list, &ast.ArgumentDefinition{Name: f.Name, Type: f.Type, DefaultValue: f.DefaultValue})
		}
		var values []any
		for _, fields := range m.of(list) {
			values = append(values, fields)
		}
		return values
	case d.Name == "String":
		return []any{m.text}
	case d.Name == "Upload":
		return []any{upload()}
	case d.Name == m.odd:
		m.used = true
		return []any{m.value}
	}
	return map[string][]any{
		"ID": {m.id}, "Int": {json.Number("1")}, "Boolean": {true}, "Decimal": {"1.00"}, "DateTime": {"2026-03-01T09:00:00Z"},
	}[d.Name]
}
