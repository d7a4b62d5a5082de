package observe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/common/expfmt"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"galley/internal/edge/observe"
	"galley/internal/fault"
	"galley/internal/viewer"
)

// scripted is an executor that parses, and answers what it is told to.
type scripted struct {
	takes   time.Duration
	answers []*graphql.Response
}

func (s scripted) CreateOperationContext(_ context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	doc, err := parser.ParseQuery(&ast.Source{Input: params.Query})
	if err != nil {
		return nil, gqlerror.List{{Message: err.Error(), Extensions: map[string]any{"code": string(fault.ParseFailed)}}}
	}
	return &graphql.OperationContext{RawQuery: params.Query, Doc: doc, Operation: doc.Operations[0], Stats: graphql.Stats{OperationStart: time.Now()}}, nil
}

func (s scripted) DispatchError(context.Context, gqlerror.List) *graphql.Response { return nil }

func (s scripted) DispatchOperation(ctx context.Context, _ *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	n := 0
	return func(context.Context) *graphql.Response {
		time.Sleep(s.takes)
		if n++; n > len(s.answers) {
			return nil
		}
		return s.answers[n-1]
	}, ctx
}

// data is an answer with errors of these codes.
func data(codes ...fault.Code) *graphql.Response {
	r := &graphql.Response{Data: json.RawMessage(`{}`)}
	for _, code := range codes {
		r.Errors = append(r.Errors, &gqlerror.Error{Extensions: map[string]any{"code": string(code)}})
	}
	return r
}

// more is an answer that another follows.
func more(r *graphql.Response) *graphql.Response {
	yes := true
	r.HasNext = &yes
	return r
}

// run has a document run to its end.
func run(ctx context.Context, e *observe.Executor, document string) {
	op, errs := e.CreateOperationContext(ctx, &graphql.RawParams{Query: document})
	if len(errs) > 0 {
		return
	}
	responses, ctx := e.DispatchOperation(ctx, op)
	for response := responses(ctx); response != nil && (op.Operation.Operation == ast.Subscription || response.HasNext != nil && *response.HasNext); {
		response = responses(ctx)
	}
}

// counted are the lines of the metrics with a name.
func counted(t *testing.T, c prometheus.Collector, names ...string) string {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(c)
	text, err := testutil.CollectAndFormat(registry, expfmt.TypeTextPlain, names...)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return strings.Join(lines, "\n")
}

func TestOperationsAreCountedByWhatBecameOfThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, document string
		answers        []*graphql.Response
		want           string
	}{
		{"one that works", `{ products { id } }`, []*graphql.Response{data()}, `{operation="products",outcome="ok",type="query"} 1`},
		{"one that the client has to mend", `mutation { cartCreate { id } }`, []*graphql.Response{data(fault.NotFound)}, `{operation="cartCreate",outcome="errors",type="mutation"} 1`},
		{"one that the shop has to mend", `{ me { id } }`, []*graphql.Response{data(fault.NotFound, fault.Internal)}, `{operation="me",outcome="failed",type="query"} 1`},
		{"one with a code of nobody's", `{ me { id } }`, []*graphql.Response{data("SECRET_CODE")}, `{operation="me",outcome="failed",type="query"} 1`},
		{"one that is no GraphQL", `{`, nil, `{operation="",outcome="refused",type=""} 1`},
		{"one whose client has gone", `{ me { id } }`, nil, `{operation="me",outcome="abandoned",type="query"} 1`},
		{"one with a part that comes later", `{ me { id } }`, []*graphql.Response{more(data()), data(fault.NotFound)}, `{operation="me",outcome="errors",type="query"} 1`},
		{"one that has two fields", `{ me { id } products { id } }`, []*graphql.Response{data()}, `{operation="several",outcome="ok",type="query"} 1`},
		{"one that has a field twice", `{ a: me { id } b: me { id } }`, []*graphql.Response{data()}, `{operation="me",outcome="ok",type="query"} 1`},
		{"one that is a fragment", `{ ...F } fragment F on Query { me { id } }`, []*graphql.Response{data()}, `{operation="several",outcome="ok",type="query"} 1`},
		{"one whose name is known", `query Home { products { id } }`, []*graphql.Response{data()}, `{operation="Home",outcome="ok",type="query"} 1`},
		{"one whose name is not", `query Away { products { id } }`, []*graphql.Response{data()}, `{operation="products",outcome="ok",type="query"} 1`},
		{"one of a trusted document", `query Trusted { products { id } }`, []*graphql.Response{data()}, `{operation="Trusted",outcome="ok",type="query"} 1`},
		{"a subscription, once", `subscription { ticks }`, []*graphql.Response{data(), data(), data()}, `{operation="ticks",outcome="ok",type="subscription"} 1`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := observe.Watch(scripted{answers: c.answers}, observe.Options{
				Named:   func(name string) bool { return name == "Home" },
				Trusted: func(text string) bool { return text == `query Trusted { products { id } }` },
			})
			run(t.Context(), e, c.document)
			if got := counted(t, e, "galley_operations_total"); got != "galley_operations_total"+c.want {
				t.Errorf("counted\n%s\nnot %s", got, c.want)
			}
		})
	}
}

func TestOperationsWhoseClientHasGone(t *testing.T) {
	t.Parallel()
	gone, leave := context.WithCancel(t.Context())
	leave()
	for name, c := range map[string]struct {
		answer *graphql.Response
		want   string
		errors string
	}{
		"broken off":                       {data(fault.Timeout), "abandoned", ""},
		"done":                             {data(), "ok", ""},
		"something is wrong with the shop": {data(fault.OutcomeUnknown), "failed", `galley_operation_errors_total{code="OUTCOME_UNKNOWN"} 1`},
	} {
		e := observe.Watch(scripted{answers: []*graphql.Response{c.answer}}, observe.Options{})
		run(gone, e, `mutation { cartCreate { id } }`)
		if got := counted(t, e, "galley_operations_total"); got != `galley_operations_total{operation="cartCreate",outcome="`+c.want+`",type="mutation"} 1` {
			t.Errorf("%s: counted\n%s", name, got)
		}
		if got := counted(t, e, "galley_operation_errors_total"); got != c.errors {
			t.Errorf("%s: errors are counted\n%s", name, got)
		}
	}
}

func TestOperationsAreMeasured(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := observe.Watch(scripted{takes: 30 * time.Millisecond, answers: []*graphql.Response{data(fault.NotFound, fault.NotFound)}}, observe.Options{})
		run(t.Context(), e, `{ products { id } }`)
		if got := counted(t, e, "galley_operation_duration_seconds"); !strings.Contains(got, `le="0.025"} 0`) || !strings.Contains(got, `le="0.05"} 1`) {
			t.Errorf("it took 30 ms, and is counted\n%s", got)
		}
		if got := counted(t, e, "galley_operation_errors_total"); got != `galley_operation_errors_total{code="NOT_FOUND"} 1` {
			t.Errorf("errors are counted\n%s", got)
		}
		watched := observe.Watch(scripted{answers: []*graphql.Response{data(), data()}}, observe.Options{})
		run(t.Context(), watched, `subscription { ticks }`)
		if got := counted(t, watched, "galley_subscription_messages_total", "galley_operation_duration_seconds"); got != `galley_subscription_messages_total{operation="ticks"} 2` {
			t.Errorf("a subscription is counted\n%s", got)
		}
	})
}

func TestInventedNamesAddNoSeries(t *testing.T) {
	t.Parallel()
	e := observe.Watch(scripted{answers: []*graphql.Response{data("A_CODE")}}, observe.Options{})
	run(t.Context(), e, `query { products { id } }`)
	run(t.Context(), e, `{`)
	all := []string{"galley_operations_total", "galley_operation_errors_total", "galley_operation_duration_seconds", "galley_operation_statements"}
	before := strings.Count(counted(t, e, all...), "\n")
	for i := range 1000 {
		run(t.Context(), e, fmt.Sprintf(`query Invented%d { alias%d: products { id } }`, i, i))
		run(t.Context(), e, fmt.Sprintf(`query Invented%d {`, i))
	}
	if after := strings.Count(counted(t, e, all...), "\n"); after != before || before == 0 {
		t.Errorf("%d lines became %d", before, after)
	}
}

func TestSlowOperationsAreLogged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, document string
		slow, takes    time.Duration
		want           map[string]any
	}{
		{"one that is slow", `query Slowly { products(after: "secret") { id } }`, time.Second, time.Second, map[string]any{
			"level": "WARN", "msg": "slow operation", "operation": "Slowly", "type": "query", "duration": 1e9, "viewer": "staff", "outcome": "ok",
			"document": "",
		}},
		{"not one that is not", `{ products { id } }`, time.Second, 999 * time.Millisecond, nil},
		{"nor a subscription", `subscription { ticks }`, time.Second, time.Minute, nil},
		{"nor any, if that is wanted", `{ products { id } }`, 0, time.Hour, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				e := observe.Watch(scripted{takes: c.takes, answers: []*graphql.Response{data()}},
					observe.Options{Slow: c.slow, Logger: slog.New(slog.NewJSONHandler(&log, nil))})
				run(viewer.With(t.Context(), viewer.Viewer{Kind: viewer.Staff}), e, c.document)
				if c.want == nil {
					if log.Len() > 0 {
						t.Errorf("logged %s", &log)
					}
					return
				}
				var got map[string]any
				if err := json.Unmarshal(log.Bytes(), &got); err != nil {
					t.Fatal(err, log.String())
				}
				delete(got, "time")
				if document, _ := got["document"].(string); len(document) == 64 {
					c.want["document"] = document
				}
				if fmt.Sprint(got) != fmt.Sprint(c.want) || strings.Contains(log.String(), "secret") {
					t.Errorf("logged %v, not %v", got, c.want)
				}
			})
		})
	}
}

func TestOperationsAreSpans(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, document string
		answer         *graphql.Response
		span           string
		attributes     map[string]string
		status         codes.Code
	}{
		{"a query", `query Home { products(after: "secret") { id } }`, data(), "query",
			map[string]string{"graphql.operation.type": "query", "graphql.operation.name": "Home"}, codes.Unset},
		{"one without a name", `{ me { id } }`, data(fault.NotFound), "query",
			map[string]string{"graphql.operation.type": "query", "error.type": "NOT_FOUND"}, codes.Unset},
		{"a mutation that the shop failed", `mutation { cartCreate { id } }`, data(fault.Internal), "mutation",
			map[string]string{"graphql.operation.type": "mutation", "error.type": "INTERNAL_SERVER_ERROR"}, codes.Error},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			spans := tracetest.NewSpanRecorder()
			provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))
			e := observe.Watch(scripted{answers: []*graphql.Response{c.answer}}, observe.Options{Tracer: provider.Tracer("test")})
			run(t.Context(), e, c.document)
			if len(spans.Ended()) != 1 {
				t.Fatalf("%d spans", len(spans.Ended()))
			}
			span, got := spans.Ended()[0], map[string]string{}
			for _, a := range span.Attributes() {
				got[string(a.Key)] = a.Value.String()
			}
			if len(got["galley.document.sha256"]) != 64 {
				t.Errorf("the document's hash is %q", got["galley.document.sha256"])
			}
			delete(got, "galley.document.sha256")
			if span.Name() != c.span || span.Status().Code != c.status || fmt.Sprint(got) != fmt.Sprint(c.attributes) {
				t.Errorf("span %s %v %v, not %s %v %v", span.Name(), span.Status(), got, c.span, c.status, c.attributes)
			}
		})
	}
}
