//go:build faults && unix

package main

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"galley/internal/database/databasetest"
)

// TestFaultKillLosesNoOrder kills processes that take orders. What was confirmed is there, whole and once; what was under way
// goes on in the next process, to the end; not a penny is held that should not be.
func TestFaultKillLosesNoOrder(t *testing.T) {
	t.Parallel()
	const clients = 8
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			s := newStreet(t, engine, 10)
			kills := sized(10, 200)
			r := rand.New(rand.NewPCG(s.seed, 1<<63))
			p := s.open()
			var trade sync.WaitGroup
			trade.Go(func() { s.trade(clients, kills*sized(25, 50)) })
			p = s.fall(r, p, kills, 20)
			trade.Wait()
			s.settle()
			s.kill(p)
			s.audit()
			t.Logf("%d kills", kills)
		})
	}
}

// fall kills a process and starts the next, so many times, after about so many orders each. It returns the last.
func (s *street) fall(r *rand.Rand, p *program, kills, between int) *program {
	s.Helper()
	for range kills {
		s.answered(between/4 + r.IntN(between))
		time.Sleep(time.Duration(r.IntN(30)) * time.Millisecond) // nothing depends on it
		s.kill(p)
		p = s.open()
	}
	return p
}

// answered waits until so many more orders were answered, or all.
func (s *street) answered(more int) {
	s.Helper()
	enough := min(s.done.Load()+int64(more), s.wanted.Load())
	for deadline := time.Now().Add(5 * time.Minute); s.done.Load() < enough; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			s.Fatal("orders do not come in")
		}
	}
}
