// Package snowflake makes keys that are ordered by time and need no sequence to contend for:
// 41 bits of milliseconds since 2025, 10 bits of instance, 12 bits of count within the millisecond.
package snowflake

import (
	"fmt"
	"sync"
	"time"
)

// Instances is how many generators may work at once on one database.
const Instances = 1 << instanceBits

const (
	instanceBits = 10
	countBits    = 12
)

// Epoch is the moment of key zero.
func Epoch() time.Time { return time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC) }

// Generator makes keys. It is safe for concurrent use.
type Generator struct {
	instance int64
	now      func() time.Time

	mu    sync.Mutex
	last  int64 // milliseconds since Epoch
	count int64
}

// New makes a generator for an instance number below Instances that nobody else uses.
func New(instance int, now func() time.Time) *Generator {
	if instance < 0 || instance >= Instances {
		panic(fmt.Sprintf("snowflake: instance %d is not below %d", instance, Instances))
	}
	return &Generator{instance: int64(instance), now: now}
}

// Next returns a key greater than every one before it, also when the clock steps back or more than
// 4,096 are asked for in a millisecond: then it borrows from the milliseconds to come.
func (g *Generator) Next() int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	ms := g.now().Sub(Epoch()).Milliseconds()
	switch {
	case ms > g.last:
		g.last, g.count = ms, 0
	case g.count < 1<<countBits-1:
		g.count++
	default:
		g.last, g.count = g.last+1, 0
	}
	return g.last<<(instanceBits+countBits) | g.instance<<countBits | g.count
}
