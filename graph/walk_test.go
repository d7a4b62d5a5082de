package graph_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"galley/graph"
	"galley/graph/graphtest"
)

// nodeTypes are the types of the schema that have an id.
func nodeTypes() []*ast.Definition {
	s := graph.Schema()
	types := slices.Clone(s.PossibleTypes["Node"])
	slices.SortFunc(types, func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
	return types
}

// ownFields are a type's fields without the specification's.
func ownFields(d *ast.Definition) ast.FieldList {
	return slices.DeleteFunc(slices.Clone(d.Fields), func(f *ast.FieldDefinition) bool { return strings.HasPrefix(f.Name, "__") })
}

func composite(f *ast.FieldDefinition) bool {
	d := graph.Schema().Types[f.Type.Name()]
	return d.Kind == ast.Object || d.Kind == ast.Interface
}

// needsArguments tells whether a field cannot be asked for without arguments.
func needsArguments(f *ast.FieldDefinition) bool {
	return slices.ContainsFunc(f.Arguments, func(a *ast.ArgumentDefinition) bool { return a.Type.NonNull && a.DefaultValue == nil })
}

// selection writes all fields of a type to a depth, those that need arguments left out. Each field
// has an alias of its own, so that fields of different types do not get into each other's way.
func selection(d *ast.Definition, depth int) string {
	var b strings.Builder
	b.WriteString("__typename ")
	for _, f := range ownFields(d) {
		switch {
		case needsArguments(f):
		case !composite(f):
			fmt.Fprintf(&b, "%s ", f.Name)
		case depth > 0:
			fmt.Fprintf(&b, "%s { %s } ", f.Name, selection(graph.Schema().Types[f.Type.Name()], depth-1))
		}
	}
	return b.String()
}

// small writes the least that may be selected of a field.
func small(f *ast.FieldDefinition) string {
	if !composite(f) {
		return f.Name
	}
	if strings.HasSuffix(f.Type.Name(), "Connection") {
		return f.Name + " { totalCount pageInfo { hasNextPage } nodes { __typename } }"
	}
	return f.Name + " { __typename }"
}

// upload is a picture as the multipart transport hands it over.
func upload() graphql.Upload {
	data := graphtest.PNG()
	return graphql.Upload{File: bytes.NewReader(data), Filename: "picture.png", Size: int64(len(data)), ContentType: "image/png"}
}
