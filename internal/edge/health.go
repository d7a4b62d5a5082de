package edge

import (
	"context"
	"io"
	"net/http"
	"time"
)

const readyTimeout = 2 * time.Second

// livez says that the process runs. It asks nobody else: a restart does not mend a database.
func (s *Server) livez(w http.ResponseWriter, _ *http.Request) {
	health(w, http.StatusOK, "alive")
}

// readyz says whether requests should be sent here.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	if s.draining.Load() {
		health(w, http.StatusServiceUnavailable, "draining")
		return
	}
	if s.config.Ready != nil {
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		if err := s.config.Ready(ctx); err != nil {
			s.logger.WarnContext(r.Context(), "not ready", "error", err)
			health(w, http.StatusServiceUnavailable, "not ready")
			return
		}
	}
	health(w, http.StatusOK, "ready")
}

func health(w http.ResponseWriter, status int, word string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, word+"\n")
}
