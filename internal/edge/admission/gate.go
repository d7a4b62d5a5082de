package admission

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/semaphore"

	"galley/internal/fault"
)

// again is when a client may hope for a place.
const again = time.Second

// gate has places, and a short queue before them.
type gate struct {
	places  *semaphore.Weighted
	queue   int64
	patient time.Duration

	inside, waiting atomic.Int64
	metrics         []prometheus.Collector
	turnedAway      prometheus.Counter
	waited          prometheus.Histogram
}

func newGate(places int, o Options, kind string) *gate {
	g := &gate{places: semaphore.NewWeighted(int64(places)), queue: int64(o.Queue), patient: o.Wait}
	g.measure(kind, places)
	return g
}

// enter waits for a place, which is kept until it is left. An error says that there was none.
func (g *gate) enter(ctx context.Context) (leave func(), err *fault.Error) {
	if !g.places.TryAcquire(1) && !g.wait(ctx) {
		if ctx.Err() == nil { // it is still there to hear it
			g.turnedAway.Inc()
		}
		return nil, &fault.Error{Code: fault.Unavailable, Message: "The shop is busy: try again in a moment", Retry: again}
	}
	g.inside.Add(1)
	return sync.OnceFunc(func() {
		g.inside.Add(-1)
		g.places.Release(1)
	}), nil
}

// wait stands in the queue, first come, first served, for as long as anybody may.
func (g *gate) wait(ctx context.Context) bool {
	defer g.waiting.Add(-1)
	if g.waiting.Add(1) > g.queue {
		return false
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, g.patient)
	defer cancel()
	err := g.places.Acquire(ctx, 1)
	g.waited.Observe(time.Since(began).Seconds())
	return err == nil
}
