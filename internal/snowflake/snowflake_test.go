package snowflake_test

import (
	"sync"
	"testing"
	"time"

	"galley/internal/snowflake"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	start := snowflake.Epoch().Add(time.Hour)
	t.Run("grow, when the clock stands still and more are asked for than a millisecond has", func(t *testing.T) {
		t.Parallel()
		g := snowflake.New(1, func() time.Time { return start })
		last := int64(0)
		for range 20_000 {
			key := g.Next()
			if key <= last {
				t.Fatalf("%d after %d", key, last)
			}
			last = key
		}
	})
	t.Run("grow when the clock steps back", func(t *testing.T) {
		t.Parallel()
		now := start
		g := snowflake.New(1, func() time.Time { now = now.Add(-time.Second); return now })
		if a, b := g.Next(), g.Next(); b <= a {
			t.Errorf("%d after %d", b, a)
		}
	})
	t.Run("of several instances and callers differ", func(t *testing.T) {
		t.Parallel()
		var (
			wg   sync.WaitGroup
			mu   sync.Mutex
			seen = map[int64]bool{}
		)
		for instance := range 4 {
			g := snowflake.New(instance, func() time.Time { return start })
			for range 4 {
				wg.Go(func() {
					for range 1000 {
						key := g.Next()
						mu.Lock()
						if seen[key] {
							t.Errorf("%d twice", key)
						}
						seen[key] = true
						mu.Unlock()
					}
				})
			}
		}
		wg.Wait()
	})
	t.Run("of an instance out of range are a mistake in the program", func(t *testing.T) {
		t.Parallel()
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		snowflake.New(snowflake.Instances, time.Now)
	})
}
