package admission

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// measure makes the metrics of a gate.
func (g *gate) measure(kind string, places int) {
	of := prometheus.Labels{"gate": kind}
	g.turnedAway = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "galley_admission_refused_total", Help: "Operations that found no place, and were told to come again.", ConstLabels: of,
	})
	g.waited = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "galley_admission_wait_seconds", Help: "How long operations waited that found no place at once.", ConstLabels: of,
		Buckets: []float64{.005, .01, .025, .05, .1, .15, .25},
	})
	g.metrics = []prometheus.Collector{
		g.turnedAway, g.waited,
		gauge("galley_admission_places", "Places for operations that run.", of, func() float64 { return float64(places) }),
		gauge("galley_admission_running", "Operations that run.", of, value(&g.inside)),
		gauge("galley_admission_waiting", "Operations that wait for a place.", of, value(&g.waiting)),
	}
}

func gauge(name, help string, labels prometheus.Labels, read func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}, read)
}

func value(n *atomic.Int64) func() float64 { return func() float64 { return float64(n.Load()) } }

// Describe is Prometheus's.
func (e *Executor) Describe(into chan<- *prometheus.Desc) {
	for _, g := range e.gates {
		for _, c := range g.metrics {
			c.Describe(into)
		}
	}
}

// Collect is Prometheus's too.
func (e *Executor) Collect(into chan<- prometheus.Metric) {
	for _, g := range e.gates {
		for _, c := range g.metrics {
			c.Collect(into)
		}
	}
}
