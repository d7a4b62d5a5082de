package limit

import (
	"runtime"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestBucketsAreBounded is not parallel, since it reads the size of the heap.
func TestBucketsAreBounded(t *testing.T) {
	heap := func() int {
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return int(stats.HeapAlloc)
	}
	b := newBuckets(Bucket{Size: 100, PerSecond: 1}, time.Now)
	before := heap()
	for i := range 1_000_000 {
		b.take("caller "+strconv.Itoa(i), 1)
	}
	if grown := heap() - before; grown > 16<<20 {
		t.Errorf("the buckets of a million callers take %d bytes", grown)
	}
	runtime.KeepAlive(b)
}

// Whoever waits as long as they were told is served, nobody has more than a bucket and what came back, and what remains is
// never less than nothing.
func TestBucketsAreFair(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		bucket := Bucket{Size: rapid.IntRange(1, 1_000_000).Draw(t, "size"), PerSecond: rapid.IntRange(1, 100_000).Draw(t, "per second")}
		now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
		start, spent := now, int64(0)
		b := newBuckets(bucket, func() time.Time { return now })
		for range rapid.IntRange(1, 50).Draw(t, "operations") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "pause")))
			points := rapid.Int64Range(1, int64(bucket.Size)).Draw(t, "points")
			remaining, wait := b.take("ada", points)
			if wait > 0 {
				now = now.Add(wait)
				if remaining, wait = b.take("ada", points); wait > 0 {
					t.Fatalf("told to wait %s more", wait)
				}
			}
			spent += points
			if most := float64(bucket.Size) + now.Sub(start).Seconds()*float64(bucket.PerSecond) + 1; float64(spent) > most {
				t.Fatalf("spent %d of %f", spent, most)
			}
			if remaining < 0 || remaining > int64(bucket.Size)-points+1 {
				t.Fatalf("%d remain of %d after %d", remaining, bucket.Size, points)
			}
		}
	})
}
