package job_test

import (
	"context"
	"testing"
	"time"

	entjob "galley/ent/job"
	"galley/ent/schedule"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/job"
)

func TestASchedulesWorkIsAskedForByOneProcess(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, c *clock) {
		const processes = 4
		ctx := databasetest.System(t.Context())
		did := make(chan int64, 100)
		for range processes {
			q := queue(db)
			q.Handle("tidy", func(_ context.Context, j job.Job) error {
				did <- j.Key
				return nil
			})
			q.Every("hourly", "0 * * * *", "tidy")
			work(t, q, drain)
		}
		for db.Client.Schedule.Query().CountX(ctx) == 0 {
			time.Sleep(time.Millisecond)
		}
		if due := db.Client.Schedule.Query().OnlyX(ctx).DueAt; !due.Equal(time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)) {
			t.Errorf("due at %s", due)
		}
		for hour := range 3 {
			c.pass(time.Hour)
			until(t, db, receive(t, did), "done", isDone)
			if n := db.Client.Job.Query().CountX(ctx); n != hour+1 {
				t.Errorf("%d jobs after %d hours", n, hour+1)
			}
		}
		c.pass(5 * time.Hour) // nobody was there: that counts as one
		until(t, db, receive(t, did), "done", isDone)
		c.pass(time.Hour)
		until(t, db, receive(t, did), "done", isDone)
		if n := db.Client.Job.Query().Where(entjob.Kind("tidy")).CountX(ctx); n != 5 {
			t.Errorf("%d jobs, not 5", n)
		}
	})
}

func TestAScheduleFollowsItsExpression(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, c *clock) {
		ctx := databasetest.System(t.Context())
		row := db.Client.Schedule.Create().SetName("tidy").SetDueAt(db.Now().AddDate(1, 0, 0)).SaveX(ctx) // it was yearly
		did := make(chan int64, 10)
		q := queue(db)
		q.Handle("tidy", func(_ context.Context, j job.Job) error {
			did <- j.Key
			return nil
		})
		q.Every("tidy", "*/10 * * * *", "tidy")
		work(t, q, drain)
		want := db.Now().Add(10 * time.Minute)
		for !db.Client.Schedule.Query().Where(schedule.ID(row.ID)).OnlyX(ctx).DueAt.Equal(want) {
			time.Sleep(time.Millisecond)
		}
		if len(did) > 0 {
			t.Error("it was done before its time")
		}
		c.pass(10 * time.Minute)
		until(t, db, receive(t, did), "done", isDone)
	})
}

func TestAnExpressionThatIsNonePanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("it was taken")
		}
	}()
	job.New(nil).Every("never", "now and then", "tidy")
}
