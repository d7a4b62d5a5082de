//go:build faults

package faults

import "testing"

// TestFaultRestart restarts PostgreSQL under load, politely and not.
func TestFaultRestart(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	db := migrated(t, c.url("sslmode=disable"))
	load := start(t, db)
	for _, mode := range []string{"fast", "immediate", "fast", "immediate"} {
		load.until(t, 100)
		c.restart(t, mode)
	}
	load.until(t, 100)
	load.end(t, db)
}
