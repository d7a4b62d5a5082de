package graph

import (
	"context"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/fault"
	"galley/internal/viewer"
)

// Audience is who is told the schema: by introspection, and by the names that errors suggest.
type Audience string

// The audiences.
const (
	Everybody Audience = "on"
	StaffOnly Audience = "staff" // and API keys, with SCHEMA_READ
	Nobody    Audience = "off"
)

// audience is who is told the shop's schema.
func (o Options) audience() Audience {
	switch {
	case o.Introspection != "":
		return o.Introspection
	case o.Development:
		return Everybody
	}
	return StaffOnly
}

func (a Audience) has(ctx context.Context) bool {
	return a == Everybody || a == StaffOnly && viewer.From(ctx).Has(viewer.SchemaRead)
}

// introspects tells whether an operation asks for the schema, which stands at the root only.
func introspects(set ast.SelectionSet) bool {
	for _, selection := range set {
		asks := false
		switch selection := selection.(type) {
		case *ast.Field:
			asks = selection.Name == "__schema" || selection.Name == "__type"
		case *ast.InlineFragment:
			asks = introspects(selection.SelectionSet)
		case *ast.FragmentSpread:
			asks = introspects(selection.Definition.SelectionSet)
		}
		if asks {
			return true
		}
	}
	return false
}

func untold() *gqlerror.Error {
	return &gqlerror.Error{Message: "This shop does not tell you its schema", Extensions: map[string]any{"code": string(fault.ValidationFailed)}}
}
