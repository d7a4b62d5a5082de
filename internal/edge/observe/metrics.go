package observe

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// metrics are counted by the process.
type metrics struct {
	operations *prometheus.CounterVec
	errors     *prometheus.CounterVec
	duration   *prometheus.HistogramVec
	statements *prometheus.HistogramVec
	messages   *prometheus.CounterVec
}

func newMetrics() metrics {
	return metrics{
		operations: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "galley_operations_total", Help: "Operations, by what became of them. Those that are refused before they run have no name and no type.",
		}, []string{"operation", "type", "outcome"}),
		errors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "galley_operation_errors_total", Help: "Operations with an error of a code.",
		}, []string{"code"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "galley_operation_duration_seconds", Help: "How long queries and mutations took, from when they were read to the end of their answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"operation", "type"}),
		statements: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "galley_operation_statements", Help: "SQL statements of queries and mutations, the one that finds out who is asking among them.",
			Buckets: []float64{0, 1, 2, 3, 4, 6, 8, 12, 20, 50},
		}, []string{"operation", "type"}),
		messages: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "galley_subscription_messages_total", Help: "Messages of subscriptions.",
		}, []string{"operation"}),
	}
}

func (m metrics) refused(errs gqlerror.List) {
	m.operations.WithLabelValues("", "", string(refused)).Inc()
	for _, code := range codesOf(errs) {
		m.errors.WithLabelValues(string(code)).Inc()
	}
}

func (m metrics) count(o *operation, took time.Duration) {
	kind := string(o.operation.Operation.Operation)
	m.operations.WithLabelValues(o.name, kind, string(o.result.outcome())).Inc()
	for _, code := range o.result.codes {
		m.errors.WithLabelValues(string(code)).Inc()
	}
	if o.is(ast.Subscription) {
		return // it takes as long as its client likes
	}
	m.duration.WithLabelValues(o.name, kind).Observe(took.Seconds())
	if o.counter != nil {
		m.statements.WithLabelValues(o.name, kind).Observe(float64(o.counter.Statements()))
	}
}

func (m metrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.operations, m.errors, m.duration, m.statements, m.messages}
}

// Describe is Prometheus's.
func (e *Executor) Describe(into chan<- *prometheus.Desc) {
	for _, c := range e.metrics.all() {
		c.Describe(into)
	}
}

// Collect is Prometheus's too.
func (e *Executor) Collect(into chan<- prometheus.Metric) {
	for _, c := range e.metrics.all() {
		c.Collect(into)
	}
}
