package identity_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"galley/internal/fault"
	"galley/internal/identity"
	"galley/internal/identity/issuertest"
)

func TestIDTokensThatProveNothing(t *testing.T) {
	each(t, func(_ *testing.T, s shop) {
		s.person("ann")
		saying := func(name string, value any) issuertest.Twist {
			return issuertest.Twist{Claims: func(c map[string]any) { c[name] = value }}
		}
		long := s.clock.now().Add(-time.Minute).Unix()
		for name, twist := range map[string]issuertest.Twist{
			"another sign-in's nonce":     saying("nonce", strings.Repeat("a", 52)),
			"no nonce":                    saying("nonce", nil),
			"another client's":            saying("aud", "other"),
			"for nobody":                  saying("aud", nil),
			"for two, nobody says whom":   saying("aud", []string{issuertest.ClientID, "other"}),
			"made for another":            saying("azp", "other"),
			"another issuer's":            saying("iss", "https://evil.example"),
			"no issuer's":                 saying("iss", nil),
			"expired":                     saying("exp", long),
			"without an end":              saying("exp", nil),
			"from the future":             saying("nbf", s.clock.now().Add(time.Hour).Unix()),
			"nobody's":                    saying("sub", ""),
			"with an endless subject":     saying("sub", strings.Repeat("s", 256)),
			"with a number for a subject": saying("sub", 7),
			"not signed":                  {Token: s.issuer.Unsigned},
			"signed by the public key":    {Token: s.issuer.SignedByPublicKey},
			"signed by a stranger":        {Token: s.issuer.SignedByStranger},
			"no token":                    {Token: func(_, _ map[string]any) string { return "" }},
			"half a token":                {Token: func(_, _ map[string]any) string { return "eyJhbGciOiJFUzI1NiJ9.e30" }},
			"a code that was used": {Handle: map[string]http.HandlerFunc{"/token": func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusBadRequest)
				_, _ = w.Write([]byte(`{"error": "invalid_grant"}`))
			}}},
		} {
			s.in(name, func(_ *testing.T, s shop) {
				in := s.come(s.anonymous(), "ann")
				s.issuer.Twist(twist)
				s.wantRefused(in, identity.FlowInvalid)
			})
		}
		s.in("user info about somebody else", func(_ *testing.T, s shop) {
			in := s.come(s.anonymous(), "ann")
			s.issuer.Twist(issuertest.Twist{
				Claims: func(c map[string]any) { delete(c, "email") },
				Handle: map[string]http.HandlerFunc{"/userinfo": func(w http.ResponseWriter, _ *http.Request) {
					_, _ = w.Write([]byte(`{"sub": "bob", "email": "bob@example.org", "email_verified": true}`))
				}},
			})
			s.wantRefused(in, identity.FlowInvalid)
		})
		s.in("a token whose party is named among several lets in", func(_ *testing.T, s shop) {
			in := s.come(s.anonymous(), "ann")
			s.issuer.Twist(issuertest.Twist{Claims: func(c map[string]any) {
				c["aud"], c["azp"] = []string{issuertest.ClientID, "other"}, issuertest.ClientID
			}})
			if out, err := s.w.Complete(s.anonymous(), in); err != nil || out.UserID == 0 {
				t.Errorf("got %+v, %v", out, err)
			}
		})
	})
}

func TestAnIssuerInTroubleKeepsNobodyElseWaiting(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		s.person("ann")
		handled := func(path string, h http.HandlerFunc) issuertest.Twist {
			return issuertest.Twist{Handle: map[string]http.HandlerFunc{path: h}}
		}
		for name, twist := range map[string]issuertest.Twist{
			"unwell":  handled("/token", unwell),
			"stalled": handled("/token", stalled),
			"sends elsewhere": handled("/token", func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "/else", http.StatusTemporaryRedirect)
			}),
			"says too much": {Claims: func(c map[string]any) { c["motto"] = strings.Repeat("x", 500<<10) }},
			"refuses the shop": handled("/token", func(w http.ResponseWriter, _ *http.Request) {
				http.Error(w, `{"error":"invalid_client"}`, http.StatusUnauthorized)
			}),
			"user info unwell": {
				Claims: func(c map[string]any) { delete(c, "email") },
				Handle: map[string]http.HandlerFunc{"/userinfo": unwell},
			},
		} {
			s.in(name, func(t *testing.T, s shop) {
				s.w = s.knowing(s.issuer.Settings("local", nil))
				in, before := s.come(s.anonymous(), "ann"), s.rows()
				s.issuer.Twist(twist)
				if name == "stalled" {
					s.w.Patience(100 * time.Millisecond)
				}
				_, err := s.w.Complete(s.anonymous(), in)
				wantCode(t, err, fault.Unavailable)
				if s.rows() != before || s.issuer.Asked("/else") > 0 {
					t.Errorf("left %+v after %+v", s.rows(), before)
				}
			})
		}
		s.in("slow: others write meanwhile", func(t *testing.T, s shop) {
			in := s.come(s.anonymous(), "ann")
			asked, written := make(chan bool), make(chan bool)
			s.issuer.Twist(handled("/token", func(w http.ResponseWriter, r *http.Request) {
				close(asked)
				<-written
				unwell(w, r)
			}))
			done := make(chan error)
			go func() {
				_, err := s.w.Complete(s.anonymous(), in)
				done <- err
			}()
			<-asked
			s.user("meanwhile@example.org") // SQLite has one writer: it would wait for a transaction
			close(written)
			wantCode(t, <-done, fault.Unavailable)
		})
		if logged := s.log.String(); strings.Contains(logged, issuertest.ClientSecret) || strings.Contains(logged, "example.org") ||
			strings.Contains(logged, "nobody should log") || strings.Contains(logged, "SELECT secret") || strings.Contains(logged, "gf_") {
			t.Errorf("the log tells secrets: %s", logged)
		}
	})
}
