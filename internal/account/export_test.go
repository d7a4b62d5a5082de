package account

import "galley/internal/job"

// Handlers are who does the jobs of accounts.
func (w *Workflow) Handlers() map[string]job.Handler { return w.handlers() }
