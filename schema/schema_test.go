package schema_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/viewer"
	"galley/schema"
)

func load(t *testing.T) *ast.Schema {
	t.Helper()
	s, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphql", Input: schema.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// own are the schema's types without the specification's.
func own(s *ast.Schema) []*ast.Definition {
	var all []*ast.Definition
	for _, d := range s.Types {
		if !d.BuiltIn && !strings.HasPrefix(d.Name, "__") {
			all = append(all, d)
		}
	}
	return all
}

func fields(d *ast.Definition) ast.FieldList {
	return slices.DeleteFunc(slices.Clone(d.Fields), func(f *ast.FieldDefinition) bool { return strings.HasPrefix(f.Name, "__") })
}

func TestEverythingIsDescribed(t *testing.T) {
	t.Parallel()
	s := load(t)
	say := func(description, what string) {
		if len(strings.TrimSpace(description)) < 3 {
			t.Errorf("%s has no description", what)
		}
	}
	for _, d := range own(s) {
		say(d.Description, d.Name)
		for _, f := range fields(d) {
			say(f.Description, d.Name+"."+f.Name)
			for _, a := range f.Arguments {
				say(a.Description, d.Name+"."+f.Name+"("+a.Name+":)")
			}
		}
		for _, v := range d.EnumValues {
			say(v.Description, d.Name+"."+v.Name)
		}
	}
	for _, d := range s.Directives {
		if d.Position.Src.BuiltIn {
			continue
		}
		say(d.Description, "@"+d.Name)
		for _, a := range d.Arguments {
			say(a.Description, "@"+d.Name+"("+a.Name+":)")
		}
	}
}

// Connections, edges, PageInfo and the payloads of mutations are seen by who may ask for the field
// that returns them.
func exempt(name string) bool {
	return name == "PageInfo" || strings.HasSuffix(name, "Connection") || strings.HasSuffix(name, "Edge") || strings.HasSuffix(name, "Payload")
}

func TestEveryFieldHasOneAccessRule(t *testing.T) {
	t.Parallel()
	rules := func(list ast.DirectiveList) int {
		n := 0
		for _, name := range []string{"public", "identified", "permission"} {
			n += len(list.ForNames(name))
		}
		return n
	}
	for _, d := range own(load(t)) {
		if d.Kind != ast.Object || exempt(d.Name) {
			continue
		}
		if rules(d.Directives) > 1 {
			t.Errorf("%s has more than one access rule", d.Name)
		}
		for _, f := range fields(d) {
			switch n := rules(f.Directives); {
			case n > 1:
				t.Errorf("%s.%s has more than one access rule", d.Name, f.Name)
			case n == 0 && rules(d.Directives) == 0:
				t.Errorf("%s.%s has no access rule", d.Name, f.Name)
			}
		}
	}
}

func TestMutationsAreOfOneShape(t *testing.T) {
	t.Parallel()
	s := load(t)
	for _, f := range fields(s.Mutation) {
		if len(f.Arguments) > 1 || len(f.Arguments) == 1 && f.Arguments[0].Name != "input" {
			t.Errorf("%s takes other arguments than one input", f.Name)
		}
		payload := s.Types[f.Type.Name()]
		if !f.Type.NonNull || !strings.HasSuffix(payload.Name, "Payload") {
			t.Errorf("%s returns %s, not a payload", f.Name, f.Type)
			continue
		}
		errs := payload.Fields.ForName("userErrors")
		if errs == nil {
			t.Errorf("%s has no userErrors", payload.Name)
			continue
		}
		userError := s.Types[errs.Type.Name()]
		if errs.Type.String() != "["+userError.Name+"!]!" || !strings.HasSuffix(userError.Name, "UserError") {
			t.Errorf("%s.userErrors is %s", payload.Name, errs.Type)
		}
		for field, typ := range map[string]string{"field": "[String!]", "message": "String!", "code": strings.TrimSuffix(userError.Name, "UserError") + "ErrorCode!"} {
			if f := userError.Fields.ForName(field); f == nil || f.Type.String() != typ {
				t.Errorf("%s.%s is not %s", userError.Name, field, typ)
			}
		}
	}
}

func TestConnectionsAreOfOneShape(t *testing.T) {
	t.Parallel()
	s := load(t)
	for _, d := range own(s) {
		for _, f := range fields(d) {
			if !strings.HasSuffix(f.Type.Name(), "Connection") {
				continue
			}
			for name, typ := range map[string]string{"first": "Int", "after": "String", "last": "Int", "before": "String", "offset": "Int"} {
				if a := f.Arguments.ForName(name); a == nil || a.Type.String() != typ {
					t.Errorf("%s.%s does not take %s: %s", d.Name, f.Name, name, typ)
				}
			}
		}
		name, ok := strings.CutSuffix(d.Name, "Connection")
		if !ok {
			continue
		}
		for field, typ := range map[string]string{
			"nodes": "[" + name + "!]!", "edges": "[" + name + "Edge!]!", "pageInfo": "PageInfo!", "totalCount": "Int!",
		} {
			if f := d.Fields.ForName(field); f == nil || f.Type.String() != typ {
				t.Errorf("%s.%s is not %s", d.Name, field, typ)
			}
		}
	}
}

func TestEnumsAreThoseOfTheShop(t *testing.T) {
	t.Parallel()
	s := load(t)
	same(t, s, "ErrorCode", fault.Codes())
	same(t, s, "Permission", viewer.Permissions())
	same(t, s, "CurrencyCode", money.Currencies())
}

func same[T ~string](t *testing.T, s *ast.Schema, enum string, values []T) {
	t.Helper()
	var sdl []T
	for _, v := range s.Types[enum].EnumValues {
		sdl = append(sdl, T(v.Name))
	}
	if !slices.Equal(sdl, values) {
		t.Errorf("%s is %v in the SDL and %v in Go", enum, sdl, values)
	}
}
