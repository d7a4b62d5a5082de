package mail

import "crypto/tls"

// Templates is for the test that there is a sample of each.
var Templates = templates

// Trusting has the mailer speak to a server on this machine as to any other, whose certificate these roots vouch for.
func (m *Mailer) Trusting(c *tls.Config) *Mailer {
	m.clear = false
	if c != nil {
		m.tls.RootCAs = c.RootCAs
	}
	return m
}
