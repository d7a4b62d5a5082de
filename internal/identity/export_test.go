package identity

import "time"

// Patience changes how long issuers may take.
func (w *Workflow) Patience(d time.Duration) {
	for _, i := range w.issuers {
		i.client.Timeout = d
	}
}
