package edge

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// undefer takes @defer out of an operation, so that it gives one complete answer. The document is
// shared with other requests through the executor's cache: it is copied.
func undefer(opCtx *graphql.OperationContext) {
	doc := &ast.QueryDocument{Operations: opCtx.Doc.Operations, Position: opCtx.Doc.Position}
	for _, fragment := range opCtx.Doc.Fragments {
		copied := *fragment
		copied.SelectionSet = undeferred(fragment.SelectionSet)
		doc.Fragments = append(doc.Fragments, &copied)
	}
	operation := *opCtx.Operation
	operation.SelectionSet = undeferred(operation.SelectionSet)
	opCtx.Doc, opCtx.Operation = doc, &operation
}

// undeferred copies a selection set without @defer. Fragments are looked up by name when they are
// executed, so spreads may go on pointing to the definitions they were validated with.
func undeferred(set ast.SelectionSet) ast.SelectionSet {
	copies := make(ast.SelectionSet, len(set))
	for i, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			copied := *selection
			copied.SelectionSet = undeferred(selection.SelectionSet)
			copies[i] = &copied
		case *ast.InlineFragment:
			copied := *selection
			copied.Directives = withoutDefer(selection.Directives)
			copied.SelectionSet = undeferred(selection.SelectionSet)
			copies[i] = &copied
		case *ast.FragmentSpread:
			copied := *selection
			copied.Directives = withoutDefer(selection.Directives)
			copies[i] = &copied
		}
	}
	return copies
}

func withoutDefer(directives ast.DirectiveList) ast.DirectiveList {
	return slices.DeleteFunc(slices.Clone(directives), func(d *ast.Directive) bool { return d.Name == "defer" })
}
