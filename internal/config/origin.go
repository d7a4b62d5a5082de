package config

import (
	"fmt"
	"net/url"
	"strings"
)

// Origins are those whose pages may use the shop, besides its own. Each is written as browsers write it,
// so that comparing is all there is to do.
func (s Serve) Origins() ([]string, error) {
	origins := list(s.TrustedOrigins)
	for _, origin := range origins {
		u, err := url.Parse(origin)
		if err != nil || !isOrigin(u, origin) {
			return nil, fmt.Errorf("GALLEY_ORIGINS: %q is not an origin as browsers write it, such as https://www.shop.example: in lower case, without a path, and with a port only if it is not the usual one", origin)
		}
		if u.Scheme == "http" && Mode(s.Mode) == Production && !isLoopback(u.Hostname()) {
			return nil, fmt.Errorf("GALLEY_ORIGINS: anybody on the way could write the pages of %q; in production they come by https", origin)
		}
	}
	return origins, nil
}

func isOrigin(u *url.URL, text string) bool {
	usual := map[string]string{"http": "80", "https": "443"}
	port, known := usual[u.Scheme]
	return known && u.Hostname() != "" && u.Port() != port &&
		text == u.Scheme+"://"+u.Host && text == strings.ToLower(text) && !strings.HasSuffix(text, ":") && !strings.Contains(u.Host, "*") && isASCII(text)
}

func isASCII(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r > '~' }) < 0
}
