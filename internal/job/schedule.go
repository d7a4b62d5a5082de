package job

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/robfig/cron/v3"

	"galley/ent"
	entschedule "galley/ent/schedule"
)

// schedule asks for work again and again.
type schedule struct {
	name, kind string
	times      cron.Schedule
	due        time.Time // not before; as far as this process knows
}

// Every has a kind of work done at the times of a cron expression (minute, hour, day of the month, month,
// day of the week; UTC), by one of all processes. The job has no payload. Times that passed while no process
// ran count as one. An expression that is none is a mistake in the program, and panics.
func (q *Queue) Every(name, expression, kind string) {
	times, err := cron.ParseStandard(expression)
	if err != nil {
		panic(fmt.Sprintf("schedule %s: %v", name, err))
	}
	q.schedules = append(q.schedules, &schedule{name: name, kind: kind, times: times})
}

// ask adds the jobs of those schedules that are due. Most of the time none is, which costs no statement.
func (q *Queue) ask(ctx context.Context) error {
	now := q.db.Now()
	var errs []error
	for _, s := range q.schedules {
		if now.Before(s.due) {
			continue
		}
		var due time.Time
		err := q.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) (err error) {
			due, err = q.tick(ctx, tx, s)
			return err
		})
		if err != nil {
			errs = append(errs, fmt.Errorf("schedule %s: %w", s.name, err))
			continue
		}
		s.due = due
	}
	return errors.Join(errs...)
}

// tick moves a schedule on, and adds its job if it was this process that did. It returns when it is due next.
func (q *Queue) tick(ctx context.Context, tx *ent.Tx, s *schedule) (time.Time, error) {
	row, err := tx.Schedule.Query().Where(entschedule.Name(s.name)).Only(ctx)
	now := q.db.Now() // not before: whoever was held up since would take the row of others for another version's
	next := s.times.Next(now)
	switch {
	case ent.IsNotFound(err):
		err := tx.Schedule.Create().SetName(s.name).SetDueAt(next).OnConflictColumns(entschedule.FieldName).DoNothing().Exec(ctx)
		if errors.Is(err, stdsql.ErrNoRows) {
			err = nil // another process was first
		}
		return next, err
	case err != nil:
		return next, err
	case row.DueAt.After(now) && !row.DueAt.After(next):
		return row.DueAt, nil
	}
	// It is due; or it was to be due later, by the expression of another version.
	moved, err := tx.Schedule.Update().Where(entschedule.ID(row.ID), entschedule.DueAt(row.DueAt)).SetDueAt(next).Save(ctx)
	if err != nil || moved == 0 || row.DueAt.After(now) {
		return next, err
	}
	_, err = q.Add(ctx, tx, s.kind, nil)
	return next, err
}
