package loader

import "github.com/prometheus/client_golang/prometheus"

// Batches counts how many keys are fetched at once: by the look-ahead, which knows them all, and by the loaders, which
// collect what is asked for within a moment. Many batches of one key are a look-ahead that is missing.
type Batches struct {
	keys         *prometheus.HistogramVec
	plan, loader prometheus.Observer
}

// NewBatches makes the counts of a shop.
func NewBatches() *Batches {
	keys := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "galley_batch_keys", Help: "Keys that were fetched at once, by the plan of a selection or by a loader that collected them.",
		Buckets: []float64{1, 2, 5, 10, 20, 50, 100, 500},
	}, []string{"by"})
	return &Batches{keys, keys.WithLabelValues("plan"), keys.WithLabelValues("loader")}
}

func (b *Batches) planned(keys int) {
	if b != nil {
		b.plan.Observe(float64(keys))
	}
}

func (b *Batches) collected(keys int) {
	if b != nil {
		b.loader.Observe(float64(keys))
	}
}

// Describe is Prometheus's.
func (b *Batches) Describe(into chan<- *prometheus.Desc) { b.keys.Describe(into) }

// Collect is Prometheus's too.
func (b *Batches) Collect(into chan<- prometheus.Metric) { b.keys.Collect(into) }
