package observe

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// What a span has besides the conventions: the document itself may hold values, its hash does not.
const (
	documentHash = attribute.Key("galley.document.sha256")
	statements   = attribute.Key("galley.statements")
)

// begin begins the span of an operation, or returns nil where nobody traces.
// https://opentelemetry.io/docs/specs/semconv/graphql/graphql-spans/
func (e *Executor) begin(ctx context.Context, opCtx *graphql.OperationContext) (context.Context, trace.Span) {
	if e.options.Tracer == nil {
		return ctx, nil
	}
	kind := string(opCtx.Operation.Operation)
	ctx, span := e.options.Tracer.Start(ctx, kind, trace.WithTimestamp(opCtx.Stats.OperationStart))
	if !span.IsRecording() {
		span.End()
		return ctx, nil
	}
	span.SetAttributes(semconv.GraphQLOperationTypeKey.String(kind), documentHash.String(hash(opCtx.RawQuery)))
	if name := opCtx.Operation.Name; name != "" {
		span.SetAttributes(semconv.GraphQLOperationName(name))
	}
	return ctx, span
}

// finish ends the span. What a client has to mend is no error of the shop's.
func (o *operation) finish() {
	outcome := o.result.outcome()
	if outcome == failed {
		o.span.SetStatus(codes.Error, "")
	}
	if len(o.result.codes) > 0 {
		o.span.SetAttributes(semconv.ErrorTypeKey.String(string(o.result.codes[0])))
	}
	if o.counter != nil {
		o.span.SetAttributes(statements.Int(o.counter.Statements()))
	}
	o.span.End()
}
