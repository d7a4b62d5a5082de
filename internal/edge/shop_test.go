package edge_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"galley/internal/edge"
	"galley/internal/edge/limit"
	"galley/internal/fault"
)

// shopSDL is just enough of a shop to ask things of.
const shopSDL = `
	scalar Upload
	type Query { hello: String echo(text: String, n: Int): String! viewer: String! many: String! partial: String panics: String waits(ms: Int!): String }
	type Mutation { pictureUpload(input: PictureInput!, more: [Upload]): String! }
	type Subscription { ticks: String! breaks: String! }
	input PictureInput { file: Upload alt: String }
`

type viewerKey struct{}

// newExecutor makes an executor as gqlgen does, over resolvers written by hand.
func newExecutor(schema *ast.Schema) *executor.Executor {
	exec := executor.New(&graphql.ExecutableSchemaMock{
		SchemaFunc: func() *ast.Schema { return schema },
		ExecFunc: func(ctx context.Context) graphql.ResponseHandler {
			if graphql.GetOperationContext(ctx).Operation.Operation == ast.Subscription {
				return tick(graphql.GetOperationContext(ctx).Operation.SelectionSet[0].(*ast.Field).Name == "breaks")
			}
			return once(execute)
		},
	})
	exec.SetQueryCache(limit.NewDocuments(16 << 20))
	return exec
}

// once gives one result, as gqlgen does of queries and mutations.
func once(execute graphql.ResponseHandler) graphql.ResponseHandler {
	given := false
	return func(ctx context.Context) *graphql.Response {
		if given {
			return nil
		}
		given = true
		return execute(ctx)
	}
}

// tick gives three results of a subscription, and then waits for its end, or breaks off. Like gqlgen it writes each over the last.
func tick(breaks bool) graphql.ResponseHandler {
	n, data := 0, &bytes.Buffer{}
	return func(ctx context.Context) *graphql.Response {
		if n++; n > 3 {
			if !breaks {
				<-ctx.Done()
			}
			return nil
		}
		data.Reset()
		fmt.Fprintf(data, `{"ticks":"%d for %v"}`, n, ctx.Value(viewerKey{}))
		return &graphql.Response{Data: data.Bytes()}
	}
}

// execute resolves the root fields. Like gqlgen it leaves out what is deferred, and promises more.
func execute(ctx context.Context) *graphql.Response {
	opCtx := graphql.GetOperationContext(ctx)
	object := &strings.Builder{}
	more := false
	for _, field := range graphql.CollectFields(opCtx, opCtx.Operation.SelectionSet, []string{"Query", "Mutation"}) {
		value := "null"
		if field.IsDeferred() {
			more = true
		} else {
			value = resolve(ctx, field, field.ArgumentMap(opCtx.Variables))
		}
		if object.Len() > 0 {
			object.WriteByte(',')
		}
		fmt.Fprintf(object, "%q:%s", field.Alias, value)
	}
	response := &graphql.Response{Data: json.RawMessage("{" + object.String() + "}")}
	if more {
		response.HasNext = &more
	}
	return response
}

func resolve(ctx context.Context, field graphql.CollectedField, args map[string]any) string {
	text := ""
	switch field.Name {
	case "__typename":
		text = field.ObjectDefinition.Name
	case "hello":
		text = "ahoy"
	case "echo":
		text = fmt.Sprint(args["text"], args["n"])
	case "viewer":
		text, _ = ctx.Value(viewerKey{}).(string)
	case "many":
		text = strings.Repeat("many words ", 1_000)
	case "partial":
		graphql.AddError(ctx, fault.New(fault.Forbidden, "Not yours"))
		return "null"
	case "waits":
		ms, _ := args["ms"].(int64)
		select {
		case <-time.After(time.Duration(ms) * time.Millisecond):
			text = "waited"
		case <-ctx.Done():
		}
	case "panics":
		panic("secret of the panic")
	case "pictureUpload":
		text = describe(args)
	}
	encoded, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(encoded)
}

// describe spells out the uploads among arguments.
func describe(value any) string {
	switch value := value.(type) {
	case graphql.Upload:
		content, err := io.ReadAll(value.File)
		if err != nil {
			panic(err)
		}
		return fmt.Sprintf("%s %s %d %q", value.Filename, value.ContentType, value.Size, content)
	case []any:
		var all []string
		for _, v := range value[:min(len(value), 5)] {
			all = append(all, describe(v))
		}
		return fmt.Sprint(all)
	case map[string]any:
		var all []string
		for _, name := range []string{"input", "file", "alt", "more"} {
			if v, ok := value[name]; ok {
				all = append(all, name+"="+describe(v))
			}
		}
		return strings.Join(all, " ")
	}
	return fmt.Sprintf("%.20v", value)
}

// signedIn knows one token, and one that the database fails on.
func signedIn(ctx context.Context, c edge.Credentials) (context.Context, error) {
	switch c.Bearer {
	case "":
		return context.WithValue(ctx, viewerKey{}, "anonymous with cart "+c.CartToken), nil
	case "good-token":
		return context.WithValue(ctx, viewerKey{}, "somebody"), nil
	case "unlucky-token":
		return nil, errors.New("dial postgres://secret@db: refused")
	}
	return nil, fault.New(fault.Unauthenticated, "This session has ended: sign in again")
}

func newShop(tb testing.TB, change func(*edge.Config)) *edge.Server {
	tb.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "shop.graphql", Input: shopSDL})
	if err != nil {
		tb.Fatal(err)
	}
	config := edge.Config{
		Executor: newExecutor(schema),
		Schema:   schema,
		Viewer:   signedIn,
		Logger:   slog.New(slog.DiscardHandler),
		NewID:    func() string { return "made-id" },
		Media:    http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "a picture") }),
	}
	if change != nil {
		change(&config)
	}
	server, err := edge.New(config)
	if err != nil {
		tb.Fatal(err)
	}
	return server
}

// request is one line of a table: what is sent, and how.
type request struct {
	method string // POST
	target string // /query
	header http.Header
	body   string
	host   *string // localhost
	remote string  // 192.0.2.1:1234
	tls    bool
}

func (r request) to(handler http.Handler) *httptest.ResponseRecorder {
	if r.method == "" {
		r.method = http.MethodPost
	}
	if r.target == "" {
		r.target = "/query"
	}
	req := httptest.NewRequest(r.method, r.target, strings.NewReader(r.body))
	if req.Host == "example.com" { // httptest's own
		req.Host = "localhost"
	}
	if r.host != nil {
		req.Host = *r.host
	}
	if r.remote != "" {
		req.RemoteAddr = r.remote
	}
	if r.tls {
		req.TLS = &tls.ConnectionState{}
	}
	if r.method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, values := range r.header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, req)
	return w
}

// headers makes a header out of names and values.
func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h[http.CanonicalHeaderKey(pairs[i])] = append(h[http.CanonicalHeaderKey(pairs[i])], pairs[i+1])
	}
	return h
}

// answer is what a GraphQL client reads.
type answer struct {
	Data   *json.RawMessage
	Errors []struct {
		Message    string
		Extensions map[string]any
	}
	HasNext *bool
}

func read(tb testing.TB, body *bytes.Buffer) answer {
	tb.Helper()
	var a answer
	if err := json.Unmarshal(body.Bytes(), &a); err != nil {
		tb.Fatalf("%v in %s", err, body)
	}
	return a
}

func (a answer) code() string {
	if len(a.Errors) == 0 {
		return ""
	}
	code, _ := a.Errors[0].Extensions["code"].(string)
	return code
}

func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}
