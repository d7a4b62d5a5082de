package edge

import (
	"net/http"
	"net/netip"
	"slices"
)

// fromPeers serves this machine and the trusted proxies, where any are named: who reaches the port
// past them would talk in clear text.
func (s *Server) fromPeers(next http.Handler) http.Handler {
	if len(s.config.TrustedProxies) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if peer := peerOf(r); !peer.IsLoopback() && !s.isProxy(peer) {
			http.Error(w, "This server is reached through its proxy", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isProxy tells whether what a peer says of its client is believed. Of this machine it is if its
// address is named, as any other.
func (s *Server) isProxy(peer netip.Addr) bool {
	return slices.ContainsFunc(s.config.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(peer) })
}
