package edge_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	otelcodes "go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/edge"
)

// blocked has the operation Blocks wait in its execution.
type blocked struct {
	graphql.GraphExecutor
	entered, leave chan bool
}

func (b blocked) DispatchOperation(ctx context.Context, op *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	responses, ctx := b.GraphExecutor.DispatchOperation(ctx, op)
	return func(ctx context.Context) *graphql.Response {
		if op.OperationName == "Blocks" || op.Operation.Name == "Blocks" {
			b.entered <- true
			<-b.leave
		}
		return responses(ctx)
	}, ctx
}

// spans has what a shop does recorded.
func spans(c *edge.Config) *tracetest.SpanRecorder {
	recorder := tracetest.NewSpanRecorder()
	c.Tracer = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder)).Tracer("test")
	return recorder
}

// attributesOf are a span's, by name.
func attributesOf(span sdktrace.ReadOnlySpan) map[string]string {
	all := map[string]string{}
	for _, a := range span.Attributes() {
		all[string(a.Key)] = a.Value.String()
	}
	return all
}

const (
	theirTrace = "4bf92f3577b34da6a3ce929d0e0e4736"
	theirSpan  = "00f067aa0ba902b7"
)

func TestARequestIsTracedDownToItsStatements(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			var recorder *tracetest.SpanRecorder
			shop := realShopWith(t, engine, func(c *edge.Config, _ *graphtest.Shop) { recorder = spans(c) })
			w := request{
				body:   `{"query":"query Find($s: String) { products(first: 2, filter: {query: $s}) { nodes { id category { name } } } }","variables":{"s":"secret"}}`,
				header: headers("Traceparent", "00-"+theirTrace+"-"+theirSpan+"-01"), remote: "127.0.0.1:1234",
			}.to(shop)
			if a := read(t, w.Body); a.code() != "" {
				t.Fatal(w.Body)
			}
			ended := recorder.Ended()
			root, operation := ended[len(ended)-1], ended[len(ended)-2]
			if root.Name() != "POST /query" || root.Parent().SpanID().String() != theirSpan || attributesOf(root)["http.response.status_code"] != "200" {
				t.Errorf("the request is %s under %s: %v", root.Name(), root.Parent().SpanID(), attributesOf(root))
			}
			if operation.Name() != "query" || operation.Parent().SpanID() != root.SpanContext().SpanID() || attributesOf(operation)["graphql.operation.name"] != "Find" {
				t.Errorf("the operation is %s, %v", operation.Name(), attributesOf(operation))
			}
			for _, s := range ended {
				if s.SpanContext().TraceID().String() != theirTrace || strings.Contains(fmt.Sprint(s.Attributes(), s.Events()), "secret") {
					t.Errorf("%s is of trace %s: %v", s.Name(), s.SpanContext().TraceID(), s.Attributes())
				}
			}
			statements := ended[:len(ended)-2]
			if len(statements) == 0 || !slices.ContainsFunc(statements, func(s sdktrace.ReadOnlySpan) bool { return strings.HasPrefix(s.Name(), "SELECT ") }) {
				t.Errorf("%d statements", len(statements))
			}
			for _, s := range statements {
				if s.Parent().SpanID() != operation.SpanContext().SpanID() {
					t.Errorf("%s is not the operation's", s.Name())
				}
			}
		})
	}
}

func TestStrangersDecideNoTrace(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	var recorder *tracetest.SpanRecorder
	shop := newShop(t, func(c *edge.Config) {
		recorder = spans(c)
		c.Logger = slog.New(slog.NewJSONHandler(&log, nil))
	})
	request{body: `{"query":"{ hello }"}`, header: headers("Traceparent", "00-"+theirTrace+"-"+theirSpan+"-01")}.to(shop)
	root := recorder.Ended()[len(recorder.Ended())-1]
	own := root.SpanContext().TraceID().String()
	if own == theirTrace || root.Parent().IsValid() || len(root.Links()) != 1 || root.Links()[0].SpanContext.TraceID().String() != theirTrace {
		t.Errorf("its trace is %s, and links to %v", own, root.Links())
	}
	if !strings.Contains(log.String(), `"trace_id":"`+own+`"`) {
		t.Errorf("the log has %s", &log)
	}
}

func TestSpansOfRequests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		request
		span   string
		status string
		error  otelcodes.Code
	}{
		{"a page", request{method: "GET", target: "/livez"}, "GET /livez", "200", otelcodes.Unset},
		{"one of many pictures", request{method: "GET", target: "/media/secret.png"}, "GET /media/", "200", otelcodes.Unset},
		{"what is nowhere", request{method: "GET", target: "/nowhere"}, "GET", "404", otelcodes.Unset},
		{"a method that nobody knows", request{method: "BREW", target: "/nowhere"}, "_OTHER", "404", otelcodes.Unset},
		{"what fails", request{method: "GET", target: "/.well-known/jwks.json"}, "GET /.well-known/jwks.json", "500", otelcodes.Error},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var recorder *tracetest.SpanRecorder
			shop := newShop(t, func(c *edge.Config) {
				recorder = spans(c)
				c.Keys = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("on purpose") })
			})
			c.target += "?token=secret"
			c.to(shop)
			span := recorder.Ended()[0]
			if got := attributesOf(span); span.Name() != c.span || got["http.response.status_code"] != c.status || span.Status().Code != c.error ||
				strings.Contains(fmt.Sprint(got), "token") {
				t.Errorf("%s %v %v", span.Name(), got, span.Status())
			}
		})
	}
}
