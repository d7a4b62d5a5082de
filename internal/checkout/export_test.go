package checkout

import (
	"context"

	"galley/internal/job"
)

// Batch is for the tests.
const Batch = batch

// ReleaseExpired is the job that ends reservations.
func (w *Workflow) ReleaseExpired(ctx context.Context) error { return w.release(ctx, job.Job{}) }
