package fulfil

import (
	"galley/internal/job"
	"galley/internal/mail"
)

// Write is the handler that writes a letter.
func Write(w *Workflow, t mail.Template) job.Handler { return w.write(t) }
