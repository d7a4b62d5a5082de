package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"galley/graph/generated"
	"galley/internal/fault"
	"galley/internal/viewer"
)

// directives are the access rules of the SDL. What they decide depends on the viewer alone, never on
// the object: whoever executes a whole selection may decide once for each field. @public decides
// nothing, and is not called.
func directives() generated.DirectiveRoot {
	return generated.DirectiveRoot{
		Identified: func(ctx context.Context, _ any, next graphql.Resolver) (any, error) {
			if err := identified(viewer.From(ctx)); err != nil {
				return nil, err
			}
			return next(ctx)
		},
		Permission: func(ctx context.Context, _ any, next graphql.Resolver, needs []viewer.Permission) (any, error) {
			if err := permitted(viewer.From(ctx), needs); err != nil {
				return nil, err
			}
			return next(ctx)
		},
	}
}

func identified(v viewer.Viewer) error {
	if !v.Identified() {
		return fault.New(fault.Unauthenticated, "This needs a sign-in, or a cart's token")
	}
	return nil
}

func permitted(v viewer.Viewer, needs []viewer.Permission) error {
	for _, p := range needs {
		switch {
		case v.Has(p):
		case v.Kind == viewer.Anonymous || v.Kind == viewer.Guest:
			return fault.New(fault.Unauthenticated, "This needs a sign-in")
		default:
			return fault.New(fault.Forbidden, "You may not do this")
		}
	}
	return nil
}
