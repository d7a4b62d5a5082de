package limit

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"galley/internal/origin"
	"galley/internal/viewer"
)

// Bucket is what a caller may spend at once, and what comes back. A size of zero bounds nothing.
type Bucket struct {
	Size      int // points
	PerSecond int // points
}

// mostCallers bounds the memory for buckets, some 200 bytes each. Who was not seen for longer than so many others has a
// full bucket again, and mostly had one anyway.
const mostCallers = 50_000

// buckets are those of the callers of one process. Each is told by when it will be full (GCRA), so that nothing fills it.
type buckets struct {
	bucket Bucket
	now    func() time.Time

	mu     sync.Mutex
	fullAt *simplelru.LRU[string, time.Time]
}

func newBuckets(bucket Bucket, now func() time.Time) *buckets {
	bucket.PerSecond = max(bucket.PerSecond, 1)
	fullAt, _ := simplelru.NewLRU[string, time.Time](mostCallers, nil) // the error is for a size below one
	return &buckets{bucket: bucket, now: now, fullAt: fullAt}
}

// take takes points, at most the bucket's size, or tells how long it is until there are as many. Either way it tells how
// many remain.
func (b *buckets) take(caller string, points int64) (remaining int64, wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now, fullAt := b.of(caller)
	after := fullAt.Add(b.worth(points))
	if wait := after.Sub(now) - b.worth(int64(b.bucket.Size)); wait > 0 {
		return b.left(fullAt.Sub(now)), wait
	}
	b.fullAt.Add(caller, after)
	return b.left(after.Sub(now)), 0
}

// spend takes points that may not be there: what is missing is a debt.
func (b *buckets) spend(caller string, points int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, fullAt := b.of(caller)
	b.fullAt.Add(caller, fullAt.Add(b.worth(points)))
}

// debt is how long it takes until a caller owes nothing.
func (b *buckets) debt(caller string) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now, fullAt := b.of(caller)
	return fullAt.Sub(now) - b.worth(int64(b.bucket.Size))
}

// of is when a caller's bucket will be full. The caller holds the lock.
func (b *buckets) of(caller string) (now, fullAt time.Time) {
	now = b.now()
	fullAt, known := b.fullAt.Get(caller)
	if !known || fullAt.Before(now) {
		fullAt = now
	}
	return now, fullAt
}

// worth is how long it takes for points to come back.
func (b *buckets) worth(points int64) time.Duration {
	return time.Duration(float64(points) / float64(b.bucket.PerSecond) * float64(time.Second))
}

// left is how many points there are when the bucket is full after a time.
func (b *buckets) left(full time.Duration) int64 {
	return max(0, int64(b.bucket.Size)-int64(full.Seconds()*float64(b.bucket.PerSecond)+0.5))
}

// callerOf is who pays: the account or the API key, and the network of everybody else. A cart's token is no caller: it
// costs nothing to make one up. Nobody pays for what comes from no network, such as jobs.
func callerOf(ctx context.Context) string {
	switch v := viewer.From(ctx); v.Kind {
	case viewer.Shopper, viewer.Staff:
		return "account " + strconv.FormatInt(v.UserID, 10)
	case viewer.APIKey:
		return "key " + strconv.FormatInt(v.APIKeyID, 10)
	}
	return origin.From(ctx).Network()
}
