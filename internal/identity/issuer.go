package identity

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"
)

const (
	documentAge  = time.Hour   // how long what an issuer says of itself, and its keys, are believed
	documentMore = time.Minute // how much longer if it does not answer then
)

// issuer is a provider, and what it says of itself once it was asked.
type issuer struct {
	*Provider
	client *http.Client
	now    func() time.Time

	asking singleflight.Group
	last   atomic.Pointer[discovered]
}

// discovered is what an issuer's document says.
type discovered struct {
	*oidc.Provider
	oauth       oauth2.Config
	verifier    *oidc.IDTokenVerifier
	namesItself bool // in its redirects: RFC 9207
	until       time.Time
}

// discover returns the issuer's document, and reads it if that was long ago. Many who need it at once ask once.
func (i *issuer) discover(ctx context.Context) (*discovered, error) {
	last := i.last.Load()
	if last != nil && i.now().Before(last.until) {
		return last, nil
	}
	answer := i.asking.DoChan("", func() (any, error) {
		d, err := i.read(context.WithoutCancel(ctx)) // others wait for it too
		if err != nil && last != nil {
			kept := *last
			kept.until = i.now().Add(documentMore)
			d, err = &kept, nil
		}
		if err == nil {
			i.last.Store(d)
		}
		return d, err
	})
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("discover %s: %w", i.Name, ctx.Err())
	case a := <-answer:
		if a.Err != nil {
			return nil, fmt.Errorf("discover %s: %w", i.Name, a.Err)
		}
		return a.Val.(*discovered), nil
	}
}

// read fetches the document, and checks what it leads to.
func (i *issuer) read(ctx context.Context) (*discovered, error) {
	p, err := oidc.NewProvider(oidc.ClientContext(ctx, i.client), i.setting.Issuer)
	if err != nil {
		return nil, err
	}
	var says struct {
		Keys        string   `json:"jwks_uri"`
		Methods     []string `json:"token_endpoint_auth_methods_supported"`
		NamesItself bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := p.Claims(&says); err != nil {
		return nil, fmt.Errorf("read the issuer's document: %w", err)
	}
	endpoint := p.Endpoint()
	for _, text := range []string{endpoint.AuthURL, endpoint.TokenURL, says.Keys} {
		if !isEndpoint(text) {
			return nil, fmt.Errorf("the issuer's document leads to %q", text)
		}
	}
	if u := p.UserInfoEndpoint(); u != "" && !isEndpoint(u) {
		return nil, fmt.Errorf("the issuer's document leads to %q", u)
	}
	endpoint.AuthStyle = i.authStyle(says.Methods)
	return &discovered{
		Provider: p,
		oauth: oauth2.Config{
			ClientID: i.setting.ClientID, ClientSecret: i.setting.ClientSecret, Endpoint: endpoint,
			Scopes: append([]string{oidc.ScopeOpenID}, i.setting.Scopes...),
		},
		verifier:    p.Verifier(&oidc.Config{ClientID: i.setting.ClientID, Now: i.now}),
		namesItself: says.NamesItself,
		until:       i.now().Add(documentAge),
	}, nil
}

// authStyle is how the shop shows who it is. To try both ways would use a code up.
func (i *issuer) authStyle(methods []string) oauth2.AuthStyle {
	basic := len(methods) == 0 || slices.Contains(methods, "client_secret_basic") // the default of the specification
	if i.setting.ClientSecret != "" && basic {
		return oauth2.AuthStyleInHeader
	}
	return oauth2.AuthStyleInParams
}
