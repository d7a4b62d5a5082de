package incremental

import (
	"slices"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Whole takes @defer out of an operation, so that it gives one complete answer.
func Whole(opCtx *graphql.OperationContext) {
	r := rewriter{directives: func(directives ast.DirectiveList) ast.DirectiveList {
		return slices.DeleteFunc(slices.Clone(directives), func(d *ast.Directive) bool { return d.Name == "defer" })
	}}
	r.rewrite(opCtx)
}

// typeAlias is the response key of the types that rewriting asks for: no client can choose it.
const typeAlias = " type"

// number gives each @defer of an operation a label of its own, and asks each object whose type the schema leaves open
// for it.
func number(opCtx *graphql.OperationContext, schema *ast.Schema) {
	n := 0
	r := rewriter{
		directives: func(directives ast.DirectiveList) ast.DirectiveList {
			i := slices.IndexFunc(directives, func(d *ast.Directive) bool { return d.Name == "defer" })
			if i < 0 {
				return directives
			}
			n++
			numbered := *directives[i]
			numbered.Arguments = append(
				slices.DeleteFunc(slices.Clone(numbered.Arguments), func(a *ast.Argument) bool { return a.Name == "label" }),
				&ast.Argument{Name: "label", Value: &ast.Value{Raw: strconv.Itoa(n), Kind: ast.StringValue}},
			)
			directives = slices.Clone(directives)
			directives[i] = &numbered
			return directives
		},
		field: func(f *ast.Field) {
			if of := schema.Types[f.Definition.Type.Name()]; of != nil && of.IsAbstractType() {
				f.SelectionSet = append(f.SelectionSet, &ast.Field{
					Alias: typeAlias, Name: "__typename", ObjectDefinition: of,
					Definition: &ast.FieldDefinition{Name: "__typename", Type: ast.NonNullNamedType("String", nil)},
				})
			}
		},
	}
	r.rewrite(opCtx)
}

// rewriter copies an operation with changes: its document is shared with other requests, through the executor's cache.
type rewriter struct {
	directives func(ast.DirectiveList) ast.DirectiveList // of fragments
	field      func(*ast.Field)
}

func (r rewriter) rewrite(opCtx *graphql.OperationContext) {
	doc := &ast.QueryDocument{Operations: opCtx.Doc.Operations, Position: opCtx.Doc.Position}
	copies := make(map[*ast.FragmentDefinition]*ast.FragmentDefinition, len(opCtx.Doc.Fragments))
	for _, fragment := range opCtx.Doc.Fragments {
		copied := *fragment
		copies[fragment] = &copied
		doc.Fragments = append(doc.Fragments, &copied)
	}
	for _, fragment := range doc.Fragments {
		fragment.SelectionSet = r.selections(fragment.SelectionSet, copies)
	}
	operation := *opCtx.Operation
	operation.SelectionSet = r.selections(operation.SelectionSet, copies)
	opCtx.Doc, opCtx.Operation = doc, &operation
}

func (r rewriter) selections(set ast.SelectionSet, fragments map[*ast.FragmentDefinition]*ast.FragmentDefinition) ast.SelectionSet {
	copies := make(ast.SelectionSet, len(set))
	for i, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			copied := *selection
			if len(copied.SelectionSet) > 0 {
				copied.SelectionSet = r.selections(selection.SelectionSet, fragments)
				if r.field != nil {
					r.field(&copied)
				}
			}
			copies[i] = &copied
		case *ast.InlineFragment:
			copied := *selection
			copied.Directives = r.directives(selection.Directives)
			copied.SelectionSet = r.selections(selection.SelectionSet, fragments)
			copies[i] = &copied
		case *ast.FragmentSpread:
			copied := *selection
			copied.Directives = r.directives(selection.Directives)
			copied.Definition = fragments[selection.Definition]
			copies[i] = &copied
		}
	}
	return copies
}
