package job

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/job"
	"galley/ent/predicate"
	"galley/internal/database"
)

// waiting are the jobs that are not done. A kind that this version does not know waits for one that does.
func (q *Queue) waiting() predicate.Job {
	return job.And(job.StatusEQ(job.StatusWAITING), job.KindIn(slices.Sorted(maps.Keys(q.handlers))...))
}

// due are the jobs that may be leased now: those that wait, and those whose lease is over, since whoever
// held it has died or lost the database.
func (q *Queue) due() predicate.Job { return job.And(q.waiting(), job.RunAtLTE(q.db.Now())) }

// claim leases up to n jobs, those first that wait for the longest time. Each lease counts as an attempt. If none is due,
// it tells when the first will be, as far as anybody knows: a lease that ends is taken up at once.
func (q *Queue) claim(ctx context.Context, n int) (jobs []Job, in time.Duration, err error) {
	// The statement that an idle process runs: no transaction.
	first, err := q.db.Client.Job.Query().Where(q.waiting()).Order(job.ByRunAt(), job.ByID()).Select(job.FieldRunAt).First(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, q.poll, nil
	case err != nil:
		return nil, q.poll, err
	case first.RunAt.After(q.db.Now()):
		return nil, first.RunAt.Sub(q.db.Now()), nil
	}
	err = q.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		jobs = nil
		query := tx.Job.Query().Where(q.due()).Order(job.ByRunAt(), job.ByID()).Limit(n)
		if q.db.Postgres() {
			query.ForUpdate(sql.WithLockAction(sql.SkipLocked)) // SQLite's writer is alone anyway
		}
		rows, err := query.All(ctx)
		if err != nil {
			return fmt.Errorf("find jobs: %w", err)
		}
		var keys, spent []int64
		for _, row := range rows {
			if row.LeasedAt != nil && lastAttempt(row.Attempt) {
				spent = append(spent, row.ID)
				continue
			}
			keys = append(keys, row.ID)
			jobs = append(jobs, Job{Key: row.ID, Kind: row.Kind, Payload: row.Payload, Attempt: row.Attempt + 1})
		}
		return q.take(ctx, tx, keys, spent)
	})
	return jobs, q.poll, err
}

// take writes what claim decided. A job whose last attempt never ended may be what killed its process.
func (q *Queue) take(ctx context.Context, tx *ent.Tx, keys, spent []int64) error {
	now := q.db.Now()
	if len(keys) > 0 {
		err := tx.Job.Update().Where(database.AnyOf(job.FieldID, keys)).
			AddAttempt(1).SetLeasedAt(now).SetRunAt(now.Add(q.lease)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("lease jobs: %w", err)
		}
	}
	if len(spent) > 0 {
		err := tx.Job.Update().Where(database.AnyOf(job.FieldID, spent)).
			SetStatus(job.StatusDEAD).ClearLeasedAt().SetFinishedAt(now).SetError("The process ended in the last attempt").Exec(ctx)
		if err != nil {
			return fmt.Errorf("bury jobs: %w", err)
		}
	}
	return nil
}

// held is the job as long as the lease of this attempt is the latest: who holds an older one has lost it.
func held(j Job) predicate.Job {
	return job.And(job.ID(j.Key), job.AttemptEQ(j.Attempt), job.StatusEQ(job.StatusWAITING), job.LeasedAtNotNil())
}

// change changes a job that is held, and tells whether it still was.
func (q *Queue) change(ctx context.Context, j Job, set func(*ent.JobUpdate)) (ours bool, err error) {
	err = q.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		update := tx.Job.Update().Where(held(j))
		set(update)
		n, err := update.Save(ctx)
		ours = n == 1
		return err
	})
	return ours, err
}

// renew prolongs the lease.
func (q *Queue) renew(ctx context.Context, j Job) (ours bool, err error) {
	return q.change(ctx, j, func(u *ent.JobUpdate) { u.SetRunAt(q.db.Now().Add(q.lease)) })
}

// done notes that a job is done.
func (q *Queue) done(ctx context.Context, j Job) (ours bool, err error) {
	return q.change(ctx, j, func(u *ent.JobUpdate) {
		u.SetStatus(job.StatusDONE).SetFinishedAt(q.db.Now()).ClearLeasedAt().SetError("")
	})
}

// failed has a job wait for its next attempt, or for somebody of the staff.
func (q *Queue) failed(ctx context.Context, j Job, cause error) (ours bool, err error) {
	return q.change(ctx, j, func(u *ent.JobUpdate) {
		u.ClearLeasedAt().SetError(brief(cause))
		if final(j, cause) {
			u.SetStatus(job.StatusDEAD).SetFinishedAt(q.db.Now())
		} else {
			u.SetRunAt(q.db.Now().Add(pause(j.Attempt)))
		}
	})
}

// final tells whether nothing is gained by another attempt, by its number or because the error says so.
func final(j Job, err error) bool {
	e, ok := errors.AsType[interface {
		error
		Permanent() bool
	}](err)
	return lastAttempt(j.Attempt) || ok && e.Permanent()
}

// giveBack lets others have a job that this process has no time for any more.
func (q *Queue) giveBack(ctx context.Context, j Job) (ours bool, err error) {
	return q.change(ctx, j, func(u *ent.JobUpdate) { u.ClearLeasedAt().SetRunAt(q.db.Now()) })
}

// lastAttempt tells whether a job that fails is dead. One that staff have tried again has as many attempts
// anew: the count itself never begins again, because leases are told apart by it.
func lastAttempt(attempt int) bool { return attempt > 0 && attempt%maxAttempts == 0 }

// pause is how long a job waits after an attempt: from five seconds, doubled each time, up to an hour. Half of
// it is chance, so that what failed together is not tried together.
func pause(attempt int) time.Duration {
	most := min(5*time.Second<<((attempt-1)%maxAttempts), time.Hour)
	return most/2 + rand.N(most/2) //nolint:gosec // no secret
}

// brief is an error as it is kept: text that both engines take, of a length to read.
func brief(err error) string {
	const most = 1000
	text := strings.ReplaceAll(strings.ToValidUTF8(err.Error(), "?"), "\x00", "?")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
