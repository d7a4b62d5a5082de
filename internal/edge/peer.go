package edge

import (
	"net/http"
	"net/netip"
)

// fromPeers serves this machine and the trusted proxies, where any are named: who reaches the port
// past them would talk in clear text.
func (s *Server) fromPeers(next http.Handler) http.Handler {
	if len(s.config.TrustedProxies) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !trusted(r.RemoteAddr, s.config.TrustedProxies) {
			http.Error(w, "This server is reached through its proxy", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func trusted(remote string, proxies []netip.Prefix) bool {
	peer, err := netip.ParseAddrPort(remote)
	if err != nil {
		return false
	}
	addr := peer.Addr().Unmap()
	if addr.IsLoopback() {
		return true
	}
	for _, p := range proxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}
