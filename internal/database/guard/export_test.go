package guard

import "time"

// Hasten lets a test wait less.
func (c *Connector) Hasten() {
	c.limits = limits{grace: 200 * time.Millisecond, host: time.Second, commit: time.Second, closing: time.Second}
	c.pq.Dialer(dialer{c.limits})
}

// Repeatable is tested by itself.
var Repeatable = repeatable
