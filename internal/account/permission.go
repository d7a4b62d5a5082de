package account

import (
	"context"
	"slices"

	"galley/internal/fault"
	"galley/internal/viewer"
)

// mayWrite refuses those who may not change accounts, whatever the schema's directives say.
func mayWrite(ctx context.Context) (viewer.Viewer, error) {
	v := viewer.From(ctx)
	switch {
	case v.Has(viewer.UserWrite):
		return v, nil
	case v.Kind == viewer.Anonymous:
		return v, fault.New(fault.Unauthenticated, "This needs a sign-in")
	}
	return v, fault.New(fault.Forbidden, "You may not do this")
}

// inOrder returns permissions in the SDL's order, each once. It is never nil.
func inOrder(permissions []viewer.Permission) []viewer.Permission {
	ordered := []viewer.Permission{}
	for _, p := range viewer.Permissions() {
		if slices.Contains(permissions, p) {
			ordered = append(ordered, p)
		}
	}
	return ordered
}

// mayMove refuses a change of permissions by somebody who does not hold all that are granted or taken.
func mayMove(v viewer.Viewer, before, after []viewer.Permission) error {
	for _, p := range viewer.Permissions() {
		if slices.Contains(before, p) != slices.Contains(after, p) && !v.Has(p) {
			return fault.Newf(fault.Forbidden, "You cannot grant or take %s: you do not hold it", p)
		}
	}
	return nil
}

// mayTakeOver refuses what would let somebody act as an account, or keep it from acting, that may do
// more than they may.
func mayTakeOver(v viewer.Viewer, permissions []viewer.Permission) error {
	for _, p := range permissions {
		if !v.Has(p) {
			return fault.Newf(fault.Forbidden, "This account holds %s, and you do not", p)
		}
	}
	return nil
}
