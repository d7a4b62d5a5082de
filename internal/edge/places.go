package edge

import (
	"cmp"
	"net/netip"
	"sync"
	"time"

	"galley/internal/edge/socket"
	"galley/internal/fault"
)

// Streams are the bounds of answers that go on, sockets among them. A field left at zero takes its default.
type Streams struct {
	All        int // that are open at once: 10,000
	PerAddress int // of one network address, or of one IPv6 network of 64 bits: 1,000
	Socket     socket.Limits
	// LookAgain is how often it is looked who is asking for a subscription that nothing is told of: every minute.
	LookAgain time.Duration
}

func (l Streams) orDefaults() Streams {
	l.All = cmp.Or(l.All, 10_000)
	l.PerAddress = cmp.Or(l.PerAddress, 1_000)
	l.LookAgain = cmp.Or(l.LookAgain, time.Minute)
	return l
}

// places are those of streams: so many in all, and so many of one address.
type places struct {
	most Streams

	mu  sync.Mutex
	all int
	of  map[netip.Prefix]int
}

func newPlaces(most Streams) *places { return &places{most: most, of: map[netip.Prefix]int{}} }

// enter takes a place until it is left.
func (p *places) enter(from netip.Addr) (leave func(), err error) {
	caller := network(from)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.all >= p.most.All:
		return nil, fault.New(fault.Unavailable, "Too many streams are open: try again later")
	case p.of[caller] >= p.most.PerAddress:
		return nil, fault.New(fault.RateLimited, "Too many streams are open from your address: close some first")
	}
	p.all++
	p.of[caller]++
	return func() { p.leave(caller) }, nil
}

func (p *places) leave(caller netip.Prefix) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all--
	if p.of[caller]--; p.of[caller] == 0 {
		delete(p.of, caller)
	}
}

// taken is how many streams are open.
func (p *places) taken() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all
}

// network is what belongs to one customer: an IPv4 address, or an IPv6 network of 64 bits.
func network(a netip.Addr) netip.Prefix {
	bits := 64
	if a.Is4() {
		bits = 32
	}
	prefix, _ := a.Prefix(bits) // of no address there is none
	return prefix
}
