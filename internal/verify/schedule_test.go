package verify_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"galley/internal/job"
	"galley/internal/verify"
)

// gauges are what a guard tells Prometheus, by name and rule.
func gauges(t *testing.T, g *verify.Guard) map[string]float64 {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(g)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			name := f.GetName()
			for _, l := range m.GetLabel() {
				name += " " + l.GetValue()
			}
			found[name] = m.GetGauge().GetValue()
		}
	}
	return found
}

func TestWhatWasFoundIsToldByAllProcesses(t *testing.T) {
	t.Parallel()
	each(t, func(s *shop) {
		var log bytes.Buffer
		checks := verify.Every(job.New(s.db), s.db, slog.New(slog.NewTextHandler(&log, nil)))
		other := verify.Every(job.New(s.db), s.db, slog.New(slog.DiscardHandler))
		if got := gauges(s.T, other); len(got) > 0 {
			s.Errorf("before the first check: %v", got)
		}
		if err := checks.Check()(s.ctx, job.Job{}); err != nil || log.Len() > 0 {
			s.Fatal(err, log.String())
		}
		rules := len(s.verify(0).Rules)
		if got := gauges(s.T, other); len(got) != rules+1 || got["galley_invariant_violations stock"] != 0 ||
			got["galley_invariant_checked_timestamp_seconds"] != float64(day().Unix()) {
			s.Errorf("all is well: %v", got)
		}
		s.exec(`UPDATE variants SET available = available + 1`)
		if err := checks.Check()(s.ctx, job.Job{}); err != nil {
			s.Fatal(err)
		}
		if got := gauges(s.T, other); len(got) != rules+1 || got["galley_invariant_violations stock"] != 1 || got["galley_invariant_violations sold"] != 0 {
			s.Errorf("a piece too many: %v", got)
		}
		if text := log.String(); !strings.Contains(text, "rule=stock violations=1 first="+variant(s).String()) || strings.Count(text, "\n") != 1 {
			s.Errorf("the log says %s", text)
		}
	})
}

func TestOfManyViolationsAFewAreShown(t *testing.T) {
	t.Parallel()
	each(t, func(s *shop) {
		for i := range 25 {
			s.exec(fmt.Sprintf(`INSERT INTO promotions (id, created_at, updated_at, name, kind, basis_points, currency, used)
				VALUES (%d, $1, $1, 'P', 'PERCENTAGE', 1, 'GBP', 1)`, i+1), day())
		}
		for _, f := range s.verify(0).Rules {
			if f.Rule == "promotion_uses" && (f.Violations != 25 || len(f.Examples) != 10) {
				s.Errorf("told is %+v", f)
			}
		}
	})
}
