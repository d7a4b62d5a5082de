package clientkit

import (
	"bytes"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
)

// access are the directives that are the server's business: who may see what may change without breaking a client.
var access = []string{"public", "identified", "permission"}

// contract is the schema as clients see it: without access rules, and with @defer declared as Galley's own. The schema given is
// left as it is.
func contract(server *ast.Schema) *ast.Schema {
	s := *server
	s.Types = make(map[string]*ast.Definition, len(server.Types))
	for name, d := range server.Types {
		s.Types[name] = bare(d)
	}
	s.Query, s.Mutation, s.Subscription = rename(&s, server.Query), rename(&s, server.Mutation), rename(&s, server.Subscription)
	s.PossibleTypes = sorted(&s, server.PossibleTypes)
	s.Implements = sorted(&s, server.Implements)
	s.Directives = make(map[string]*ast.DirectiveDefinition, len(server.Directives))
	for name, d := range server.Directives {
		if !slices.Contains(access, name) {
			s.Directives[name] = d
		}
	}
	if d := s.Directives["defer"]; d != nil {
		s.Directives["defer"] = deferral(d)
	}
	return &s
}

func rename(s *ast.Schema, root *ast.Definition) *ast.Definition {
	if root == nil {
		return nil
	}
	return s.Types[root.Name]
}

// sorted is what a schema knows of its types, in their order.
func sorted(s *ast.Schema, known map[string][]*ast.Definition) map[string][]*ast.Definition {
	all := make(map[string][]*ast.Definition, len(known))
	for name, definitions := range known {
		for _, d := range definitions {
			all[name] = append(all[name], s.Types[d.Name])
		}
		slices.SortFunc(all[name], func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
	}
	return all
}

// bare is a definition without access rules.
func bare(d *ast.Definition) *ast.Definition {
	copied := *d
	copied.Directives = withoutAccess(d.Directives)
	copied.Fields = make(ast.FieldList, len(d.Fields))
	for i, f := range d.Fields {
		field := *f
		field.Directives = withoutAccess(f.Directives)
		copied.Fields[i] = &field
	}
	return &copied
}

func withoutAccess(directives ast.DirectiveList) ast.DirectiveList {
	return slices.DeleteFunc(slices.Clone(directives), func(d *ast.Directive) bool { return slices.Contains(access, d.Name) })
}

// deferral is @defer as the draft of incremental delivery has it: without null for `if`, which clients' compilers refuse too.
func deferral(d *ast.DirectiveDefinition) *ast.DirectiveDefinition {
	copied := *d
	copied.Description = "The fragment may come later than the rest. For clients that take a stream; others get it at once."
	copied.Position = &ast.Position{Src: &ast.Source{Name: "defer"}} // not built in
	copied.Arguments = ast.ArgumentDefinitionList{
		{Name: "if", Description: "Whether it may.", Type: ast.NonNullNamedType("Boolean", nil), DefaultValue: &ast.Value{Raw: "true", Kind: ast.BooleanValue}},
		{Name: "label", Description: "By which the client knows it again.", Type: ast.NamedType("String", nil)},
	}
	return &copied
}

// sdl prints a schema.
func sdl(s *ast.Schema) []byte {
	var b bytes.Buffer
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchema(s)
	return b.Bytes()
}
