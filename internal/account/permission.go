package account

import (
	"context"

	"galley/internal/fault"
	"galley/internal/viewer"
)

// mayWrite refuses those who may not change accounts, whatever the schema's directives say.
func mayWrite(ctx context.Context) (viewer.Viewer, error) {
	return viewer.From(ctx), viewer.Need(ctx, viewer.UserWrite)
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
