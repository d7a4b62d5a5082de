package loader

import (
	"context"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/job"
	"galley/graph/connection"
)

// JobFilter is the SDL's input of the same name.
type JobFilter struct {
	Status []job.Status
	Kind   *string
}

// Jobs is a page of all jobs that the viewer may see, the newest first.
func (l *Loaders) Jobs(ctx context.Context, args connection.Args, filter *JobFilter) (*connection.JobConnection, error) {
	p, err := connection.NewPage(args, connection.Sort[*ent.Job]{
		Name: "CREATED", Column: job.FieldCreatedAt, Kind: connection.Time, Desc: true,
		Value: func(j *ent.Job) any { return j.CreatedAt },
		Key:   func(j *ent.Job) int64 { return j.ID },
	})
	if err != nil {
		return nil, err
	}
	q := l.source.Client.Job.Query().Where(filter.where())
	count := q.Clone()
	q.Modify(p.Select)
	rows, err := q.Select(l.of(job.Table, p.Columns()...)...).All(ctx)
	if err != nil {
		return nil, err
	}
	l.ahead(ctx, rows)
	return p.Connection(rows, count.Count), nil
}

func (f *JobFilter) where() func(*sql.Selector) {
	if f == nil {
		return nowhere
	}
	var all []func(*sql.Selector)
	if f.Status != nil {
		all = append(all, job.StatusIn(f.Status...))
	}
	if f.Kind != nil {
		all = append(all, job.Kind(*f.Kind))
	}
	return and(all)
}
