package edge

import (
	"context"
	"net/http"
	"strings"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// mostPathBytes is what a span has of a path at the most.
const mostPathBytes = 200

// trace begins the span of a request; what it returns ends it. The span has no query string, no header and no address:
// any of them may hold a secret. https://opentelemetry.io/docs/specs/semconv/http/http-spans/
func (s *Server) trace(r *http.Request) (_ context.Context, end func(r *http.Request, w *recorder)) {
	if s.config.Tracer == nil {
		return r.Context(), func(*http.Request, *recorder) {}
	}
	ctx, options := s.caller(r)
	ctx, span := s.config.Tracer.Start(ctx, method(r), append(options, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		semconv.HTTPRequestMethodKey.String(method(r)), semconv.URLPath(r.URL.Path[:min(len(r.URL.Path), mostPathBytes)]),
	))...)
	return ctx, func(r *http.Request, w *recorder) {
		if r.Pattern != "" {
			span.SetName(method(r) + " " + path(r.Pattern))
			span.SetAttributes(semconv.HTTPRoute(path(r.Pattern)))
		}
		if w.status != 0 { // a socket's is not told
			span.SetAttributes(semconv.HTTPResponseStatusCode(w.status))
		}
		if w.status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// caller is the trace that a request belongs to: as part of it where it comes from this machine or a trusted proxy. Of
// anybody else's the span has a link, or strangers would decide what is recorded. https://www.w3.org/TR/trace-context/
func (s *Server) caller(r *http.Request) (context.Context, []trace.SpanStartOption) {
	ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	peer := peerOf(r)
	if peer.IsLoopback() || s.isProxy(peer) {
		return ctx, nil
	}
	if named := trace.SpanContextFromContext(ctx); named.IsValid() {
		return r.Context(), []trace.SpanStartOption{trace.WithLinks(trace.Link{SpanContext: named})}
	}
	return r.Context(), nil
}

// method is the request's, or the conventions' word for one that HTTP does not know.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodConnect, http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodOptions,
		http.MethodPatch, http.MethodPost, http.MethodPut, http.MethodTrace:
		return r.Method
	}
	return "_OTHER"
}

// path is a pattern without its method.
func path(pattern string) string {
	if _, path, found := strings.Cut(pattern, " "); found {
		return path
	}
	return pattern
}
