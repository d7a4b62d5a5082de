package edge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/edge/limit"
	"galley/internal/fault"
)

// mostErrors is how many errors of an executed operation are told. Each has a path of its own, so
// there are more of them than of a refused document.
const mostErrors = 100

// respond writes the answer of the executor. Without data the operation was not executed, which
// only the newer media type tells by its status; that the shop is busy every client shall see.
func (s *Server) respond(w http.ResponseWriter, r *http.Request, mediaType string, response *graphql.Response) {
	status := http.StatusOK
	if code := codeOf(response); len(response.Data) == 0 && (mediaType != typeJSON || code == fault.Unavailable) {
		status = statusOf(code)
	}
	s.write(w, r, status, mediaType, response)
}

// write writes one answer, for who takes streams alone as well: it did not come to one, and the status tells.
func (s *Server) write(w http.ResponseWriter, r *http.Request, status int, mediaType string, response *graphql.Response) {
	if mediaType == "" {
		mediaType = typeGraphQL
	}
	x := exchangeOf(r.Context())
	x.code = codeOf(response)
	x.errors = len(response.Errors)
	header := w.Header()
	header.Set("Content-Type", mediaType+"; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Add("Vary", "Accept")
	if after, ok := retryAfter(response); ok {
		header.Set("Retry-After", strconv.Itoa(after))
	}
	if x.jar != nil {
		x.jar.write(header, s.config.Now())
	}
	s.send(w, r, status, encode(response)...)
}

// encode lays out a result in pieces. The data stays as the executor wrote it: scanning it once
// more would cost as much as making it.
func encode(response *graphql.Response) [][]byte {
	if response.Path != nil {
		return [][]byte{encodeIncrements([]*graphql.Response{response})}
	}
	var before, after bytes.Buffer
	if len(response.Errors) > 0 {
		before.WriteString(`{"errors":`)
		before.Write(mustJSON(limit.Cap(response.Errors, mostErrors)))
	}
	data := []byte(response.Data)
	if len(data) == 0 && before.Len() == 0 {
		data = []byte("null")
	}
	if len(data) > 0 {
		before.WriteString(separator(before.Len()))
		before.WriteString(`"data":`)
	}
	if len(response.Extensions) > 0 {
		after.WriteString(`,"extensions":`)
		after.Write(mustJSON(response.Extensions))
	}
	if response.HasNext != nil {
		after.WriteString(`,"hasNext":`)
		after.WriteString(strconv.FormatBool(*response.HasNext))
	}
	after.WriteByte('}')
	return [][]byte{before.Bytes(), data, after.Bytes()}
}

// increment is the data of a deferred fragment.
type increment struct {
	ID         string          `json:"id,omitempty"`
	Data       json.RawMessage `json:"data"`
	Path       *ast.Path       `json:"path,omitempty"`
	Label      string          `json:"label,omitempty"`
	Errors     gqlerror.List   `json:"errors,omitempty"`
	Extensions map[string]any  `json:"extensions,omitempty"`
}

// encodeIncrements lays out results of deferred fragments as Apollo's deferSpec=20220824 has them.
func encodeIncrements(responses []*graphql.Response) []byte {
	last := responses[len(responses)-1]
	more := struct {
		Incremental []increment `json:"incremental"`
		HasNext     bool        `json:"hasNext"`
	}{HasNext: last.HasNext != nil && *last.HasNext}
	for _, r := range responses {
		more.Incremental = append(more.Incremental, increment{
			Data: r.Data, Path: &r.Path, Label: r.Label, Errors: limit.Cap(r.Errors, mostErrors), Extensions: r.Extensions,
		})
	}
	return mustJSON(more)
}

func separator(written int) string {
	if written == 0 {
		return "{"
	}
	return ","
}

func mustJSON(v any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // an answer is never a page
	if err := encoder.Encode(v); err != nil {
		panic(fmt.Errorf("encode answer: %w", err))
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
}

// send writes a body of several pieces, compressed where that pays.
func (s *Server) send(w http.ResponseWriter, r *http.Request, status int, pieces ...[]byte) {
	size := 0
	for _, piece := range pieces {
		size += len(piece)
	}
	w.Header().Add("Vary", "Accept-Encoding")
	if coding := contentCoding(r.Header.Values("Accept-Encoding")); coding != "" && size >= leastCompressed {
		s.sendCompressed(w, coding, status, pieces)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(size))
	w.WriteHeader(status)
	for _, piece := range pieces {
		if _, err := w.Write(piece); err != nil {
			return // the client has gone
		}
	}
}

// codeOf is the code of an answer's first error, if it has any.
func codeOf(response *graphql.Response) fault.Code {
	if len(response.Errors) == 0 {
		return ""
	}
	code, _ := response.Errors[0].Extensions["code"].(string)
	return fault.Code(code)
}

// retryAfter is in how many seconds an operation that was not executed may be tried again, where that is known.
func retryAfter(response *graphql.Response) (seconds int, known bool) {
	if len(response.Data) > 0 || len(response.Errors) == 0 {
		return 0, false
	}
	seconds, known = response.Errors[0].Extensions["retryAfter"].(int)
	return seconds, known
}

func statusOf(code fault.Code) int {
	switch code {
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.RateLimited:
		return http.StatusTooManyRequests
	case fault.PayloadTooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.MethodNotAllowed:
		return http.StatusMethodNotAllowed
	case fault.NotAcceptable:
		return http.StatusNotAcceptable
	case fault.UnsupportedMedia:
		return http.StatusUnsupportedMediaType
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Timeout:
		return http.StatusGatewayTimeout
	case fault.Internal:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}
