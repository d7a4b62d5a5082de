package verify

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/job"
	"galley/internal/viewer"
)

const kind = "verify"

// Guard checks a shop once an hour, and tells Prometheus what came of it last, whichever process checked.
type Guard struct {
	db  *database.DB
	log *slog.Logger
}

// Every has the queue check the shop.
func Every(q *job.Queue, db *database.DB, log *slog.Logger) *Guard {
	g := &Guard{db: db, log: log}
	q.Handle(kind, g.check)
	q.Every(kind, "37 * * * *", kind)
	return g
}

// check checks the shop, complains of what is wrong, and notes it for the metrics.
func (g *Guard) check(ctx context.Context, _ job.Job) error {
	report, err := Shop(ctx, g.db, Grace)
	if err != nil {
		return err
	}
	for _, f := range report.Rules {
		if f.Violations > 0 {
			g.log.ErrorContext(ctx, "the shop breaks a rule that always holds: run galley verify", "rule", f.Rule, "violations", f.Violations, "first", f.Examples[0].ID)
		}
	}
	return g.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		if _, err := tx.Verification.Delete().Exec(ctx); err != nil {
			return fmt.Errorf("forget the last verification: %w", err)
		}
		rows := make([]*ent.VerificationCreate, len(report.Rules))
		for i, f := range report.Rules {
			rows[i] = tx.Verification.Create().SetRule(f.Rule).SetViolations(f.Violations).SetCheckedAt(report.At)
		}
		if err := tx.Verification.CreateBulk(rows...).Exec(ctx); err != nil {
			return fmt.Errorf("note verification: %w", err)
		}
		return nil
	})
}

var (
	violations = prometheus.NewDesc("galley_invariant_violations", "Rows that broke a rule of galley verify when it was checked last.", []string{"rule"}, nil)
	checked    = prometheus.NewDesc("galley_invariant_checked_timestamp_seconds", "When the rules of galley verify were checked last.", nil, nil)
)

// Describe is Prometheus's: the guard is a collector.
func (g *Guard) Describe(into chan<- *prometheus.Desc) {
	into <- violations
	into <- checked
}

// Collect is Prometheus's too. Before the first check there is nothing to tell.
func (g *Guard) Collect(into chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(viewer.With(context.Background(), viewer.Viewer{Kind: viewer.System}), 5*time.Second)
	defer cancel()
	found, err := g.db.Client.Verification.Query().All(ctx)
	if err != nil {
		into <- prometheus.NewInvalidMetric(violations, err)
		return
	}
	for _, f := range found {
		into <- prometheus.MustNewConstMetric(violations, prometheus.GaugeValue, float64(f.Violations), f.Rule)
	}
	if len(found) > 0 {
		into <- prometheus.MustNewConstMetric(checked, prometheus.GaugeValue, float64(found[0].CheckedAt.UnixMicro())/1e6)
	}
}
