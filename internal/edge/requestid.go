package edge

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"go.opentelemetry.io/otel/trace"
)

const mostRequestIDBytes = 128

// RequestID is the id of the request that a context belongs to, or empty.
func RequestID(ctx context.Context) string { return exchangeOf(ctx).id }

// requestID takes the id that a client or proxy has sent, if it is a sane one, or makes one.
func requestID(header http.Header, newID func() string) string {
	if id := header.Get("X-Request-Id"); isRequestID(id) {
		return id
	}
	return newID()
}

func isRequestID(id string) bool {
	for _, c := range []byte(id) {
		if !isAlphanumeric(c) && !strings.ContainsRune("-._:+/=", rune(c)) {
			return false
		}
	}
	return id != "" && len(id) <= mostRequestIDBytes
}

// LogRequestIDs wraps a log handler, so that every line written with the context of a request
// carries its request_id, and its trace_id if it is traced, whichever package writes it.
func LogRequestIDs(next slog.Handler) slog.Handler {
	if _, ok := next.(requestIDHandler); ok {
		return next
	}
	return requestIDHandler{next}
}

type requestIDHandler struct{ slog.Handler }

func (h requestIDHandler) Handle(ctx context.Context, record slog.Record) error {
	if id := RequestID(ctx); id != "" {
		record = record.Clone()
		record.AddAttrs(slog.String("request_id", id))
		if span := trace.SpanContextFromContext(ctx); span.IsSampled() {
			record.AddAttrs(slog.String("trace_id", span.TraceID().String()))
		}
	}
	return h.Handler.Handle(ctx, record)
}

func (h requestIDHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return requestIDHandler{h.Handler.WithAttrs(attrs)}
}

func (h requestIDHandler) WithGroup(name string) slog.Handler {
	return requestIDHandler{h.Handler.WithGroup(name)}
}
