package edge

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"

	"galley/internal/fault"
)

// recovered answers a panic with a masked error, or cuts the connection where an answer has begun.
// Panics of resolvers do not come this far: the executor turns them into errors of their fields.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
				panic(cause)
			}
			s.logger.ErrorContext(r.Context(), "panic", "panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
			if recorder, ok := w.(*recorder); ok && recorder.status != 0 {
				panic(http.ErrAbortHandler)
			}
			s.mask(w, r)
		}()
		next.ServeHTTP(w, r)
	})
}

func (s *Server) mask(w http.ResponseWriter, r *http.Request) {
	for _, name := range []string{"Content-Encoding", "Content-Length", "Content-Type", "ETag", "Last-Modified", "Vary"} {
		w.Header().Del(name)
	}
	if r.URL.Path == "/query" {
		mediaType, ok := acceptable(r.Header.Values("Accept"))
		if !ok {
			mediaType = typeJSON
		}
		s.refuse(w, r, mediaType, fault.New(fault.Internal, maskedMessage(r.Context())))
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, maskedMessage(r.Context()), http.StatusInternalServerError)
}

func maskedMessage(ctx context.Context) string {
	return fmt.Sprintf("Something went wrong on our side: whoever runs this shop finds it in the log as request %s", RequestID(ctx))
}
