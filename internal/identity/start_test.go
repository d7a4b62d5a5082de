package identity_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/identity"
	"galley/internal/identity/issuertest"
)

func TestStart(t *testing.T) {
	each(t, func(_ *testing.T, s shop) {
		s.in("sends a person to the issuer with state, nonce and PKCE, and keeps its secrets", func(t *testing.T, s shop) {
			out := s.start(s.anonymous())
			where, err := url.Parse(*out.URL)
			if err != nil || !strings.HasPrefix(*out.URL, s.issuer.URL+"/authorize?") {
				t.Fatalf("sent to %s: %v", *out.URL, err)
			}
			q := where.Query()
			for name, want := range map[string]string{
				"client_id": issuertest.ClientID, "redirect_uri": issuertest.Redirect, "response_type": "code",
				"scope": "openid email profile", "code_challenge_method": "S256",
			} {
				if q.Get(name) != want {
					t.Errorf("%s is %q, want %q", name, q.Get(name), want)
				}
			}
			for _, name := range []string{"state", "nonce", "code_challenge"} {
				if len(q.Get(name)) < 43 {
					t.Errorf("%s is %q, which can be guessed", name, q.Get(name))
				}
			}
			row := s.db.Client.IdentityFlow.Query().OnlyX(s.system())
			secret := strings.TrimPrefix(*out.Flow, "gf_")
			for _, seen := range []string{*out.URL, string(row.TokenHash), string(row.Verifier), row.Nonce} {
				if strings.Contains(seen, secret) || strings.Contains(seen, issuertest.ClientSecret) {
					t.Errorf("a secret can be read in %q", seen)
				}
			}
			if want := s.clock.now().Add(10 * time.Minute); !out.ExpiresAt.Equal(want) || !row.ExpiresAt.Equal(want) || row.UserID != nil {
				t.Errorf("expires at %v, stored %+v", out.ExpiresAt, row)
			}
		})
		s.in("makes other secrets each time", func(t *testing.T, s shop) {
			one, two := s.start(s.anonymous()), s.start(s.anonymous())
			if *one.Flow == *two.Flow || *one.URL == *two.URL {
				t.Errorf("twice %s", *one.URL)
			}
		})
		s.in("goes to the shop's own providers, and back to their own addresses", func(t *testing.T, s shop) {
			for _, c := range []struct {
				in   identity.StartInput
				want fault.Reason
			}{
				{identity.StartInput{Provider: "other", RedirectURI: issuertest.Redirect}, identity.ProviderUnknown},
				{identity.StartInput{RedirectURI: issuertest.Redirect}, identity.ProviderUnknown},
				{identity.StartInput{Provider: "local"}, identity.RedirectNotAllowed},
				{identity.StartInput{Provider: "local", RedirectURI: issuertest.Redirect + "/"}, identity.RedirectNotAllowed},
				{identity.StartInput{Provider: "local", RedirectURI: issuertest.Redirect + "?next=https://evil.example"}, identity.RedirectNotAllowed},
				{identity.StartInput{Provider: "local", RedirectURI: strings.ToUpper(issuertest.Redirect)}, identity.RedirectNotAllowed},
				{identity.StartInput{Provider: "local", RedirectURI: "https://evil.example/welcome"}, identity.RedirectNotAllowed},
			} {
				out, err := s.w.Start(s.anonymous(), c.in)
				if err != nil || out.URL != nil || out.Flow != nil || len(out.UserErrors) != 1 || out.UserErrors[0].Code != c.want {
					t.Errorf("%+v: got %+v, %v, want %s", c.in, out, err, c.want)
				}
			}
		})
		s.in("is not replayed, nor is its end", func(t *testing.T, s shop) {
			ctx := database.WithRequest(s.anonymous(), database.Request{Scope: "s", Key: "k"})
			_, err := s.w.Start(ctx, identity.StartInput{Provider: "local", RedirectURI: issuertest.Redirect})
			wantCode(t, err, fault.BadUserInput)
			_, err = s.w.Complete(ctx, s.come(s.anonymous(), s.person("replayed")))
			wantCode(t, err, fault.BadUserInput)
		})
		s.in("asks the issuer once for many, and again after an hour", func(t *testing.T, s shop) {
			const path = "/.well-known/openid-configuration"
			before := s.issuer.Asked(path)
			s.w = s.knowing(s.issuer.Settings("local", nil))
			var all sync.WaitGroup
			for range 20 {
				all.Go(func() {
					if _, err := s.w.Start(s.anonymous(), identity.StartInput{Provider: "local", RedirectURI: issuertest.Redirect}); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			s.start(s.anonymous())
			if n := s.issuer.Asked(path) - before; n != 1 {
				t.Errorf("asked %d times", n)
			}
			s.clock.advance(time.Hour)
			s.start(s.anonymous())
			if n := s.issuer.Asked(path) - before; n != 2 {
				t.Errorf("asked %d times within an hour and a bit", n)
			}
		})
		s.in("goes on with what it knows while the issuer is away", func(t *testing.T, s shop) {
			s.start(s.anonymous())
			s.issuer.Twist(issuertest.Twist{Handle: map[string]http.HandlerFunc{"/.well-known/openid-configuration": unwell}})
			s.clock.advance(2 * time.Hour)
			s.start(s.anonymous())
		})
	})
}

func unwell(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "SELECT secret", http.StatusInternalServerError)
}

func TestAnIssuerThatCannotBeUsedIsUnavailable(t *testing.T) {
	each(t, func(_ *testing.T, s shop) {
		const path = "/.well-known/openid-configuration"
		elsewhere := func(name, where string) issuertest.Twist {
			return issuertest.Twist{Document: func(d map[string]any) { d[name] = where }}
		}
		handled := func(h http.HandlerFunc) issuertest.Twist {
			return issuertest.Twist{Handle: map[string]http.HandlerFunc{path: h}}
		}
		for name, twist := range map[string]issuertest.Twist{
			"it is unwell":                       handled(unwell),
			"it is not JSON":                     handled(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }),
			"it calls itself otherwise":          elsewhere("issuer", "https://evil.example"),
			"it sends people over a clear line":  elsewhere("authorization_endpoint", "http://evil.example/authorize"),
			"it wants codes over a clear line":   elsewhere("token_endpoint", "http://evil.example/token"),
			"it has keys on a clear line":        elsewhere("jwks_uri", "http://evil.example/keys"),
			"it tells about people in the clear": elsewhere("userinfo_endpoint", "http://evil.example/userinfo"),
			"it has no keys":                     elsewhere("jwks_uri", ""),
			"it sends the shop elsewhere": handled(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, s.issuer.URL+"/else", http.StatusFound)
			}),
			"it says too much": elsewhere("motto", strings.Repeat("x", 1<<20)),
		} {
			s.in(name, func(t *testing.T, s shop) {
				s.w = s.knowing(s.issuer.Settings("local", nil))
				s.issuer.Twist(twist)
				before := s.db.Client.IdentityFlow.Query().CountX(s.system())
				_, err := s.w.Start(s.anonymous(), identity.StartInput{Provider: "local", RedirectURI: issuertest.Redirect})
				wantCode(t, err, fault.Unavailable)
				if n := s.db.Client.IdentityFlow.Query().CountX(s.system()); n != before || s.issuer.Asked("/else") > 0 {
					t.Error("a flow was written, or somebody else was asked")
				}
				s.issuer.Twist(issuertest.Twist{})
				s.start(s.anonymous()) // and works again once the issuer does
			})
		}
		s.in("who asked does not wait once they have gone", func(t *testing.T, s shop) {
			s.w = s.knowing(s.issuer.Settings("local", nil))
			s.w.Patience(time.Second) // so that nothing is left when the test ends
			s.issuer.Twist(handled(stalled))
			ctx, leave := context.WithCancel(s.anonymous())
			leave()
			_, err := s.w.Start(ctx, identity.StartInput{Provider: "local", RedirectURI: issuertest.Redirect})
			wantCode(t, err, fault.Unavailable)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("waited for %v", err)
			}
		})
	})
}

// stalled answers nothing until the other side gives up, which a server notices once it has read the request.
func stalled(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}
