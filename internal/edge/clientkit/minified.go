package clientkit

import "github.com/vektah/gqlparser/v2/ast"

// The schema as small as Graphcache takes it: the shape of @urql/introspection's minifyIntrospectionQuery, which the clients'
// tests compare it with. Scalars, enums and inputs are one scalar, which stands for anything.

type minifiedSchema struct {
	Schema struct {
		Query        *minifiedRoot  `json:"queryType"`
		Mutation     *minifiedRoot  `json:"mutationType"`
		Subscription *minifiedRoot  `json:"subscriptionType"`
		Types        []minifiedType `json:"types"`
		Directives   []struct{}     `json:"directives"`
	} `json:"__schema"`
}

type minifiedRoot struct {
	Name string `json:"name"`
}

type minifiedType struct {
	Kind          string              `json:"kind"`
	Name          string              `json:"name"`
	Fields        []minifiedField     `json:"fields,omitempty"`
	Interfaces    []minifiedReference `json:"interfaces,omitzero"`
	PossibleTypes []minifiedReference `json:"possibleTypes,omitempty"`
}

type minifiedField struct {
	Name string             `json:"name"`
	Type minifiedReference  `json:"type"`
	Args []minifiedArgument `json:"args"`
}

type minifiedArgument struct {
	Name string            `json:"name"`
	Type minifiedReference `json:"type"`
}

type minifiedReference struct {
	Kind   string             `json:"kind"`
	Name   string             `json:"name,omitempty"`
	OfType *minifiedReference `json:"ofType,omitempty"`
}

func minified(s *ast.Schema) minifiedSchema {
	var m minifiedSchema
	root := func(d *ast.Definition) *minifiedRoot {
		if d == nil {
			return nil
		}
		return &minifiedRoot{d.Name}
	}
	m.Schema.Query, m.Schema.Mutation, m.Schema.Subscription = root(s.Query), root(s.Mutation), root(s.Subscription)
	m.Schema.Directives = []struct{}{}
	for _, d := range own(s) {
		if d.IsCompositeType() {
			m.Schema.Types = append(m.Schema.Types, minifiedDefinition(s, d))
		}
	}
	m.Schema.Types = append(m.Schema.Types, minifiedType{Kind: string(ast.Scalar), Name: anything.Name})
	return m
}

var anything = minifiedReference{Kind: string(ast.Scalar), Name: "Any"}

func minifiedDefinition(s *ast.Schema, d *ast.Definition) minifiedType {
	m := minifiedType{Kind: string(d.Kind), Name: d.Name}
	if d.Kind != ast.Union {
		m.Interfaces = []minifiedReference{}
	}
	for _, name := range d.Interfaces {
		m.Interfaces = append(m.Interfaces, minifiedReference{Kind: string(ast.Interface), Name: name})
	}
	for _, f := range fields(d) {
		field := minifiedField{Name: f.Name, Type: reference(s, f.Type), Args: []minifiedArgument{}}
		for _, a := range f.Arguments {
			field.Args = append(field.Args, minifiedArgument{a.Name, reference(s, a.Type)})
		}
		m.Fields = append(m.Fields, field)
	}
	if d.IsAbstractType() {
		for _, possible := range s.GetPossibleTypes(d) {
			m.PossibleTypes = append(m.PossibleTypes, minifiedReference{Kind: string(possible.Kind), Name: possible.Name})
		}
	}
	return m
}

func reference(s *ast.Schema, t *ast.Type) minifiedReference {
	switch {
	case t.NonNull:
		nullable := *t
		nullable.NonNull = false
		inner := reference(s, &nullable)
		return minifiedReference{Kind: "NON_NULL", OfType: &inner}
	case t.Elem != nil:
		inner := reference(s, t.Elem)
		return minifiedReference{Kind: "LIST", OfType: &inner}
	}
	d := s.Types[t.Name()]
	if !d.IsCompositeType() {
		return anything
	}
	return minifiedReference{Kind: string(d.Kind), Name: d.Name}
}
