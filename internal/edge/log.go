package edge

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"galley/internal/fault"
)

// exchange is what is noted of one request for its line in the log. The line has no variables, no
// arguments, no headers and no addresses: any of them may hold a secret.
type exchange struct {
	id            string
	operationName string
	operationType string
	code          fault.Code // of the first error
	errors        int
	jar           *jar // nil where no cookie is read or set
}

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok {
		return x
	}
	return &exchange{}
}

func (x *exchange) operationIs(operation *ast.OperationDefinition) {
	x.operationName, x.operationType = operation.Name, string(operation.Operation)
}

// exchange gives a request its id, and writes its line once it is answered.
func (s *Server) exchange(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		x := &exchange{id: requestID(r.Header, s.config.NewID)}
		w.Header().Set("X-Request-Id", x.id)
		ctx, end := s.trace(r)
		r = r.WithContext(context.WithValue(ctx, exchangeKey{}, x))
		recorder := &recorder{ResponseWriter: w, draining: &s.draining}
		defer func() {
			end(r, recorder)
			s.log(r, x, recorder, time.Since(start))
		}()
		next.ServeHTTP(recorder, r)
	})
}

func (s *Server) log(r *http.Request, x *exchange, w *recorder, took time.Duration) {
	route := r.Pattern
	if route == "" {
		route = "none"
	}
	attrs := []slog.Attr{
		slog.String("method", r.Method),
		slog.String("route", route),
		slog.Int("status", w.status),
		slog.Duration("duration", took),
		slog.Int64("bytes", w.bytes),
	}
	if x.operationType != "" {
		attrs = append(attrs, slog.String("operation", x.operationName), slog.String("type", x.operationType))
	}
	if x.errors > 0 {
		attrs = append(attrs, slog.String("code", string(x.code)), slog.Int("errors", x.errors))
	}
	s.logger.LogAttrs(r.Context(), logLevel(route, w.status), "request", attrs...)
}

// logLevel keeps the probes of a balancer out of the way.
func logLevel(route string, status int) slog.Level {
	switch {
	case route == "GET /livez" || route == "GET /readyz":
		return slog.LevelDebug
	case status >= http.StatusInternalServerError:
		return slog.LevelError
	}
	return slog.LevelInfo
}

// recorder notes the status and the size of an answer. Status zero is an answer never begun.
type recorder struct {
	http.ResponseWriter
	draining *atomic.Bool
	status   int
	bytes    int64
}

// Unwrap serves http.ResponseController.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.begin(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

// begin notes the status. While the server drains, clients are told to come on another connection.
func (w *recorder) begin(status int) {
	w.status = status
	if w.draining.Load() {
		w.Header().Set("Connection", "close")
	}
}

func (w *recorder) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.begin(http.StatusOK)
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}
