package edge

import (
	"fmt"
	"mime"
	"net/http"
	"slices"

	"galley/internal/fault"
)

// newForgery makes the guard against requests that pages of other origins have a browser send.
func newForgery(origins []string) (*http.CrossOriginProtection, error) {
	guard := http.NewCrossOriginProtection()
	for _, origin := range origins {
		if err := guard.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("trust origin: %w", err)
		}
	}
	return guard, nil
}

// unforged refuses what a page of an origin that is not trusted has a browser send: all but GET, and
// GET where it opens a WebSocket, which a browser lets every page do.
func (s *Server) unforged(r *http.Request) error {
	if r.Header.Get("Upgrade") != "" {
		r = r.WithContext(r.Context())
		r.Method = http.MethodPost // the guard lets every GET pass
	}
	if err := s.forgery.Check(r); err != nil {
		return fault.Wrap(fault.Forbidden, "You may not do this from a page of another origin", err)
	}
	return nil
}

// deliberate tells whether a request has what no page can add to it without the browser asking first,
// which is answered to trusted origins only: a header, or a type of content that forms do not have.
func deliberate(r *http.Request) bool {
	if preflighted(r.Header) {
		return true
	}
	switch contentType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); contentType {
	case "application/x-www-form-urlencoded", "multipart/form-data", "text/plain":
		return false
	default:
		return err == nil
	}
}

// preflighted tells whether a request has one of the headers that say that it was meant.
func preflighted(header http.Header) bool {
	return slices.ContainsFunc([]string{"GraphQL-Require-Preflight", "Apollo-Require-Preflight", "X-Requested-With"}, func(name string) bool {
		return header.Get(name) != ""
	})
}
