package job_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/job"
)

// clock is a test's own.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// each runs a test on both engines, with a clock that stands still.
func each(t *testing.T, test func(t *testing.T, db *database.DB, c *clock)) {
	t.Helper()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			c := &clock{now: time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)}
			test(t, databasetest.Open(t, engine, c.Now), c)
		})
	}
}

const (
	never = time.Hour        // longer than any test takes
	drain = 10 * time.Second // what a test that fails waits for
)

// queue is one that asks the database all the time, and renews nothing.
func queue(db *database.DB) *job.Queue {
	return job.New(db).Paced(time.Minute, never, 20*time.Millisecond, never)
}

// work runs a queue until the test ends, or the returned function is called.
func work(t *testing.T, q *job.Queue, drain time.Duration) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		q.Run(ctx, drain)
	}()
	stop = func() {
		cancel()
		<-done
	}
	t.Cleanup(stop)
	return stop
}

// add asks for a job.
func add(t *testing.T, db *database.DB, q *job.Queue, kind string, payload any) (key int64) {
	t.Helper()
	err := db.InTx(t.Context(), func(ctx context.Context, tx *ent.Tx) (err error) {
		key, err = q.Add(ctx, tx, kind, payload)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// row is a job as it is now.
func row(t *testing.T, db *database.DB, key int64) *ent.Job {
	t.Helper()
	return db.Client.Job.GetX(databasetest.System(t.Context()), key)
}

// until waits for a job to become as it should.
func until(t *testing.T, db *database.DB, key int64, what string, is func(*ent.Job) bool) *ent.Job {
	t.Helper()
	var now *ent.Job
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if now = row(t, db, key); is(now) {
			return now
		}
	}
	t.Fatalf("the job does not get %s: %v", what, now)
	return nil
}

// receive takes what is sent within a minute.
func receive[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(time.Minute):
		t.Fatal("nothing comes")
		panic("unreachable")
	}
}
