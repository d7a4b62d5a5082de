package job_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"galley/ent"
	entjob "galley/ent/job"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/job"
	"galley/internal/viewer"
)

func isDone(j *ent.Job) bool { return j.Status == entjob.StatusDONE }
func isDead(j *ent.Job) bool { return j.Status == entjob.StatusDEAD }

// ended tells whether attempt n has ended.
func ended(n int) func(*ent.Job) bool {
	return func(j *ent.Job) bool { return j.Attempt == n && j.LeasedAt == nil }
}

func TestWorkIsDoneIfItsTransactionIs(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, _ *clock) {
		q := queue(db)
		did := make(chan job.Job, 10)
		q.Handle("greet", func(ctx context.Context, j job.Job) error {
			if v := viewer.From(ctx); v.Kind != viewer.System || viewer.Actor(ctx).Kind != viewer.System {
				t.Errorf("done as %+v", v)
			}
			did <- j
			return nil
		})
		undone := errors.New("undone")
		err := db.InTx(t.Context(), func(ctx context.Context, tx *ent.Tx) error {
			if _, err := q.Add(ctx, tx, "greet", "nobody"); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		work(t, q, drain)
		key := add(t, db, q, "greet", map[string]string{"name": "Ada"})
		j := receive(t, did)
		if j.Key != key || j.Kind != "greet" || j.Attempt != 1 || strings.ReplaceAll(string(j.Payload), " ", "") != `{"name":"Ada"}` {
			t.Errorf("got %+v %s", j, j.Payload)
		}
		if r := until(t, db, key, "done", isDone); r.FinishedAt == nil || r.LeasedAt != nil || r.Error != "" {
			t.Errorf("got %v", r)
		}
		if len(did) > 0 {
			t.Error("more was done than was asked for")
		}
	})
}

func TestAQueueHearsOfItsOwnWorkAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, _ *clock) {
		q := queue(db).Paced(0, 0, 24*never, 0) // it would not ask by itself
		did := make(chan int64, 1)
		q.Handle("greet", func(_ context.Context, j job.Job) error {
			did <- j.Key
			return nil
		})
		work(t, q, drain)
		for range 3 {
			if key := add(t, db, q, "greet", nil); receive(t, did) != key {
				t.Error("another job was done")
			}
		}
	})
}

func TestWorkForLaterWaits(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, c *clock) {
		q := queue(db)
		q.Handle("greet", func(context.Context, job.Job) error { return nil })
		var later int64
		err := db.InTx(t.Context(), func(ctx context.Context, tx *ent.Tx) (err error) {
			later, err = q.AddAt(ctx, tx, "greet", nil, db.Now().Add(time.Hour))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		work(t, q, drain)
		until(t, db, add(t, db, q, "greet", nil), "done", isDone)
		if r := row(t, db, later); r.Attempt != 0 {
			t.Errorf("got %v", r)
		}
		c.pass(time.Hour)
		until(t, db, later, "done", isDone)
	})
}

func TestAnUnknownKindWaitsForSomebodyWhoKnowsIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, _ *clock) {
		old, recent := queue(db), queue(db)
		old.Handle("greet", func(context.Context, job.Job) error { return nil })
		recent.Handle("embrace", func(context.Context, job.Job) error { return nil })
		unknown := add(t, db, old, "embrace", nil)
		work(t, old, drain)
		until(t, db, add(t, db, old, "greet", nil), "done", isDone)
		if r := row(t, db, unknown); r.Status != entjob.StatusWAITING || r.Attempt != 0 {
			t.Errorf("got %v", r)
		}
		work(t, recent, drain)
		until(t, db, unknown, "done", isDone)
	})
}

func TestFailedWorkIsTriedAgainUntilItIsDead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, c *clock) {
		q := queue(db)
		var mended atomic.Bool
		q.Handle("greet", func(_ context.Context, j job.Job) error {
			switch {
			case mended.Load():
				return nil
			case j.Attempt == 2:
				panic("attempt 2")
			}
			return fmt.Errorf("attempt %d\x00 failed", j.Attempt)
		})
		key := add(t, db, q, "greet", nil)
		work(t, q, drain)
		for n := 1; n < job.MaxAttempts; n++ {
			r := until(t, db, key, "failed", ended(n))
			if r.Status != entjob.StatusWAITING || !strings.Contains(r.Error, fmt.Sprint("attempt ", n)) {
				t.Fatalf("after %d attempts: %v", n, r)
			}
			most := min(5*time.Second<<(n-1), time.Hour)
			if pause := r.RunAt.Sub(db.Now()); pause < most/2 || pause > most {
				t.Errorf("after %d attempts a pause of %s", n, pause)
			}
			c.pass(most)
		}
		r := until(t, db, key, "dead", isDead)
		if r.Attempt != job.MaxAttempts || r.FinishedAt == nil {
			t.Errorf("got %v", r)
		}
		mended.Store(true)
		outcome, err := q.Retry(viewer.With(t.Context(), viewer.Viewer{Kind: viewer.Staff, Permissions: []viewer.Permission{viewer.JobWrite}}), job.RetryInput{ID: r.NodeID()})
		if err != nil || len(outcome.UserErrors) > 0 || outcome.Key != key {
			t.Fatalf("got %+v, %v", outcome, err)
		}
		if r := until(t, db, key, "done", isDone); r.Attempt != job.MaxAttempts+1 || r.Error != "" {
			t.Errorf("got %v", r)
		}
	})
}

// hopeless is an error that says so.
type hopeless struct{ error }

func (hopeless) Permanent() bool { return true }

func TestAnErrorMaySayThatItIsForGood(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, _ *clock) {
		q := queue(db)
		q.Handle("greet", func(context.Context, job.Job) error {
			return fmt.Errorf("greet: %w", hopeless{errors.New("nobody there")})
		})
		key := add(t, db, q, "greet", nil)
		work(t, q, drain)
		if r := until(t, db, key, "dead", isDead); r.Attempt != 1 || r.Error != "greet: nobody there" {
			t.Errorf("got %v", r)
		}
	})
}

func TestWhoLostTheLeaseChangesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, c *clock) {
		q := queue(db)
		began, wake := make(chan struct{}), make(chan error, 1)
		q.Handle("greet", func(_ context.Context, j job.Job) error {
			if j.Attempt > 1 {
				return nil
			}
			close(began)
			return <-wake
		})
		key := add(t, db, q, "greet", nil)
		stop := work(t, q, drain)
		receive(t, began)
		c.pass(time.Minute + time.Second) // as if the process hung for that time
		until(t, db, key, "done", isDone)
		wake <- errors.New("too late")
		stop()
		if r := row(t, db, key); r.Status != entjob.StatusDONE || r.Attempt != 2 || r.Error != "" {
			t.Errorf("got %v", r)
		}
	})
}

func TestALeaseIsRenewedWhileTheHandlerRuns(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, c *clock) {
		q := queue(db).Paced(0, 5*time.Millisecond, 0, 0)
		began, wake, why := make(chan struct{}), make(chan struct{}), make(chan error, 1)
		q.Handle("greet", func(ctx context.Context, _ job.Job) error {
			close(began)
			select {
			case <-ctx.Done():
				why <- context.Cause(ctx)
			case <-wake:
			}
			return ctx.Err()
		})
		key := add(t, db, q, "greet", nil)
		work(t, q, drain)
		receive(t, began)
		for range 3 {
			c.pass(40 * time.Second)
			until(t, db, key, "renewed", func(j *ent.Job) bool { return j.RunAt.Equal(db.Now().Add(time.Minute)) })
		}
		// Somebody else has it: the handler is told.
		db.Client.Job.UpdateOneID(key).AddAttempt(1).ExecX(databasetest.System(t.Context()))
		if err := receive(t, why); !strings.Contains(err.Error(), "lease") {
			t.Errorf("got %v", err)
		}
		close(wake)
	})
}

func TestAHandlerHasItsTime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, _ *clock) {
		q := queue(db).Paced(0, 0, 0, 5*time.Millisecond)
		q.Handle("greet", func(ctx context.Context, _ job.Job) error {
			<-ctx.Done()
			return ctx.Err()
		})
		key := add(t, db, q, "greet", nil)
		work(t, q, drain)
		if r := until(t, db, key, "failed", ended(1)); !strings.Contains(r.Error, "too long") {
			t.Errorf("got %v", r)
		}
	})
}

func TestWhatKilledItsProcessTooOftenIsDead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, _ *clock) {
		q := queue(db)
		q.Handle("greet", func(context.Context, job.Job) error {
			t.Error("tried again")
			return nil
		})
		key := add(t, db, q, "greet", nil)
		db.Client.Job.UpdateOneID(key).SetAttempt(job.MaxAttempts).SetLeasedAt(db.Now()).ExecX(databasetest.System(t.Context()))
		work(t, q, drain)
		if r := until(t, db, key, "dead", isDead); !strings.Contains(r.Error, "process ended") || r.LeasedAt != nil {
			t.Errorf("got %v", r)
		}
	})
}

func TestStoppingLetsHandlersFinishOrGivesTheirJobsBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, _ *clock) {
		for _, c := range []struct {
			name   string
			drain  time.Duration
			finish bool
			status entjob.Status
		}{
			{"in time", drain, true, entjob.StatusDONE},
			{"too late", time.Nanosecond, false, entjob.StatusWAITING},
		} {
			q := queue(db)
			began, wake := make(chan struct{}), make(chan struct{})
			q.Handle(c.name, func(ctx context.Context, _ job.Job) error {
				close(began)
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-wake:
					return nil
				}
			})
			key := add(t, db, q, c.name, nil)
			stop := work(t, q, c.drain)
			receive(t, began)
			if c.finish {
				time.AfterFunc(20*time.Millisecond, func() { close(wake) })
			}
			stop()
			r := row(t, db, key)
			if r.Status != c.status || r.LeasedAt != nil || r.RunAt.After(db.Now()) != (c.status == entjob.StatusDONE) || r.Error != "" {
				t.Errorf("%s: %v", c.name, r)
			}
		}
	})
}

func TestManyProcessesDoEachJobOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, _ *clock) {
		const processes, jobs = 4, 120
		var mu sync.Mutex
		did := map[int64]int{}
		all := make(chan struct{})
		queues := make([]*job.Queue, processes)
		for i := range queues {
			queues[i] = queue(db)
			queues[i].Handle("greet", func(_ context.Context, j job.Job) error {
				mu.Lock()
				defer mu.Unlock()
				did[j.Key]++
				if len(did) == jobs {
					close(all)
				}
				return nil
			})
			work(t, queues[i], drain)
		}
		var wg sync.WaitGroup
		for i := range processes {
			wg.Go(func() {
				for range jobs / processes {
					add(t, db, queues[i], "greet", nil)
				}
			})
		}
		wg.Wait()
		receive(t, all)
		mu.Lock()
		defer mu.Unlock()
		for key, n := range did {
			if n != 1 {
				t.Errorf("job %d was done %d times", key, n)
			}
		}
	})
}

func TestAProcessWithoutWorkersLeavesTheWorkToOthers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, _ *clock) {
		idle, busy := queue(db).WithWorkers(0), queue(db)
		idle.Handle("greet", func(context.Context, job.Job) error {
			t.Error("it was done by the process without workers")
			return nil
		})
		busy.Handle("greet", func(context.Context, job.Job) error { return nil })
		work(t, idle, drain)
		key := add(t, db, idle, "greet", nil)
		work(t, busy, drain)
		until(t, db, key, "done", isDone)
	})
}
