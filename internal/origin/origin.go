// Package origin tells where a request comes from, and carries the one thing that its answer may leave
// there: the cookie of a session.
package origin

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// Origin is where a request comes from. Jobs and commands have the zero value.
type Origin struct {
	Address   netip.Addr // the client's, past trusted proxies
	UserAgent string     // at most 500 bytes of valid UTF-8
	RequestID string
	Cookie    *Cookie // nil where no cookie can be set
}

// Network is the network address that a request comes from, as limits count it: of an IPv6 address the network of 64
// bits, which is one customer's. It is empty for what comes from no network.
func (o Origin) Network() string {
	addr := o.Address.Unmap().WithZone("")
	if !addr.Is6() {
		if !addr.IsValid() {
			return ""
		}
		return addr.String()
	}
	network, _ := addr.Prefix(64) // fits any address of IPv6
	return network.String()
}

// Cookie is a session's secret on its way to the browser.
type Cookie struct {
	mu     sync.Mutex
	change *Change
}

// Change is what becomes of the browser's cookie. An empty secret takes it away.
type Change struct {
	Secret  string
	Expires time.Time
}

// Set has the answer set the cookie.
func (c *Cookie) Set(secret string, expires time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.change = &Change{secret, expires}
}

// Clear has the answer take the cookie away.
func (c *Cookie) Clear() { c.Set("", time.Time{}) }

// Change is what was asked for last, if anything.
func (c *Cookie) Change() (Change, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.change == nil {
		return Change{}, false
	}
	return *c.change, true
}

type key struct{}

// With puts an origin into the context.
func With(ctx context.Context, o Origin) context.Context { return context.WithValue(ctx, key{}, o) }

// From takes it from there.
func From(ctx context.Context) Origin {
	o, _ := ctx.Value(key{}).(Origin)
	return o
}
