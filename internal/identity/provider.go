package identity

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Provider is where people may sign in: an issuer, and what it knows the shop as.
type Provider struct {
	Name  string // what clients call it
	Title string // what people call it

	setting setting
}

// setting is a provider as the settings' file writes it.
type setting struct {
	Name            string   `json:"name"`
	Title           string   `json:"title"` // the name unless told
	Issuer          string   `json:"issuer"`
	ClientID        string   `json:"clientId"`
	ClientSecret    string   `json:"clientSecret"`    // absent for a client that keeps none
	ClientSecretEnv string   `json:"clientSecretEnv"` // the variable that holds it
	Scopes          []string `json:"scopes"`          // besides openid; email and profile unless told
	RedirectURIs    []string `json:"redirectUris"`
}

// What their columns hold.
const (
	longestIssuer   = 500
	longestRedirect = 2000
)

var name = regexp.MustCompile(`^[a-z][a-z0-9-]{0,49}$`)

// ParseProviders reads and checks the file of GALLEY_OIDC_FILE: a list of providers in JSON. It asks none of them.
func ParseProviders(text []byte, getenv func(string) string) ([]*Provider, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var settings []setting
	if err := decoder.Decode(&settings); err != nil {
		return nil, fmt.Errorf("it is not a list of providers in JSON: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something after the list of providers")
	}
	providers := make([]*Provider, 0, len(settings))
	for i, s := range settings {
		if slices.ContainsFunc(providers, func(p *Provider) bool { return p.Name == s.Name }) {
			return nil, fmt.Errorf("provider %d: there is another one called %q", i+1, s.Name)
		}
		p, err := s.provider(getenv)
		if err != nil {
			return nil, fmt.Errorf("provider %d: %w", i+1, err)
		}
		providers = append(providers, p)
	}
	return providers, nil
}

// provider checks a setting, and fills in what it leaves out.
func (s setting) provider(getenv func(string) string) (*Provider, error) {
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	check(name.MatchString(s.Name), "name is lower-case letters, digits and hyphens, not %q", s.Name)
	check(len(s.Issuer) <= longestIssuer && isEndpoint(s.Issuer) && !strings.ContainsAny(s.Issuer, "?#"),
		"issuer is a URL with https, or http on this machine, not %q", s.Issuer)
	check(s.ClientID != "", "clientId is missing")
	check(s.ClientSecret == "" || s.ClientSecretEnv == "", "clientSecret and clientSecretEnv exclude each other")
	if s.ClientSecretEnv != "" {
		s.ClientSecret = getenv(s.ClientSecretEnv)
		check(s.ClientSecret != "", "clientSecretEnv: %s is not set", s.ClientSecretEnv)
	}
	check(len(s.RedirectURIs) > 0, "redirectUris is missing")
	for _, uri := range s.RedirectURIs {
		check(len(uri) <= longestRedirect && isRedirect(uri),
			"redirectUris: %q is no URL with https, http on this machine, or an app's own scheme such as com.example.shop", uri)
	}
	for _, scope := range s.Scopes {
		check(scope != "" && !strings.ContainsAny(scope, " \t\r\n"), "scopes: %q is no scope", scope)
	}
	if s.Scopes == nil {
		s.Scopes = []string{"email", "profile"}
	}
	if s.Title == "" {
		s.Title = s.Name
	}
	return &Provider{Name: s.Name, Title: s.Title, setting: s}, errors.Join(errs...)
}

// isEndpoint tells a URL that nobody between here and there reads or changes.
func isEndpoint(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())
}

// isRedirect tells where a provider may send people: to a site or, as RFC 8252 has it, to an app by a scheme that
// is a domain of its maker's.
func isRedirect(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Fragment != "" || strings.Contains(text, "#") {
		return false
	}
	return isEndpoint(text) || strings.Contains(u.Scheme, ".")
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
