package edge

import (
	"errors"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"galley/internal/edge/admission"
	"galley/internal/edge/observe"
	"galley/internal/fault"
	"galley/internal/viewer"
)

// watched has operations go through an executor that is looked at, and registers what is counted.
func (s *Server) watched(executor *admission.Executor) error {
	options := s.config.Observe
	options.Logger, options.Tracer, options.Trusted = s.logger, s.config.Tracer, s.documents.Trusts
	watch := observe.Watch(executor, options)
	s.executor = watch
	if s.config.Metrics == nil {
		return nil
	}
	streams := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "galley_streams", Help: "Streams and WebSockets that are open.",
	}, func() float64 { return float64(s.places.taken()) })
	return errors.Join(s.config.Metrics.Register(watch), s.config.Metrics.Register(executor), s.config.Metrics.Register(streams))
}

// metrics serves Prometheus, with the API key of whoever may see what is done in the background.
func (s *Server) metrics(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if err := s.mayMeasure(r); err != nil {
		s.deny(w, r, err)
		return
	}
	promhttp.HandlerFor(s.config.Metrics, promhttp.HandlerOpts{DisableCompression: true}).ServeHTTP(w, r)
}

// mayMeasure refuses those who bring no token that opens the metrics. Cookies are for browsers.
func (s *Server) mayMeasure(r *http.Request) error {
	c, err := credentials(r.Header)
	if err != nil {
		return err
	}
	ctx, err := s.admit(r.Context(), c)
	if err != nil {
		return err
	}
	return viewer.Need(ctx, viewer.JobRead)
}

// deny refuses, in plain words, what is no GraphQL.
func (s *Server) deny(w http.ResponseWriter, r *http.Request, cause error) {
	failure := s.told(r.Context(), cause)
	if failure.Code == fault.Unauthenticated {
		w.Header().Set("WWW-Authenticate", `Bearer realm="galley"`)
	}
	http.Error(w, failure.Message, statusOf(failure.Code))
}
