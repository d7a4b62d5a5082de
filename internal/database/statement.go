package database

import (
	"context"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"entgo.io/ent/dialect"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	oteltrace "go.opentelemetry.io/otel/trace"
)

// Counter counts an operation's statements and the time that they took.
type Counter struct {
	// Note is told each statement before it is sent, for tests.
	Note func(query string, args any)

	statements, nanoseconds atomic.Int64
}

// Statements is how many were sent, BEGIN and COMMIT not among them.
func (c *Counter) Statements() int { return int(c.statements.Load()) }

// Duration is how long they took together, until their first row.
func (c *Counter) Duration() time.Duration { return time.Duration(c.nanoseconds.Load()) }

type counterKey struct{}

// WithCounter counts the statements that are sent under the context.
func WithCounter(ctx context.Context) (context.Context, *Counter) {
	c := new(Counter)
	return context.WithValue(ctx, counterKey{}, c), c
}

// CounterFrom is the counter that WithCounter put into the context, or nil.
func CounterFrom(ctx context.Context) *Counter {
	c, _ := ctx.Value(counterKey{}).(*Counter)
	return c
}

// statement is one that is sent: it counts in its operation, and is a span of it where the request is traced.
type statement struct {
	counter *Counter
	began   time.Time
	span    oteltrace.Span
}

// send notes a statement before it is sent; end it when it is done.
func send(ctx context.Context, engine, query string, args any) statement {
	s := statement{counter: CounterFrom(ctx), span: trace(ctx, engine, query)}
	if s.counter != nil {
		if s.counter.Note != nil {
			s.counter.Note(query, args)
		}
		s.began = time.Now()
	}
	return s
}

func (s statement) end(err *error) {
	if s.counter != nil {
		s.counter.statements.Add(1)
		s.counter.nanoseconds.Add(int64(time.Since(s.began)))
	}
	end(s.span, err)
}

// trace begins the span of a statement, or returns nil where nobody looks. It has the statement's text, whose values
// are parameters, and never these. https://opentelemetry.io/docs/specs/semconv/database/database-spans/
func trace(ctx context.Context, engine, query string) oteltrace.Span {
	parent := oteltrace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return nil
	}
	name, verb, table := summary(query)
	attributes := []attribute.KeyValue{systems[engine], semconv.DBQueryText(query), semconv.DBOperationName(verb)}
	if table != "" {
		attributes = append(attributes, semconv.DBCollectionName(table))
	}
	_, span := parent.TracerProvider().Tracer("galley/internal/database").
		Start(ctx, name, oteltrace.WithSpanKind(oteltrace.SpanKindClient), oteltrace.WithAttributes(attributes...))
	return span
}

var systems = map[string]attribute.KeyValue{dialect.Postgres: semconv.DBSystemNamePostgreSQL, dialect.SQLite: semconv.DBSystemNameSQLite}

// end ends a span, if there is one. What failed is told by its kind alone: a database's messages quote values.
func end(span oteltrace.Span, err *error) {
	if span == nil {
		return
	}
	if *err != nil {
		span.SetStatus(codes.Error, "")
		span.SetAttributes(semconv.ErrorType(*err))
	}
	span.End()
}

var firstTable = regexp.MustCompile("(?i)\\b(?:from|into|update)\\s+[\"`]?([a-z_][a-z_0-9]*)")

// summary is a short name for a statement, SELECT orders, of few kinds.
func summary(query string) (name, verb, table string) {
	verb, _, _ = strings.Cut(strings.TrimSpace(query), " ")
	if found := firstTable.FindStringSubmatch(query); found != nil {
		return strings.ToUpper(verb) + " " + found[1], strings.ToUpper(verb), found[1]
	}
	return strings.ToUpper(verb), strings.ToUpper(verb), ""
}
