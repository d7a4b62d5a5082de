package edge

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/edge/incremental"
)

func TestFormatFor(t *testing.T) {
	t.Parallel()
	const (
		events  = "text/event-stream; charset=utf-8"
		parts   = `multipart/mixed;boundary="graphql";deferSpec=20220824`
		pending = `multipart/mixed;boundary="graphql";incrementalSpec=v0.2`
		wrapped = `multipart/mixed;boundary="graphql";subscriptionSpec=1.0`
	)
	for _, c := range []struct{ name, accept, query, subscription string }{
		{"nothing", "", "", ""},
		{"anything is no stream", "*/*, multipart/*, text/*", "", ""},
		{"JSON is no stream", "application/json, application/graphql-response+json", "", ""},
		{"events are for all", "text/event-stream", events, events},
		{"Apollo Client's query", "multipart/mixed;deferSpec=20220824,application/graphql-response+json,application/json;q=0.9", parts, ""},
		{"Apollo Client's query in the newer format", "multipart/mixed;incrementalSpec=v0.2,application/graphql-response+json,application/json;q=0.9", pending, ""},
		{"Apollo Client's subscription", "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9", "", wrapped},
		{"urql's query", "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed", parts, events},
		{"urql's subscription", "text/event-stream, multipart/mixed", parts, events},
		{"a quoted specification", `multipart/mixed;boundary="graphql";subscriptionSpec="1.0"`, "", wrapped},
		{"the heavier one", "multipart/mixed;q=0.5, text/event-stream;q=0.6", events, events},
		{"no weight is no wish", "multipart/mixed;q=0, text/event-stream;q=0", "", ""},
		{"specifications of another time", "multipart/mixed;deferSpec=20991231, multipart/mixed;incrementalSpec=v9, multipart/mixed;subscriptionSpec=2.0", "", ""},
		{"events in the newer format", "text/event-stream;incrementalSpec=v0.2", events, events},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := formatFor([]string{c.accept}, ast.Query).contentType; got != c.query {
				t.Errorf("a query is answered as %q", got)
			}
			if got := formatFor([]string{c.accept}, ast.Subscription).contentType; got != c.subscription {
				t.Errorf("a subscription is answered as %q", got)
			}
			if acceptsStream([]string{c.accept}) != (c.query+c.subscription != "") {
				t.Error("whether there is a stream is told wrongly")
			}
		})
	}
	if f := formatFor([]string{"text/event-stream;incrementalSpec=v0.2"}, ast.Query); !f.pending {
		t.Error("events know one format only")
	}
}

func TestIncrementsAreWrittenAsClientsReadThem(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	path := ast.Path{ast.PathName("product")}
	first := noted{
		&graphql.Response{Data: json.RawMessage(`{"product":{}}`), HasNext: &yes},
		incremental.Notes{Pending: []incremental.Fragment{{ID: "0", Path: path, Label: "a"}, {ID: "1", Path: path}}},
	}
	more := []noted{
		{&graphql.Response{Data: json.RawMessage(`{"a":"<1>"}`), Path: path, Label: "a", HasNext: &yes}, incremental.Notes{ID: "0"}},
		{
			&graphql.Response{Data: json.RawMessage("null"), Path: path, HasNext: &no, Errors: gqlerror.List{{Message: "no"}}},
			incremental.Notes{ID: "1", Pending: []incremental.Fragment{{ID: "2", Path: ast.Path{}}}},
		},
	}
	for _, c := range []struct {
		format      format
		first, more string
	}{
		{
			format{},
			`{"data":{"product":{}},"hasNext":true}`,
			`{"incremental":[{"data":{"a":"<1>"},"path":["product"],"label":"a"},{"data":null,"path":["product"],"errors":[{"message":"no"}]}],"hasNext":false}`,
		},
		{
			format{pending: true},
			`{"data":{"product":{}},"hasNext":true,"pending":[{"id":"0","path":["product"],"label":"a"},{"id":"1","path":["product"]}]}`,
			`{"pending":[{"id":"2","path":[]}],"incremental":[{"id":"0","data":{"a":"<1>"}}],"completed":[{"id":"0"},{"id":"1","errors":[{"message":"no"}]}],"hasNext":false}`,
		},
	} {
		if got := string(c.format.encode(first)); got != c.first {
			t.Errorf("got  %s\nwant %s", got, c.first)
		}
		if got := string(c.format.encodeMore(more)); got != c.more {
			t.Errorf("got  %s\nwant %s", got, c.more)
		}
	}
	one := noted{&graphql.Response{Data: json.RawMessage(`{"hello":1}`)}, incremental.Notes{}}
	if got := string(format{wrapped: true}.encode(one)); got != `{"payload":{"data":{"hello":1}}}` {
		t.Errorf("got %s", got)
	}
	if got := string(format{pending: true}.encode(one)); got != `{"data":{"hello":1}}` {
		t.Errorf("got %s", got)
	}
}

// patient is a recorder that can be written to within a time.
type patient struct{ *httptest.ResponseRecorder }

func (patient) SetWriteDeadline(time.Time) error { return nil }

func TestStreamsWithoutNewsAreHeardOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		format format
		want   string
	}{
		"events":                  {format{}, ":\n\n:\n\nevent: complete\ndata: \n\n"},
		"an answer's parts":       {format{parts: true}, "--graphql--\r\n"},
		"a subscription in parts": {format{parts: true, wrapped: true}, "--graphql\r\nContent-Type: application/json; charset=utf-8\r\n\r\n{}\r\n--graphql--\r\n"},
	} {
		w := patient{httptest.NewRecorder()}
		out := frames{format: c.format, w: w, control: http.NewResponseController(w)}
		if err := errors.Join(out.open(), out.beat()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		out.close()
		if got := w.Body.String(); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
