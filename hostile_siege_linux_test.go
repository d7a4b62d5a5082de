//go:build whole

package main

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// besiege has attackers send whatever is refused, in any order, while somebody else asks for a page of products. What is at the
// limits is answered: callers pay for it, and admission bounds how much of it runs at once. It returns how many of the attacks
// were turned away unread.
func (f *fortress) besiege(t *testing.T, many int, usual time.Duration) int64 {
	var all []hostileRequest
	for name, attack := range hostileRequests() {
		if !strings.HasPrefix(name, atTheLimits) {
			all = append(all, attack)
		}
	}
	before := resident(t, f.Process.Pid)
	ctx, cancel := context.WithTimeout(t.Context(), siege)
	defer cancel()
	var siege sync.WaitGroup
	sent := make([]int, many)
	var unread atomic.Int64
	for i := range many {
		siege.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				a, err := f.sendBy(ctx, f.away, all[rand.IntN(len(all))].request(i<<20+n))
				if err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
				sent[i]++
				if slices.Contains(a.codes, "RATE_LIMITED") {
					unread.Add(1)
				}
			}
		})
	}
	most := 0
	took := f.asks(t, func(int) bool {
		most = max(most, resident(t, f.Process.Pid))
		return ctx.Err() != nil
	})
	siege.Wait()
	f.judge(t, took, usual)
	sum := 0
	for _, n := range sent {
		sum += n
	}
	grown := max(0, most-before)
	t.Logf("%d attacks, %d at once, %d of them turned away unread; %d MB more resident", sum, many, unread.Load(), grown>>20)
	if grown > attackers*mostMemory {
		t.Errorf("%d attacks at once take %d MB", many, grown>>20)
	}
	if sum < 10*many {
		t.Errorf("%d attacks are no siege", sum)
	}
	return unread.Load()
}

// judge fails where a good query has waited too long.
func (f *fortress) judge(t *testing.T, took []time.Duration, usual time.Duration) {
	t.Helper()
	if len(took) == 0 {
		t.Fatal("no good query was answered")
	}
	median, longest := took[len(took)/2], took[len(took)-1]
	t.Logf("%d good queries: median %s, usually %s (%.1f×), longest %s", len(took), median.Round(10*time.Microsecond),
		usual.Round(10*time.Microsecond), float64(median)/float64(usual), longest.Round(10*time.Microsecond))
	if longest > mostWait {
		t.Errorf("a good query took %s", longest)
	}
}
