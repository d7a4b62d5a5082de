//go:build faults && unix

package job_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/job"
)

// TestMain makes the test binary a process that takes jobs, for a test to kill.
func TestMain(m *testing.M) {
	if url := os.Getenv("GALLEY_TEST_JOBS"); url != "" {
		if err := labour(url); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

const shortLease = 2 * time.Second

// labour does jobs that never end, until it is killed.
func labour(url string) error {
	ctx := databasetest.System(context.Background())
	db, err := database.Open(ctx, database.Options{URL: url})
	if err != nil {
		return err
	}
	if err := db.Start(ctx); err != nil {
		return err
	}
	q := job.New(db).Paced(shortLease, shortLease/4, 0, time.Hour)
	q.Handle("endless", func(ctx context.Context, _ job.Job) error {
		<-ctx.Done()
		return ctx.Err()
	})
	q.Run(ctx, time.Minute)
	return nil
}

// TestFaultAJobGoesOnWithinItsLeaseAndASecond kills the process that has a job, again and again. By the rows, another takes it
// when the lease is over, not before, and no later than a second after.
func TestFaultAJobGoesOnWithinItsLeaseAndASecond(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			url := databasetest.URL(t, engine)
			db, err := database.Open(t.Context(), database.Options{URL: url, Instance: 1000})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			key := add(t, db, job.New(db), "endless", nil)
			kill := labourer(t, url)
			var longest time.Duration
			for attempt := 1; attempt <= 5; attempt++ {
				until(t, db, key, "taken", func(j *ent.Job) bool { return j.Attempt == attempt })
				next := labourer(t, url)
				time.Sleep(rand.N(shortLease)) // nothing depends on it: the lease is renewed meanwhile, or not
				kill()
				end := row(t, db, key).RunAt
				taken := until(t, db, key, "taken over", func(j *ent.Job) bool { return j.Attempt > attempt }).LeasedAt
				if late := taken.Sub(end); late < 0 || late > time.Second {
					t.Errorf("the job was taken over %s after the end of its lease", late)
				} else {
					longest = max(longest, late)
				}
				kill = next
			}
			kill()
			t.Logf("at most %s after the end of a lease", longest)
		})
	}
}

// labourer starts a process that takes jobs.
func labourer(t *testing.T, url string) (kill func()) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "GALLEY_TEST_JOBS="+url)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return func() {
		_ = cmd.Process.Signal(syscall.SIGKILL)
		_ = cmd.Wait()
	}
}
