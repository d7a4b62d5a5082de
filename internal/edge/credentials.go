package edge

import (
	"net/http"
	"strings"

	"galley/internal/fault"
)

// Credentials are what a request brings along to say who is asking. Empty fields are absent.
type Credentials struct {
	Bearer    string // the token of Authorization: Bearer
	Cookie    string // the secret in the session's cookie, where there is no Authorization
	CartToken string // X-Cart-Token: the secret of a guest's cart
	// OrderToken is the secret that a letter about an order brought: X-Order-Token.
	OrderToken string
}

const mostCredentialBytes = 4096

// credentials reads the headers. What is malformed is refused, rather than taken for anonymous.
func credentials(header http.Header) (Credentials, error) {
	var c Credentials
	if authorization, ok, err := single(header, "Authorization"); err != nil {
		return c, err
	} else if ok {
		scheme, token, _ := strings.Cut(authorization, " ")
		token = strings.Trim(token, " ")
		if !strings.EqualFold(scheme, "Bearer") || !isToken(token) {
			return c, fault.New(fault.Unauthenticated, "The Authorization header must be a bearer token")
		}
		c.Bearer = token
	}
	var err error
	if c.CartToken, err = tokenOf(header, "X-Cart-Token"); err != nil {
		return c, err
	}
	c.OrderToken, err = tokenOf(header, "X-Order-Token")
	return c, err
}

// tokenOf reads a header that is a token, if it is there.
func tokenOf(header http.Header, name string) (string, error) {
	token, ok, err := single(header, name)
	if err == nil && ok && !isToken(token) {
		err = fault.Newf(fault.Unauthenticated, "The %s header is malformed", name)
	}
	return token, err
}

// single reads a header that may be sent once.
func single(header http.Header, name string) (value string, ok bool, err error) {
	switch values := header.Values(name); len(values) {
	case 0:
		return "", false, nil
	case 1:
		return values[0], true, nil
	default:
		return "", false, fault.Newf(fault.Unauthenticated, "The %s header is sent more than once", name)
	}
}

// isToken tells whether s is made of RFC 6750's characters for tokens.
func isToken(s string) bool {
	for _, c := range []byte(s) {
		if !isAlphanumeric(c) && !strings.ContainsRune("-._~+/=", rune(c)) {
			return false
		}
	}
	return s != "" && len(s) <= mostCredentialBytes
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
