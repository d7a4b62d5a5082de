package edge

import (
	"net/http"
	"slices"
)

// preflightAge is how long browsers remember that an origin may ask, in seconds: two hours, the most
// that Chromium takes.
const preflightAge = "7200"

// shared lets pages of the trusted origins use what a handler serves, cookies included, and tells
// browsers when they ask first. Other origins hear nothing, which browsers take for a no.
func (s *Server) shared(next http.HandlerFunc) http.Handler {
	if len(s.config.Origins) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Add("Vary", "Origin")
		origin := r.Header.Get("Origin")
		if !slices.Contains(s.config.Origins, origin) {
			next(w, r)
			return
		}
		header.Set("Access-Control-Allow-Origin", origin)
		header.Set("Access-Control-Allow-Credentials", "true")
		if r.Method != http.MethodOptions {
			header.Set("Access-Control-Expose-Headers", "X-Request-Id")
			next(w, r)
			return
		}
		// They may send whatever headers they like: tracing has its own.
		header.Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
		header.Set("Access-Control-Allow-Methods", "GET, POST")
		header.Set("Access-Control-Max-Age", preflightAge)
		header.Add("Vary", "Access-Control-Request-Headers")
		w.WriteHeader(http.StatusNoContent)
	})
}
