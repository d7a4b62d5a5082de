package edge

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// atHome serves, in development, requests to this machine by its own names only. A page elsewhere
// could have its own name resolve to this machine, and read as its own what development shows.
func (s *Server) atHome(next http.Handler) http.Handler {
	if !s.config.Development {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopback(r.Host) {
			w.Header().Set("Cache-Control", "no-store")
			http.Error(w, "In development this shop answers to localhost and loopback addresses only", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isLoopback tells whether a Host header, with a port or without, names this machine.
func isLoopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
		if inner, ok := strings.CutPrefix(host, "["); ok {
			if name, ok = strings.CutSuffix(inner, "]"); !ok {
				return false
			}
		}
	}
	if strings.EqualFold(name, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(name)
	return err == nil && ip.Zone() == "" && ip.Unmap().IsLoopback()
}
