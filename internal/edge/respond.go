package edge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/99designs/gqlgen/graphql"

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
	if code := codeOf(response); len(response.Data) == 0 && (mediaType == typeGraphQL || code == fault.Unavailable) {
		status = statusOf(code)
	}
	s.write(w, r, status, mediaType, response)
}

func (s *Server) write(w http.ResponseWriter, r *http.Request, status int, mediaType string, response *graphql.Response) {
	response.Errors = limit.Cap(response.Errors, mostErrors)
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

// encode lays out an answer in pieces. The data stays as the executor wrote it: scanning it once
// more would cost as much as making it.
func encode(response *graphql.Response) [][]byte {
	var before, after bytes.Buffer
	if len(response.Errors) > 0 {
		before.WriteString(`{"errors":`)
		before.Write(mustJSON(response.Errors))
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
	after.WriteByte('}')
	return [][]byte{before.Bytes(), data, after.Bytes()}
}

func separator(written int) string {
	if written == 0 {
		return "{"
	}
	return ","
}

func mustJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Errorf("encode answer: %w", err))
	}
	return text
}

// send writes a body of several pieces, compressed where that pays.
func (s *Server) send(w http.ResponseWriter, r *http.Request, status int, pieces ...[]byte) {
	size := 0
	for _, piece := range pieces {
		size += len(piece)
	}
	w.Header().Add("Vary", "Accept-Encoding")
	if size >= leastGzip && acceptsGzip(r.Header.Values("Accept-Encoding")) {
		s.sendGzip(w, status, pieces)
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
	case fault.Internal:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}
