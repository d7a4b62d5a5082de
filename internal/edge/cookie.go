package edge

import (
	"net/http"
	"time"

	"galley/internal/fault"
	"galley/internal/origin"
)

// jar is the session's cookie of one request: what the browser brought, and what becomes of it.
type jar struct {
	origin.Cookie
	name    string
	secure  bool
	brought string
}

// jar reads the session's cookie. It is nil where none is read or set: in clear text beyond this machine,
// and where a page of any origin could have the browser send the request without asking first. Such a
// request may not bring a cookie either.
func (s *Server) jar(r *http.Request) (*jar, error) {
	j := &jar{name: "__Host-session", secure: s.secure(r)}
	if !j.secure {
		if !isLoopback(r.Host) {
			return nil, nil //nolint:nilnil // there is none
		}
		j.name = "session" // browsers keep nothing of __Host- in clear text
	}
	cookies := r.CookiesNamed(j.name)
	switch {
	case !deliberate(r) && len(cookies) > 0:
		return nil, fault.New(fault.Forbidden, "You may not do this with a cookie alone: send the header GraphQL-Require-Preflight: 1 as well")
	case !deliberate(r):
		return nil, nil //nolint:nilnil // there is none
	case len(cookies) == 1 && isToken(cookies[0].Value):
		j.brought = cookies[0].Value
	case len(cookies) > 0: // nobody can tell which is the session's
		j.Clear()
	}
	return j, nil
}

// write puts into an answer's header what became of the cookie.
func (j *jar) write(header http.Header, now time.Time) {
	change, ok := j.Change()
	if !ok {
		return
	}
	cookie := &http.Cookie{
		Name: j.name, Value: change.Secret, Path: "/", MaxAge: int(change.Expires.Sub(now) / time.Second),
		Secure: j.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
	if change.Secret == "" || cookie.MaxAge <= 0 {
		cookie.Value, cookie.MaxAge = "", -1
	}
	header.Add("Set-Cookie", cookie.String())
}
