package identity

import "time"

// Patience shortens how long issuers may take.
func (w *Workflow) Patience(d time.Duration) {
	for _, i := range w.issuers {
		i.client.Timeout = min(i.client.Timeout, d) // without an end there is none
	}
}
