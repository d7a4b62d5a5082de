package database_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"galley/ent"
	"galley/ent/category"
	"galley/internal/database"
	"galley/internal/database/databasetest"
)

// traced runs fn under a span, and returns the spans below it.
func traced(t *testing.T, fn func(ctx context.Context)) []sdktrace.ReadOnlySpan {
	t.Helper()
	recorder := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder))
	ctx, span := provider.Tracer("test").Start(databasetest.System(t.Context()), "operation")
	fn(ctx)
	spans := recorder.Ended()
	span.End()
	for _, s := range spans {
		if s.Parent().SpanID() != span.SpanContext().SpanID() {
			t.Errorf("%s is not below the operation", s.Name())
		}
	}
	return spans
}

func names(spans []sdktrace.ReadOnlySpan) []string {
	var all []string
	for _, s := range spans {
		all = append(all, s.Name())
	}
	return all
}

func TestStatementsAreSpans(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		system := map[bool]string{true: "postgresql", false: "sqlite"}[db.Postgres()]
		spans := traced(t, func(ctx context.Context) {
			err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
				return tx.Category.Create().SetName("Secret teas").SetSlug("secret-teas").Exec(ctx)
			})
			if err != nil {
				t.Fatal(err)
			}
			db.Client.Category.Query().Where(category.Slug("secret-teas")).OnlyX(ctx)
		})
		if got := names(spans); got[0] != "BEGIN" || !slices.Contains(got, "INSERT categories") || got[len(got)-2] != "COMMIT" || got[len(got)-1] != "SELECT categories" {
			t.Errorf("spans are %q", got)
		}
		for _, s := range spans {
			if text := fmt.Sprint(s.Attributes()); !strings.Contains(text, system) || strings.Contains(strings.ToLower(text), "secret") || s.Status().Code != codes.Unset {
				t.Errorf("%s has %s, %v", s.Name(), text, s.Status())
			}
		}
		t.Run("and those that fail say so, without values", func(t *testing.T) {
			spans := traced(t, func(ctx context.Context) {
				err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
					return tx.Category.Create().SetName("Other").SetSlug("secret-teas").Exec(ctx)
				})
				if err == nil {
					t.Fatal("a slug is there twice")
				}
			})
			got := names(spans)
			failing := spans[slices.Index(got, "INSERT categories")]
			if failing.Status().Code != codes.Error || got[len(got)-1] != "ROLLBACK" || slices.Contains(got, "COMMIT") {
				t.Errorf("spans are %q, %v", got, failing.Status())
			}
			if text := fmt.Sprint(failing.Attributes(), failing.Events(), failing.Status()); strings.Contains(text, "secret-teas") {
				t.Errorf("the span has a value: %s", text)
			}
		})
		t.Run("and there are none where nobody traces", func(t *testing.T) {
			ctx, counter := database.WithCounter(databasetest.System(t.Context()))
			db.Client.Category.Query().AllX(ctx)
			if counter.Statements() != 1 {
				t.Errorf("%d statements", counter.Statements())
			}
		})
	})
}

func TestConnectionsAreMeasured(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		registry := prometheus.NewPedanticRegistry()
		registry.MustRegister(db)
		reads, writes := db.Capacity()
		if reads < 4 || (writes == 0) != db.Postgres() {
			t.Errorf("the capacity is %d and %d", reads, writes)
		}
		found, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		most := 0.0
		for _, family := range found {
			if family.GetName() == "go_sql_max_open_connections" {
				most = family.GetMetric()[0].GetGauge().GetValue()
			}
		}
		if int(most) != reads {
			t.Errorf("there are %v connections at the most, for %d reads", most, reads)
		}
		if n, err := testutil.GatherAndCount(registry, "galley_sqlite_writers_waiting"); err != nil || (n == 1) == db.Postgres() {
			t.Errorf("%d series tell of SQLite's writer, %v", n, err)
		}
	})
}
