package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// traces are where spans go: to a collector, or nowhere.
type traces struct {
	tracer trace.Tracer // nil where they go nowhere, which costs nothing
	close  func()       // sends what was not sent yet
}

// lastSpans is how long the collector has to take the last of them.
const lastSpans = 5 * time.Second

// newTraces sends spans where OpenTelemetry's own variables say, which its library reads besides.
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
func newTraces(ctx context.Context, getenv func(string) string, logger *slog.Logger) (traces, error) {
	if !traced(getenv) {
		return traces{close: func() {}}, nil
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
		if protocol := getenv(name); protocol != "" && protocol != "http/protobuf" {
			return traces{}, fmt.Errorf("%s: traces are sent by http/protobuf, not by %q", name, protocol)
		}
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return traces{}, fmt.Errorf("send traces: %w", err)
	}
	described, err := resource.New(ctx, resource.WithTelemetrySDK(),
		resource.WithAttributes(semconv.ServiceName("galley"), semconv.ServiceVersion(version())), resource.WithFromEnv())
	if err != nil {
		return traces{}, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(complaining{exporter, logger}), sdktrace.WithResource(described))
	return traces{
		tracer: provider.Tracer("galley"),
		close: func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastSpans)
			defer cancel()
			if err := provider.Shutdown(ctx); err != nil {
				logger.WarnContext(ctx, "the last traces were not sent", "error", err)
			}
		},
	}, nil
}

// traced tells whether anybody is to be sent spans.
func traced(getenv func(string) string) bool {
	if strings.EqualFold(getenv("OTEL_SDK_DISABLED"), "true") || getenv("OTEL_TRACES_EXPORTER") == "none" {
		return false
	}
	return getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != ""
}

// complaining logs what the library would tell to a variable of the whole process.
type complaining struct {
	sdktrace.SpanExporter
	logger *slog.Logger
}

func (c complaining) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if err := c.SpanExporter.ExportSpans(ctx, spans); err != nil {
		c.logger.WarnContext(ctx, "traces were not sent", "spans", len(spans), "error", err)
	}
	return nil
}
