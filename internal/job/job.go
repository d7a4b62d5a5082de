// Package job does work after the transaction that asked for it: rows of an outbox, written in that very
// transaction, leased by one process at a time, and done at least once.
package job

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/viewer"
)

// Job is work to be done.
type Job struct {
	Key     int64 // the row's; the same in each attempt
	Kind    string
	Payload json.RawMessage
	Attempt int // 1 for the first
}

// Handler does a kind of work. It runs as the system viewer, may run more than once for a job, and must come
// to the same then. An error has it run again, later, unless it has a method Permanent that says true. It ends
// when its context does.
type Handler func(ctx context.Context, j Job) error

// Queue takes work, and has handlers do it.
type Queue struct {
	db        *database.DB
	log       *slog.Logger
	handlers  map[string]Handler
	schedules []*schedule
	woken     chan struct{} // holds one: there is work, as far as this process knows
	metrics   metrics

	workers int           // jobs at once in this process
	lease   time.Duration // of a job, unless it is renewed
	renewal time.Duration // how often it is
	poll    time.Duration // how often the database is asked for work of others
	longest time.Duration // that a handler may take
}

// maxAttempts takes, with the pauses between them, some two hours and a half.
const maxAttempts = 12

// New makes the queue of a shop.
func New(db *database.DB) *Queue {
	return &Queue{
		db: db, log: slog.New(slog.DiscardHandler), handlers: map[string]Handler{}, woken: make(chan struct{}, 1), metrics: newMetrics(),
		workers: 4, lease: time.Minute, renewal: 20 * time.Second, poll: time.Second, longest: 10 * time.Minute,
	}
}

// WithLogger tells what becomes of jobs.
func (q *Queue) WithLogger(log *slog.Logger) *Queue {
	q.log = log
	return q
}

// WithWorkers says how many jobs this process does at once. None leaves all to other processes.
func (q *Queue) WithWorkers(n int) *Queue {
	q.workers = n
	return q
}

// Handle says who does a kind of work, before Run.
func (q *Queue) Handle(kind string, h Handler) { q.handlers[kind] = h }

// Add asks for work in the caller's transaction: it is done if that is committed, and not otherwise. It
// returns the job's key. The payload is written as JSON, and must hold no secrets.
func (q *Queue) Add(ctx context.Context, tx *ent.Tx, kind string, payload any) (int64, error) {
	return q.AddAt(ctx, tx, kind, payload, q.db.Now())
}

// AddAt is Add for work that must not be done before a moment.
func (q *Queue) AddAt(ctx context.Context, tx *ent.Tx, kind string, payload any, at time.Time) (int64, error) {
	text, err := json.Marshal(payload)
	if err != nil {
		return 0, fmt.Errorf("encode job: %w", err)
	}
	j, err := tx.Job.Create().SetKind(kind).SetPayload(text).SetRunAt(at).Save(viewer.AsSystem(ctx))
	if err != nil {
		return 0, fmt.Errorf("add job: %w", err)
	}
	q.wakeAfter(tx)
	return j.ID, nil
}

// wakeAfter has this process look for work once the transaction is committed.
func (q *Queue) wakeAfter(tx *ent.Tx) {
	tx.OnCommit(func(next ent.Committer) ent.Committer {
		return ent.CommitFunc(func(ctx context.Context, tx *ent.Tx) error {
			err := next.Commit(ctx, tx)
			q.wake()
			return err
		})
	})
}

func (q *Queue) wake() {
	select {
	case q.woken <- struct{}{}:
	default: // it is awake already
	}
}
