package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"galley/internal/job"
)

// runJobs has the shop's jobs done until the returned function is called, which waits for those under way.
func runJobs(ctx context.Context, jobs *job.Queue, drain time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		jobs.Run(ctx, drain)
	}()
	return func() {
		cancel()
		<-done
	}
}

// newMetrics is what a shop tells Prometheus: what the process has used, and what those count that are collectors.
func newMetrics(from ...any) (*prometheus.Registry, error) {
	registry := prometheus.NewRegistry()
	errs := []error{
		registry.Register(collectors.NewGoCollector()), registry.Register(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})),
	}
	for _, f := range from {
		if c, ok := f.(prometheus.Collector); ok {
			errs = append(errs, registry.Register(c))
		}
	}
	return registry, errors.Join(errs...)
}

// serveMetrics serves /metrics on a listener of its own, until the returned function is called. Without a
// listener it serves nothing.
func serveMetrics(listener net.Listener, logger *slog.Logger, metrics *prometheus.Registry) (stop func()) {
	if listener == nil {
		return func() {}
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn), ErrorHandling: promhttp.ContinueOnError,
	}))
	server := &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // ends when it is closed
	}()
	logger.Info("metrics", "address", listener.Addr().String())
	return func() {
		_ = server.Close()
		<-done
	}
}
