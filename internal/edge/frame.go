package edge

import (
	"bytes"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/edge/incremental"
	"galley/internal/edge/limit"
)

// boundary stands between parts. No result has it: in JSON there is no line that begins with two hyphens.
const boundary = "graphql"

// frames writes results one by one, each within a time of its own.
type frames struct {
	format
	w       http.ResponseWriter
	control *http.ResponseController
}

// open begins, and lets the client know that it has.
func (f frames) open() error {
	if f.parts {
		return f.write("--" + boundary)
	}
	return f.write(":\n\n")
}

// beat says that the stream is there: proxies close what is silent for a minute.
func (f frames) beat() error {
	switch {
	case f.wrapped:
		return f.result([]byte("{}"))
	case f.parts:
		return nil // an answer's parts do not take that long, and there is nothing that means nothing
	}
	return f.write(":\n\n")
}

// result writes one result: a part is ended at once, or its reader would wait for the next one.
func (f frames) result(text []byte) error {
	if f.parts {
		return f.write("\r\nContent-Type: application/json; charset=utf-8\r\n\r\n" + string(text) + "\r\n--" + boundary)
	}
	return f.write("event: next\ndata: " + string(text) + "\n\n")
}

// close tells a client that there is no more. Whoever has gone needs no end.
func (f frames) close() {
	if f.parts {
		_ = f.write("--\r\n")
		return
	}
	_ = f.write("event: complete\ndata: \n\n")
}

func (f frames) write(text string) error {
	if err := f.control.SetWriteDeadline(time.Now().Add(slowest)); err != nil {
		return err
	}
	if _, err := f.w.Write([]byte(text)); err != nil {
		return err
	}
	return f.control.Flush()
}

// noted is a result and what it does not say by itself.
type noted struct {
	*graphql.Response
	incremental.Notes
}

// encode lays out a first result, or the result of an operation that defers nothing.
func (f format) encode(r noted) []byte {
	var b bytes.Buffer
	for _, piece := range encode(r.Response) {
		b.Write(piece)
	}
	if f.pending && r.HasNext != nil {
		b.Truncate(b.Len() - 1)
		b.WriteString(`,"pending":`)
		b.Write(mustJSON(r.Pending))
		b.WriteByte('}')
	}
	if f.wrapped {
		return append(append([]byte(`{"payload":`), b.Bytes()...), '}')
	}
	return b.Bytes()
}

// encodeMore lays out results of deferred fragments, which go together.
func (f format) encodeMore(results []noted) []byte {
	last := results[len(results)-1]
	if !f.pending {
		responses := make([]*graphql.Response, len(results))
		for i, r := range results {
			responses[i] = r.Response
		}
		return encodeIncrements(responses)
	}
	more := struct {
		Pending     []incremental.Fragment `json:"pending,omitempty"`
		Incremental []increment            `json:"incremental,omitempty"`
		Completed   []completion           `json:"completed"`
		HasNext     bool                   `json:"hasNext"`
		Extensions  map[string]any         `json:"extensions,omitempty"`
	}{HasNext: last.HasNext != nil && *last.HasNext, Extensions: last.Extensions}
	for _, r := range results {
		more.Pending = append(more.Pending, r.Pending...)
		errors := limit.Cap(r.Errors, mostErrors)
		if string(r.Data) == "null" {
			more.Completed = append(more.Completed, completion{r.ID, errors})
			continue
		}
		more.Incremental = append(more.Incremental, increment{ID: r.ID, Data: r.Data, Errors: errors})
		more.Completed = append(more.Completed, completion{ID: r.ID})
	}
	return mustJSON(more)
}

type completion struct {
	ID     string        `json:"id"`
	Errors gqlerror.List `json:"errors,omitempty"`
}
