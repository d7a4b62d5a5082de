package session

import (
	"context"

	"galley/internal/viewer"
)

// AuthenticateCookie finds out who brings a cookie's secret, by the same statement.
func (w *Workflow) AuthenticateCookie(ctx context.Context, secret string) (viewer.Viewer, error) {
	return w.Authenticate(ctx, secret)
}
