package limit

import "github.com/prometheus/client_golang/prometheus"

// Collector tells Prometheus how a cache is doing, under a name.
func (c *Cache[V]) Collector(name string) prometheus.Collector {
	of := prometheus.Labels{"cache": name}
	return collectors{
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "galley_cache_hits_total", Help: "What was found in a cache.", ConstLabels: of},
			func() float64 { return float64(c.hits.Load()) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "galley_cache_misses_total", Help: "What was not.", ConstLabels: of},
			func() float64 { return float64(c.misses.Load()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "galley_cache_bytes", Help: "Memory that a cache holds, estimated.", ConstLabels: of},
			func() float64 { return float64(c.bytes()) }),
	}
}

func (c *Cache[V]) bytes() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.used
}

// collectors are several as one.
type collectors []prometheus.Collector

// Describe is Prometheus's.
func (all collectors) Describe(into chan<- *prometheus.Desc) {
	for _, c := range all {
		c.Describe(into)
	}
}

// Collect is Prometheus's too.
func (all collectors) Collect(into chan<- prometheus.Metric) {
	for _, c := range all {
		c.Collect(into)
	}
}
