package edge

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"
)

// address is the client's, past the trusted proxies. It is the zero value where the connection has none.
func (s *Server) address(r *http.Request) netip.Addr {
	peer := peerOf(r)
	if s.isProxy(peer) {
		return farthest(r.Header.Values("X-Forwarded-For"), peer, s.isProxy)
	}
	if peer.IsLoopback() && !s.config.Development && r.Header.Get("X-Forwarded-For") != "" {
		s.unnamedProxy.Do(func() {
			s.logger.WarnContext(r.Context(), "X-Forwarded-For is not believed, so all clients have one address: name the proxy on this machine in GALLEY_TRUSTED_PROXIES")
		})
	}
	return peer
}

// farthest follows X-Forwarded-For from its end, where each proxy writes who called it, to the first
// that is no proxy of ours. What is left of that is a stranger's word.
func farthest(header []string, peer netip.Addr, isProxy func(netip.Addr) bool) netip.Addr {
	known := peer
	for _, hop := range slices.Backward(strings.Split(strings.Join(header, ","), ",")) {
		address, ok := hopAddress(strings.TrimSpace(hop))
		if !ok {
			return known
		}
		if known = address; !isProxy(address) {
			return known
		}
	}
	return known
}

// hopAddress reads an address, which some proxies write with its port.
func hopAddress(hop string) (netip.Addr, bool) {
	address, err := netip.ParseAddr(hop)
	if err != nil {
		withPort, err := netip.ParseAddrPort(hop)
		return plainAddress(withPort.Addr()), err == nil
	}
	return plainAddress(address), true
}

// plainAddress gives each address one form: limits count it, and people read it.
func plainAddress(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

// peerOf is who holds the other end of the connection.
func peerOf(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return plainAddress(peer.Addr())
}

// secure tells whether the client reached the shop through TLS. A trusted proxy may say so; without a
// word of it, clear text in production comes from who ends TLS before it, and stays on this machine
// otherwise.
func (s *Server) secure(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	if scheme, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ","); scheme != "" && s.isProxy(peerOf(r)) {
		return strings.EqualFold(strings.TrimSpace(scheme), "https")
	}
	return !s.config.Development && !isLoopback(r.Host)
}

const mostUserAgentBytes = 500

// userAgent is what the client says that it is, as text of bounded length.
func userAgent(header http.Header) string {
	text := strings.ToValidUTF8(header.Get("User-Agent"), "�")
	if len(text) <= mostUserAgentBytes {
		return text
	}
	end := mostUserAgentBytes
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}
