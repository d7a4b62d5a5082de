package edge

import "net/http"

// mostSecure tells browsers to reach this host through TLS only, for a year.
const mostSecure = "max-age=31536000"

// secured sets the headers that tell browsers to do nothing with an answer but show it. Handlers
// that serve pages loosen what they need.
func (s *Server) secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		header.Set("X-Permitted-Cross-Domain-Policies", "none")
		header.Set("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), usb=()")
		if r.TLS != nil && !isLoopback(r.Host) { // this machine has other servers, on other ports
			header.Set("Strict-Transport-Security", mostSecure)
		}
		next.ServeHTTP(w, r)
	})
}

// embeddable lets pages of other origins show what a handler serves, and nothing else.
func embeddable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		next.ServeHTTP(w, r)
	})
}
