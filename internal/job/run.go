package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"galley/internal/viewer"
)

var (
	errStopping = errors.New("the process is stopping")
	errLost     = errors.New("the lease was lost")
	errTooLong  = errors.New("the handler took too long")
)

// leave is how long handlers have to notice that there is no more time.
const leave = 5 * time.Second

// Run has the work done until the context ends. Then it takes nothing more, lets what is under way go on
// for the time of the drain, and gives the rest back for others to do.
func (q *Queue) Run(ctx context.Context, drain time.Duration) {
	work, cancel := context.WithCancelCause(viewer.With(context.WithoutCancel(ctx), viewer.Viewer{Kind: viewer.System}))
	defer cancel(nil)
	ended := make(chan struct{}, q.workers)
	running := 0
	for ctx.Err() == nil {
		if running == q.workers {
			select {
			case <-ended:
				running--
			case <-ctx.Done():
			}
			continue
		}
		jobs, in := q.next(work, q.workers-running)
		for _, j := range jobs {
			running++
			go func() {
				defer func() { ended <- struct{}{} }()
				q.do(work, j)
			}()
		}
		if len(jobs) > 0 {
			continue // until nothing is left, or nobody to do it
		}
		select {
		case <-ended:
			running--
		case <-q.woken:
		case <-time.After(min(in, q.poll/2+rand.N(q.poll))): //nolint:gosec // processes shall not ask all at once
		case <-ctx.Done():
		}
	}
	defer time.AfterFunc(drain, func() { cancel(errStopping) }).Stop()
	for late := time.After(drain + leave); running > 0; running-- {
		select {
		case <-ended:
		case <-late:
			q.log.ErrorContext(work, "handlers do not stop: their jobs are done again when the leases end", "handlers", running)
			return
		}
	}
}

// next asks for what schedules want, and leases up to n jobs. If none is due, it tells when one may be.
func (q *Queue) next(ctx context.Context, n int) ([]Job, time.Duration) {
	if err := q.ask(ctx); err != nil {
		q.log.ErrorContext(ctx, "a schedule could not ask for its job", "error", err)
	}
	jobs, in, err := q.claim(ctx, n)
	if err != nil {
		q.log.ErrorContext(ctx, "jobs could not be leased", "error", err)
		return nil, q.poll // if they were after all, their leases end
	}
	return jobs, in
}

// do has a job's handler run, and notes what became of it.
func (q *Queue) do(ctx context.Context, j Job) {
	began := time.Now()
	err := q.handle(ctx, j)
	outcome, note := failed, func() (bool, error) { return q.failed(ctx, j, err) }
	switch {
	case err == nil:
		outcome, note = done, func() (bool, error) { return q.done(ctx, j) }
	case errors.Is(err, errStopping):
		outcome, note = returned, func() (bool, error) { return q.giveBack(ctx, j) }
	case final(j, err):
		outcome = dead
	}
	ours, noted := note()
	if noted == nil && !ours {
		outcome = lost
	}
	q.metrics.count(j.Kind, outcome, time.Since(began))
	q.tell(ctx, j, outcome, err, noted)
}

// handle runs the handler while it keeps the lease.
func (q *Queue) handle(ctx context.Context, j Job) (err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ctx, stop := context.WithTimeoutCause(ctx, q.longest, errTooLong)
	defer stop()
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		q.keep(ctx, j, cancel)
	}()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the handler panicked: %v", p)
			q.log.ErrorContext(ctx, "a handler panicked", "kind", j.Kind, "panic", p, "stack", string(debug.Stack()))
		}
		if err != nil && context.Cause(ctx) != nil {
			err = fmt.Errorf("%w: %w", context.Cause(ctx), err)
		}
		cancel(nil)
		<-kept
	}()
	return q.handlers[j.Kind](ctx, j)
}

// keep prolongs the lease until the context ends, and ends it when the lease is another's.
func (q *Queue) keep(ctx context.Context, j Job, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(q.renewal)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		switch ours, err := q.renew(ctx, j); {
		case err != nil:
			q.log.WarnContext(ctx, "a lease could not be renewed", "kind", j.Kind, "job", j.Key, "error", err)
		case !ours:
			cancel(errLost)
			return
		}
	}
}

// tell writes the line of a job.
func (q *Queue) tell(ctx context.Context, j Job, o outcome, err, noted error) {
	level := slog.LevelInfo
	switch {
	case noted != nil, o == dead:
		level = slog.LevelError
	case o == failed, o == lost:
		level = slog.LevelWarn
	}
	attributes := []slog.Attr{slog.String("kind", j.Kind), slog.Int64("job", j.Key), slog.Int("attempt", j.Attempt), slog.String("outcome", string(o))}
	if err := errors.Join(err, noted); err != nil {
		attributes = append(attributes, slog.Any("error", err))
	}
	q.log.LogAttrs(ctx, level, "job", attributes...)
}
