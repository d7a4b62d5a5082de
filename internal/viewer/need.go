package viewer

import (
	"context"

	"galley/internal/fault"
)

// Need refuses those who lack a permission, whatever the schema's directives say.
func Need(ctx context.Context, p Permission) error {
	switch v := From(ctx); {
	case v.Has(p):
		return nil
	case v.Kind == Anonymous || v.Kind == Guest:
		return fault.New(fault.Unauthenticated, "This needs a sign-in")
	}
	return fault.New(fault.Forbidden, "You may not do this")
}
