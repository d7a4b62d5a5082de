package edge_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/edge"
)

const (
	graphQL = "application/graphql-response+json"
	plain   = "application/json"
)

func get(parameters ...string) string {
	values := url.Values{}
	for i := 0; i < len(parameters); i += 2 {
		values.Add(parameters[i], parameters[i+1])
	}
	return "/query?" + values.Encode()
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	shop := newShop(t, nil)
	for _, c := range []struct {
		name string
		request
		mediaType string
		body      string
	}{
		{"a query is posted as JSON", request{body: `{"query":"{ hello }"}`}, plain, `{"data":{"hello":"ahoy"}}`},
		{"a query is sent with GET", request{method: "GET", target: get("query", "{ hello }")}, plain, `{"data":{"hello":"ahoy"}}`},
		{"variables come along", request{body: `{"query":"query($t: String, $n: Int) { echo(text: $t, n: $n) }","variables":{"t":"tea for ","n":2}}`}, plain, `{"data":{"echo":"tea for 2"}}`},
		{"variables come along with GET", request{method: "GET", target: get("query", "query($n: Int) { echo(n: $n) }", "variables", `{"n": 7}`)}, plain, `{"data":{"echo":"\u003cnil\u003e 7"}}`},
		{"one of several operations runs", request{body: `{"query":"query A { hello } query B { __typename }","operationName":"B"}`}, plain, `{"data":{"__typename":"Query"}}`},
		{"null stands for an absent parameter", request{body: `{"query":"{ hello }","operationName":null,"variables":null,"extensions":null}`}, plain, `{"data":{"hello":"ahoy"}}`},
		{"an unknown parameter is left alone", request{body: `{"query":"{ hello }","later":[1,{"a":2}]}`}, plain, `{"data":{"hello":"ahoy"}}`},
		{"the newer media type is given who asks for it", request{header: headers("Accept", graphQL), body: `{"query":"{ hello }"}`}, graphQL, `{"data":{"hello":"ahoy"}}`},
		{"a client that could read a stream gets JSON", request{header: headers("Accept", "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"), body: `{"query":"{ hello }"}`}, graphQL, `{"data":{"hello":"ahoy"}}`},
		{"a client that could read other streams gets one answer, deferred parts included", request{header: headers("Accept", "multipart/mixed;subscriptionSpec=1.0, application/json"), body: `{"query":"{ hello ...F @defer ... @defer { a: __typename } } fragment F on Query { b: __typename ... @defer { c: __typename } }"}`}, plain, `{"data":{"hello":"ahoy","b":"Query","c":"Query","a":"Query"}}`},
		{"a failed field is an error beside the data", request{body: `{"query":"{ hello partial }"}`}, plain, `{"errors":[{"message":"Not yours"}],"data":{"hello":"ahoy","partial":null}}`},
		{"a failed field is no failure of the request", request{header: headers("Accept", graphQL), body: `{"query":"{ partial }"}`}, graphQL, `{"errors":[{"message":"Not yours"}],"data":{"partial":null}}`},
		{"a charset may be named", request{header: headers("Content-Type", "application/json; charset=UTF-8"), body: `{"query":"{ hello }"}`}, plain, `{"data":{"hello":"ahoy"}}`},
		{"a mutation is posted", request{body: `{"query":"mutation { pictureUpload(input: {alt: \"a\"}) }"}`}, plain, `{"data":{"pictureUpload":"input=alt=a"}}`},
		{"a bearer is known", request{header: headers("Authorization", "Bearer good-token"), body: `{"query":"{ viewer }"}`}, plain, `{"data":{"viewer":"somebody"}}`},
		{"the scheme of a bearer may be in small letters", request{header: headers("Authorization", "bearer good-token"), body: `{"query":"{ viewer }"}`}, plain, `{"data":{"viewer":"somebody"}}`},
		{"a guest's cart is known", request{header: headers("X-Cart-Token", "CARTTOKEN"), body: `{"query":"{ viewer }"}`}, plain, `{"data":{"viewer":"anonymous with cart CARTTOKEN"}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := c.to(shop)
			if w.Code != http.StatusOK {
				t.Errorf("status %d", w.Code)
			}
			if got := w.Header().Get("Content-Type"); got != c.mediaType+"; charset=utf-8" {
				t.Errorf("content type %q", got)
			}
			if got := w.Body.String(); got != c.body {
				t.Errorf("body %s\nwant %s", got, c.body)
			}
		})
	}
}

func TestRefusedRequests(t *testing.T) {
	t.Parallel()
	shop := newShop(t, nil)
	for _, c := range []struct {
		name string
		request
		status int // with the newer media type
		code   string
		plain  int // the status with application/json, where it differs
	}{
		{"a document that cannot be read", request{body: `{"query":"{"}`}, 400, "GRAPHQL_PARSE_FAILED", 200},
		{"a document that is not valid", request{body: `{"query":"{ nothing }"}`}, 400, "GRAPHQL_VALIDATION_FAILED", 200},
		{"a variable of a wrong type", request{body: `{"query":"query($n: Int) { echo(n: $n) }","variables":{"n":"x"}}`}, 400, "BAD_USER_INPUT", 200},
		{"a number for a text", request{body: `{"query":"query($t: String) { echo(text: $t) }","variables":{"t":5}}`}, 400, "BAD_USER_INPUT", 200},
		{"an operation that is not there", request{body: `{"query":"query A { hello }","operationName":"B"}`}, 400, "BAD_REQUEST", 200},
		{"a document beyond the limits", request{body: `{"query":"{` + strings.Repeat(" hello", 300) + ` }"}`}, 400, "COMPLEXITY_LIMIT_EXCEEDED", 200},
		{"a mutation with GET", request{method: "GET", target: get("query", `mutation { pictureUpload(input: {}) }`)}, 405, "METHOD_NOT_ALLOWED", 0},
		{"a subscription with GET", request{method: "GET", target: get("query", `subscription { ticks }`)}, 405, "METHOD_NOT_ALLOWED", 0},
		{"a subscription", request{body: `{"query":"subscription { ticks }"}`}, 400, "BAD_REQUEST", 0},
		{"another method", request{method: "PUT", body: `{"query":"{ hello }"}`}, 405, "METHOD_NOT_ALLOWED", 0},
		{"a HEAD request", request{method: "HEAD", target: get("query", "{ hello }")}, 405, "METHOD_NOT_ALLOWED", 0},
		{"no body", request{}, 400, "BAD_REQUEST", 0},
		{"no query", request{body: `{"variables":{}}`}, 400, "BAD_REQUEST", 0},
		{"no query with GET", request{method: "GET", target: "/query"}, 400, "BAD_REQUEST", 0},
		{"an empty query", request{body: `{"query":"  "}`}, 400, "BAD_REQUEST", 0},
		{"a batch", request{body: `[{"query":"{ hello }"}]`}, 400, "BAD_REQUEST", 0},
		{"a query string that cannot be read", request{method: "GET", target: "/query?query=%zz"}, 400, "BAD_REQUEST", 0},
		{"a URL that is too long", request{method: "GET", target: get("query", "{ hello } #"+strings.Repeat("x", 16<<10))}, 414, "PAYLOAD_TOO_LARGE", 0},
		{"a query sent twice", request{method: "GET", target: get("query", "{ hello }", "query", "{ hello }")}, 400, "BAD_REQUEST", 0},
		{"a query in broken UTF-8", request{method: "GET", target: "/query?query={hello}%20%23%ff"}, 400, "BAD_REQUEST", 0},
		{"variables that are no object, with GET", request{method: "GET", target: get("query", "{ hello }", "variables", `"x"`)}, 400, "BAD_REQUEST", 0},
		{"no content type", request{header: http.Header{"Content-Type": nil}, body: `{"query":"{ hello }"}`}, 415, "UNSUPPORTED_MEDIA_TYPE", 0},
		{"a form", request{header: headers("Content-Type", "application/x-www-form-urlencoded"), body: `query={hello}`}, 415, "UNSUPPORTED_MEDIA_TYPE", 0},
		{"a document as text", request{header: headers("Content-Type", "application/graphql"), body: `{ hello }`}, 415, "UNSUPPORTED_MEDIA_TYPE", 0},
		{"another charset", request{header: headers("Content-Type", "application/json; charset=latin1"), body: `{"query":"{ hello }"}`}, 415, "UNSUPPORTED_MEDIA_TYPE", 0},
		{"a compressed body", request{header: headers("Content-Encoding", "gzip"), body: `{"query":"{ hello }"}`}, 415, "UNSUPPORTED_MEDIA_TYPE", 0},
		{"a body of more than a megabyte", request{body: `{"query":"{ hello }","x":"` + strings.Repeat("x", 1<<20) + `"}`}, 413, "PAYLOAD_TOO_LARGE", 0},
		{"an unknown bearer", request{header: headers("Authorization", "Bearer old-token"), body: `{"query":"{ hello }"}`}, 401, "UNAUTHENTICATED", 0},
		{"another scheme than bearer", request{header: headers("Authorization", "Basic good-token"), body: `{"query":"{ hello }"}`}, 401, "UNAUTHENTICATED", 0},
		{"an empty bearer", request{header: headers("Authorization", "Bearer "), body: `{"query":"{ hello }"}`}, 401, "UNAUTHENTICATED", 0},
		{"two bearers", request{header: headers("Authorization", "Bearer good-token", "Authorization", "Bearer good-token"), body: `{"query":"{ hello }"}`}, 401, "UNAUTHENTICATED", 0},
		{"a bearer with odd characters", request{header: headers("Authorization", "Bearer a\"b"), body: `{"query":"{ hello }"}`}, 401, "UNAUTHENTICATED", 0},
		{"an order's token that is none", request{header: headers("X-Order-Token", "ot_<b>"), body: `{"query":"{ hello }"}`}, 401, "UNAUTHENTICATED", 0},
		{"two order's tokens", request{header: headers("X-Order-Token", "ot_a", "X-Order-Token", "ot_b"), body: `{"query":"{ hello }"}`}, 401, "UNAUTHENTICATED", 0},
		{"an endless cart token", request{header: headers("X-Cart-Token", strings.Repeat("A", 5_000)), body: `{"query":"{ hello }"}`}, 401, "UNAUTHENTICATED", 0},
		{"a viewer that cannot be found out", request{header: headers("Authorization", "Bearer unlucky-token"), body: `{"query":"{ hello }"}`}, 500, "INTERNAL_SERVER_ERROR", 0},
	} {
		for mediaType, status := range map[string]int{graphQL: c.status, plain: c.plain} {
			if status == 0 {
				status = c.status
			}
			t.Run(c.name+" is refused in "+mediaType, func(t *testing.T) {
				t.Parallel()
				r := c.request
				r.header = r.header.Clone()
				if r.header == nil {
					r.header = http.Header{}
				}
				r.header.Set("Accept", mediaType)
				w := r.to(shop)
				if w.Code != status {
					t.Errorf("status %d, want %d: %s", w.Code, status, w.Body)
				}
				if got := w.Header().Get("Content-Type"); got != mediaType+"; charset=utf-8" {
					t.Errorf("content type %q", got)
				}
				a := read(t, w.Body)
				if a.code() != c.code {
					t.Errorf("code %q, want %q", a.code(), c.code)
				}
				if a.Data != nil {
					t.Errorf("there is data: %s", *a.Data)
				}
				if w.Code == http.StatusMethodNotAllowed && !strings.Contains(w.Header().Get("Allow"), "POST") {
					t.Errorf("Allow is %q", w.Header().Get("Allow"))
				}
				if w.Code == http.StatusUnauthorized && w.Header().Get("WWW-Authenticate") == "" {
					t.Error("WWW-Authenticate is missing")
				}
			})
		}
	}
	t.Run("a media type that is not written is refused in JSON", func(t *testing.T) {
		t.Parallel()
		w := request{header: headers("Accept", "text/html"), body: `{"query":"{ hello }"}`}.to(shop)
		if w.Code != http.StatusNotAcceptable || read(t, w.Body).code() != "NOT_ACCEPTABLE" {
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
	})
}

func TestRefusalsTellNoSecrets(t *testing.T) {
	t.Parallel()
	shop := newShop(t, nil)
	for _, c := range []struct {
		name string
		request
	}{
		{"a body that is not JSON", request{body: `{"query":"{ hello }","variables":{"password":"secret"}`}},
		{"a body that goes on", request{body: `{"query":"{ hello }"} secret`}},
		{"a failing database", request{header: headers("Authorization", "Bearer unlucky-token"), body: `{"query":"{ hello }"}`}},
		{"a panic", request{body: `{"query":"{ panics }"}`}},
		{"an operation name", request{body: `{"query":"{ hello }","operationName":"secret"}`}},
	} {
		t.Run(c.name+" is not quoted", func(t *testing.T) {
			t.Parallel()
			w := c.to(shop)
			if w.Code == http.StatusOK && read(t, w.Body).Data != nil {
				t.Fatalf("answered %s", w.Body)
			}
			if strings.Contains(w.Body.String(), "secret") {
				t.Errorf("body %s", w.Body)
			}
		})
	}
}

func TestPanicIsMasked(t *testing.T) {
	t.Parallel()
	shop := newShop(t, nil)
	w := request{header: headers("Accept", graphQL, "X-Request-Id", "from-the-proxy"), body: `{"query":"{ panics }"}`}.to(shop)
	a := read(t, w.Body)
	if w.Code != http.StatusInternalServerError || a.code() != "INTERNAL_SERVER_ERROR" || a.Data != nil {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	if !strings.Contains(a.Errors[0].Message, "from-the-proxy") {
		t.Errorf("the message does not name the request: %s", a.Errors[0].Message)
	}
}

func TestExecutorThatFails(t *testing.T) {
	t.Parallel()
	newShopOver := func(response *graphql.Response) *edge.Server {
		return newShop(t, func(c *edge.Config) { c.Executor = answering{c.Executor, response} })
	}
	t.Run("no response at all is a masked error", func(t *testing.T) {
		t.Parallel()
		w := request{body: `{"query":"{ hello }"}`}.to(newShopOver(nil))
		if w.Code != http.StatusInternalServerError || read(t, w.Body).code() != "INTERNAL_SERVER_ERROR" {
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
	})
	t.Run("errors without data were not executed, and say so by their status", func(t *testing.T) {
		t.Parallel()
		response := &graphql.Response{Errors: gqlerror.List{{Message: "slow down", Extensions: map[string]any{"code": "RATE_LIMITED"}}}}
		shop := newShopOver(response)
		for mediaType, status := range map[string]int{graphQL: http.StatusTooManyRequests, plain: http.StatusOK} {
			w := request{header: headers("Accept", mediaType), body: `{"query":"{ hello }"}`}.to(shop)
			if w.Code != status || read(t, w.Body).Data != nil {
				t.Errorf("%s: status %d: %s", mediaType, w.Code, w.Body)
			}
		}
	})
	t.Run("data that came out as null was executed", func(t *testing.T) {
		t.Parallel()
		response := &graphql.Response{Data: []byte("null"), Errors: gqlerror.List{{Message: "no"}}, Extensions: map[string]any{"sql": 3}}
		w := request{header: headers("Accept", graphQL), body: `{"query":"{ hello }"}`}.to(newShopOver(response))
		if want := `{"errors":[{"message":"no"}],"data":null,"extensions":{"sql":3}}`; w.Code != http.StatusOK || w.Body.String() != want {
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
	})
	t.Run("a thousand failed fields are told a hundred times", func(t *testing.T) {
		t.Parallel()
		response := &graphql.Response{Data: []byte("{}")}
		for range 1_000 {
			response.Errors = append(response.Errors, gqlerror.Errorf("no"))
		}
		w := request{body: `{"query":"{ hello }"}`}.to(newShopOver(response))
		a := read(t, w.Body)
		if len(a.Errors) != 101 || a.Errors[100].Message != "More errors are not listed: 900" {
			t.Errorf("%d errors", len(a.Errors))
		}
	})
}

// answering gives one response to everything.
type answering struct {
	graphql.GraphExecutor
	response *graphql.Response
}

func (a answering) DispatchOperation(ctx context.Context, _ *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	return func(context.Context) *graphql.Response {
		if a.response == nil {
			return nil
		}
		response := *a.response
		return &response
	}, ctx
}

func TestClientThatHasGone(t *testing.T) {
	t.Parallel()
	for name, response := range map[string]*graphql.Response{
		"before an answer":           nil,
		"while one came to be":       {Errors: gqlerror.List{gqlerror.Errorf("no")}},
		"and takes nothing any more": {Data: []byte(`{}`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t, func(c *edge.Config) { c.Executor = answering{c.Executor, response} })
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, get("query", "{ hello }"), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if cause := recover(); cause != http.ErrAbortHandler { //nolint:errorlint // a panic's value
					t.Errorf("the exchange is not cut off: %v", cause)
				}
			}()
			shop.ServeHTTP(newDiscarding(), r)
		})
	}
}
