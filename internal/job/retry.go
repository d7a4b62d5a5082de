package job

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/job"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// NotDead is the code of a job that needs nobody's help.
const NotDead fault.Reason = "NOT_DEAD"

// RetryInput is the SDL's JobRetryInput.
type RetryInput struct{ ID nodeid.ID }

// Retry has a dead job tried again, as often as a new one.
func (q *Queue) Retry(ctx context.Context, in RetryInput) (*database.Outcome, error) {
	if !viewer.From(ctx).Has(viewer.JobWrite) {
		return nil, fault.New(fault.Forbidden, "You may not do this")
	}
	key := in.ID.KeyOf(nodeid.Job)
	return q.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		system := viewer.AsSystem(ctx)
		there, err := tx.Job.Query().Where(job.ID(key)).Exist(system)
		switch {
		case err != nil:
			return 0, fmt.Errorf("read job: %w", err)
		case !there:
			return 0, fault.New(fault.NotFound, "There is no such job")
		}
		n, err := tx.Job.Update().Where(job.ID(key), job.StatusEQ(job.StatusDEAD)).
			SetStatus(job.StatusWAITING).SetRunAt(q.db.Now()).ClearFinishedAt().Save(system)
		switch {
		case err != nil:
			return 0, fmt.Errorf("retry job: %w", err)
		case n == 0:
			return 0, fault.Reject(NotDead, "This job is done, or will be tried again anyway", "id")
		}
		q.wakeAfter(tx)
		return key, nil
	})
}
