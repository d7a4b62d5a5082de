package settlement

import (
	"context"

	"galley/internal/job"
)

// Expire ends orders that were not paid in time, at a moment that a test chooses.
func (w *Workflow) Expire(ctx context.Context) error { return w.expire(ctx, job.Job{}) }

// Sweep looks up what nobody tells of, likewise.
func (w *Workflow) Sweep(ctx context.Context) error { return w.sweep(ctx, job.Job{}) }
