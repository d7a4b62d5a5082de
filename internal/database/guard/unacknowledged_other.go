//go:build !linux

package guard

import (
	"net"
	"time"
)

// limitUnacknowledged leaves it to the system's own limit.
func limitUnacknowledged(net.Conn, time.Duration) {}
