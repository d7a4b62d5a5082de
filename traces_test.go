//go:build unix

package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"galley/internal/database/databasetest"
)

// sink is a collector of traces on this machine.
type sink struct {
	*httptest.Server
	mu      sync.Mutex
	names   []string // of spans
	headers []http.Header
	service string
	all     strings.Builder
}

func newSink(t *testing.T) *sink {
	t.Helper()
	s := &sink{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var request collector.ExportTraceServiceRequest
		if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &request) != nil {
			t.Errorf("%s has %d bytes that are no traces, %v", r.URL.Path, len(body), err)
		}
		s.take(r.Header, &request)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *sink) take(header http.Header, request *collector.ExportTraceServiceRequest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.headers = append(s.headers, header)
	for _, r := range request.ResourceSpans {
		for _, a := range r.Resource.Attributes {
			if a.Key == "service.name" {
				s.service = a.Value.GetStringValue()
			}
		}
		for _, scope := range r.ScopeSpans {
			for _, span := range scope.Spans {
				s.names = append(s.names, span.Name)
				s.all.WriteString(span.String())
			}
		}
	}
}

// TestTracesReachACollector has a program of its own, since OpenTelemetry's library reads the environment itself.
func TestTracesReachACollector(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			collector := newSink(t)
			env := map[string]string{
				"OTEL_EXPORTER_OTLP_ENDPOINT": collector.URL, "OTEL_EXPORTER_OTLP_HEADERS": "x-key=mine", "OTEL_SERVICE_NAME": "my-shop",
			}
			if engine == databasetest.Postgres {
				env["DATABASE_URL"] = databasetest.URL(t, engine)
			} else {
				env["GALLEY_DATA"] = t.TempDir()
			}
			shop := launch(t, env)
			var data struct{ Products struct{ TotalCount int } }
			ask(t, shop.url, "", `query Count { products(filter: {query: "secret"}) { totalCount } }`, &data)
			if err := shop.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			err := <-shop.done
			if shop.done <- err; err != nil {
				t.Fatal(err, shop.out.String())
			}
			collector.mu.Lock()
			defer collector.mu.Unlock()
			for _, want := range []string{"POST /query", "query", "SELECT products"} {
				if !strings.Contains(strings.Join(collector.names, "|")+"|", want+"|") {
					t.Errorf("%s is not among %q", want, collector.names)
				}
			}
			if collector.service != "my-shop" || collector.headers[0].Get("X-Key") != "mine" || strings.Contains(collector.all.String(), "secret") {
				t.Errorf("%s sent, with %v, %s", collector.service, collector.headers[0], collector.all.String())
			}
		})
	}
}

func TestTracesGoNowhereUnlessTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		env  map[string]string
		sent bool
		err  string
	}{
		{"without an endpoint there are none", nil, false, ""},
		{"with one there are", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}, true, ""},
		{"one for traces alone will do", map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:1/v1/traces"}, true, ""},
		{"unless the library is off", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "TRUE"}, false, ""},
		{"or traces are", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_TRACES_EXPORTER": "none"}, false, ""},
		{"another protocol is refused", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, false, "OTEL_EXPORTER_OTLP_PROTOCOL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			made, err := newTraces(t.Context(), func(name string) string { return c.env[name] }, slog.New(slog.DiscardHandler))
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || (made.tracer != nil) != c.sent {
				t.Fatal(made, err)
			}
			made.close()
		})
	}
}

func TestTracesThatAreNotTakenAreLogged(t *testing.T) {
	t.Parallel()
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	t.Cleanup(refuses.Close)
	exporter, err := otlptracehttp.New(t.Context(), otlptracehttp.WithEndpointURL(refuses.URL))
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(complaining{exporter, slog.New(slog.NewTextHandler(&log, nil))}))
	_, span := provider.Tracer("test").Start(context.Background(), "a span")
	span.End()
	if !strings.Contains(log.String(), "traces were not sent") || !strings.Contains(log.String(), "spans=1") {
		t.Errorf("logged %s", &log)
	}
}
