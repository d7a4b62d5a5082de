package limit_test

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"galley/internal/edge/limit"
)

func TestACacheTellsHowItIsDoing(t *testing.T) {
	t.Parallel()
	cache := limit.NewCache(100, func(_ string, value int) int { return value })
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(cache.Collector("numbers"), limit.NewCache(1, func(string, int) int { return 1 }).Collector("others"))
	cache.Get(t.Context(), "seven")
	cache.Add(t.Context(), "seven", 7)
	cache.Get(t.Context(), "seven")
	cache.Get(t.Context(), "seven")
	want := `
# HELP galley_cache_bytes Memory that a cache holds, estimated.
# TYPE galley_cache_bytes gauge
galley_cache_bytes{cache="numbers"} 7
galley_cache_bytes{cache="others"} 0
# HELP galley_cache_hits_total What was found in a cache.
# TYPE galley_cache_hits_total counter
galley_cache_hits_total{cache="numbers"} 2
galley_cache_hits_total{cache="others"} 0
# HELP galley_cache_misses_total What was not.
# TYPE galley_cache_misses_total counter
galley_cache_misses_total{cache="numbers"} 1
galley_cache_misses_total{cache="others"} 0
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want)); err != nil {
		t.Error(err)
	}
}
