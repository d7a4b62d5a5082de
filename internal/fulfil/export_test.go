package fulfil

import (
	"context"

	"galley/internal/job"
	"galley/internal/mail"
)

// Write is the handler that writes a letter.
func Write(w *Workflow, t mail.Template) job.Handler { return w.write(t) }

// WriteAccess is the handler that writes to who wants to see an order again.
func WriteAccess(w *Workflow, ctx context.Context, j job.Job) error { //nolint:revive // a method's receiver comes first
	return w.writeAccess(ctx, j)
}
