package clientkit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// facts are what the templates say of a schema, each list in the order of names.
type facts struct {
	Interfaces  map[string][]string // and unions: their object types
	Identified  []string            // object types whose `id` is an ID: kept in caches by it
	Interface   string              // that all of Identified implement
	Values      []string            // object types without: they are a part of whatever holds them
	Connections []paged             // by type and field
	Lookups     []lookup
	Scalars     []scalar
	Errors      codes
}

// paged are the connections of one type.
type paged struct {
	Type   string
	Fields []connection
}

// connection is a field that gives pages: pages with other arguments are of another list.
type connection struct {
	Name      string
	Arguments []string
}

// lookup is a query that finds an object by its id, which a cache may know.
type lookup struct {
	Field, Type string
	Only        bool // it has no other way to find it
}

type scalar struct{ Name, TypeScript string }

// typeScript is what the schema's scalars are in JSON.
var typeScript = map[string]string{
	"DateTime": "string", "Decimal": "string", "JSON": "unknown", "Upload": "Blob",
}

func factsOf(s *ast.Schema) (facts, error) {
	f := facts{Interfaces: possibleTypes(s), Interface: "Node", Errors: errorCodes(s)}
	for _, d := range own(s) {
		switch {
		case d.Kind == ast.Scalar && typeScript[d.Name] == "":
			return f, fmt.Errorf("typeScript does not say what the scalar %s is in JSON", d.Name)
		case d.Kind == ast.Scalar:
			f.Scalars = append(f.Scalars, scalar{d.Name, typeScript[d.Name]})
		case d.Kind != ast.Object:
		case identified(d) && !slices.Contains(d.Interfaces, f.Interface):
			return f, fmt.Errorf("%s has an id and is no %s", d.Name, f.Interface)
		case identified(d):
			f.Identified = append(f.Identified, d.Name)
		case !isRoot(s, d):
			f.Values = append(f.Values, d.Name)
		}
		if p := connectionsOf(d); len(p.Fields) > 0 {
			f.Connections = append(f.Connections, p)
		}
	}
	f.Lookups = lookups(s)
	return f, nil
}

// own are the schema's definitions without those of GraphQL itself.
func own(s *ast.Schema) []*ast.Definition {
	var all []*ast.Definition
	for _, name := range slices.Sorted(maps.Keys(s.Types)) {
		if d := s.Types[name]; !d.BuiltIn {
			all = append(all, d)
		}
	}
	return all
}

// fields are a definition's without those of GraphQL itself.
func fields(d *ast.Definition) ast.FieldList {
	return slices.DeleteFunc(slices.Clone(d.Fields), func(f *ast.FieldDefinition) bool { return strings.HasPrefix(f.Name, "__") })
}

func isRoot(s *ast.Schema, d *ast.Definition) bool {
	return d == s.Query || d == s.Mutation || d == s.Subscription
}

func identified(d *ast.Definition) bool {
	id := d.Fields.ForName("id")
	return d.Kind == ast.Object && id != nil && id.Type.String() == "ID!"
}

func possibleTypes(s *ast.Schema) map[string][]string {
	all := map[string][]string{}
	for _, d := range own(s) {
		if d.IsAbstractType() {
			for _, member := range s.GetPossibleTypes(d) {
				all[d.Name] = append(all[d.Name], member.Name)
			}
		}
	}
	return all
}

// paging are the arguments of a connection that choose the page; with `offset` a page stands alone, for it is numbered.
var paging = []string{"first", "after", "last", "before"}

func connectionsOf(d *ast.Definition) paged {
	p := paged{Type: d.Name}
	for _, f := range fields(d) {
		if d.Kind != ast.Object || !strings.HasSuffix(f.Type.Name(), "Connection") {
			continue
		}
		c := connection{Name: f.Name, Arguments: []string{}}
		for _, a := range f.Arguments {
			if !slices.Contains(paging, a.Name) {
				c.Arguments = append(c.Arguments, a.Name)
			}
		}
		p.Fields = append(p.Fields, c)
	}
	return p
}

func lookups(s *ast.Schema) []lookup {
	var all []lookup
	for _, f := range fields(s.Query) {
		id, found := f.Arguments.ForName("id"), s.Types[f.Type.Name()]
		if id != nil && id.Type.Name() == "ID" && f.Type.Elem == nil && identified(found) {
			all = append(all, lookup{f.Name, found.Name, id.Type.NonNull})
		}
	}
	slices.SortFunc(all, func(a, b lookup) int { return strings.Compare(a.Field, b.Field) })
	return all
}
