package job

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"galley/ent"
	"galley/ent/job"
	"galley/internal/viewer"
)

// outcome is what became of an attempt.
type outcome string

const (
	done     outcome = "done"
	failed   outcome = "failed"
	dead     outcome = "dead"
	lost     outcome = "lost"     // another process has the job
	returned outcome = "returned" // the process is stopping
)

// metrics are counted by the process.
type metrics struct {
	attempts *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

// These are read from the database when somebody asks: they are the same for all processes.
var (
	waiting = prometheus.NewDesc("galley_jobs_waiting", "Jobs that are not done yet, those under way among them.", []string{"kind"}, nil)
	buried  = prometheus.NewDesc("galley_jobs_dead", "Jobs that failed too often, and wait for somebody of the staff.", []string{"kind"}, nil)
	late    = prometheus.NewDesc("galley_jobs_oldest_due_seconds", "How long the job that waits for the longest time could have been done already.", nil, nil)
)

func newMetrics() metrics {
	return metrics{
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "galley_job_attempts_total", Help: "Attempts at jobs, by what became of them.",
		}, []string{"kind", "outcome"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "galley_job_duration_seconds", Help: "How long attempts took.", Buckets: []float64{.01, .05, .25, 1, 5, 30, 120, 600},
		}, []string{"kind"}),
	}
}

func (m metrics) count(kind string, o outcome, took time.Duration) {
	m.attempts.WithLabelValues(kind, string(o)).Inc()
	m.duration.WithLabelValues(kind).Observe(took.Seconds())
}

// Describe is Prometheus's: the queue is a collector.
func (q *Queue) Describe(into chan<- *prometheus.Desc) {
	q.metrics.attempts.Describe(into)
	q.metrics.duration.Describe(into)
	into <- waiting
	into <- buried
	into <- late
}

// Collect is Prometheus's too.
func (q *Queue) Collect(into chan<- prometheus.Metric) {
	q.metrics.attempts.Collect(into)
	q.metrics.duration.Collect(into)
	if err := q.collect(into); err != nil {
		into <- prometheus.NewInvalidMetric(waiting, err)
	}
}

func (q *Queue) collect(into chan<- prometheus.Metric) error {
	ctx, cancel := context.WithTimeout(viewer.With(context.Background(), viewer.Viewer{Kind: viewer.System}), 5*time.Second)
	defer cancel()
	var found []struct {
		Status job.Status
		Kind   string
		Count  int
	}
	jobs := q.db.Client.Job.Query()
	err := jobs.Clone().Where(job.StatusNEQ(job.StatusDONE)).GroupBy(job.FieldStatus, job.FieldKind).Aggregate(ent.Count()).Scan(ctx, &found)
	if err != nil {
		return err
	}
	for _, f := range found {
		of := waiting
		if f.Status == job.StatusDEAD {
			of = buried
		}
		into <- prometheus.MustNewConstMetric(of, prometheus.GaugeValue, float64(f.Count), f.Kind)
	}
	var age time.Duration
	oldest, err := jobs.Where(job.StatusEQ(job.StatusWAITING), job.RunAtLTE(q.db.Now())).Order(job.ByRunAt(), job.ByID()).First(ctx)
	switch {
	case err == nil:
		age = q.db.Now().Sub(oldest.RunAt)
	case !ent.IsNotFound(err):
		return err
	}
	into <- prometheus.MustNewConstMetric(late, prometheus.GaugeValue, age.Seconds())
	return nil
}
