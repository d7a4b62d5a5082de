package edge_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"galley/internal/edge"
)

// quiet takes an answer and keeps nothing of it.
type quiet struct {
	header http.Header
	bytes  int
}

func (q *quiet) Header() http.Header { return q.header }
func (q *quiet) WriteHeader(int)     {}
func (q *quiet) Write(b []byte) (int, error) {
	q.bytes += len(b)
	return len(b), nil
}

// BenchmarkAnswer measures what a request costs besides its execution: by this package, with all of its checks, and by
// gqlgen's own POST transport over the same executor, which has none of them.
func BenchmarkAnswer(b *testing.B) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "shop.graphql", Input: shopSDL})
	if err != nil {
		b.Fatal(err)
	}
	const body = `{"query":"query Hello($text: String) { hello echo(text: $text) }","operationName":"Hello","variables":{"text":"tea"}}`
	row := `{"id":"prod_06Y221KM67M2J","title":"RED RETROSPOT SMALL MILK JUG","slug":"red-retrospot-small-milk-jug-21535","amount":"12.50"}`
	for name, rows := range map[string]int{"small": 1, "100KB": 800} {
		data := json.RawMessage(`{"products":[` + strings.TrimSuffix(strings.Repeat(row+",", rows), ",") + `]}`)
		executor := answering{newExecutor(schema), &graphql.Response{Data: data}}
		shop := newShop(b, func(c *edge.Config) { c.Executor, c.Schema = executor, schema })
		for by, handler := range map[string]http.Handler{
			"edge": shop,
			"bare": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				transport.POST{}.Do(w, r.WithContext(graphql.StartOperationTrace(r.Context())), executor)
			}),
		} {
			b.Run(fmt.Sprintf("%s by %s", name, by), func(b *testing.B) {
				b.ReportAllocs()
				begun := processorTime(b)
				for b.Loop() {
					r := httptest.NewRequest(http.MethodPost, "/query", bytes.NewReader([]byte(body)))
					r.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}}
					r.Host = "localhost"
					w := quiet{header: http.Header{}}
					handler.ServeHTTP(&w, r)
					if w.bytes < len(data) {
						b.Fatalf("%d bytes", w.bytes)
					}
				}
				b.ReportMetric(float64(processorTime(b)-begun)/float64(b.N), "cpu-ns/op")
			})
		}
	}
}

// processorTime is what this process has used, which a busy machine does not change much.
func processorTime(b *testing.B) int64 {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}
