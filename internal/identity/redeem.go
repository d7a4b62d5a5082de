package identity

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// errDistrusted is the error of answers that prove nothing.
var errDistrusted = errors.New("not proven")

// person is who somebody is, as an issuer says it.
type person struct {
	issuer, subject string
	email, name     string
	verified        bool // the issuer knows that they read the e-mail's letters
}

// claims are what we read of an ID token or of an issuer's user info.
type claims struct {
	Subject    string    `json:"sub"`
	Authorized string    `json:"azp"`
	Email      string    `json:"email"`
	Verified   looseBool `json:"email_verified"`
	Name       string    `json:"name"`
}

// longestSubject is the specification's.
const longestSubject = 255

// redeem gives the code back to its issuer for the ID token, and checks that.
func (i *issuer) redeem(ctx context.Context, d *discovered, f flow, code string) (p person, err error) {
	ctx = oidc.ClientContext(ctx, i.client)
	oauth := d.oauth
	oauth.RedirectURL = f.redirectURI
	tokens, err := oauth.Exchange(ctx, code, oauth2.VerifierOption(f.verifier))
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refused.ErrorCode == "invalid_grant" {
		return p, fmt.Errorf("%w: the code was refused", errDistrusted)
	}
	if err != nil {
		return p, fmt.Errorf("redeem code: %w", unwritten(err))
	}
	text, _ := tokens.Extra("id_token").(string)
	id, err := d.verifier.Verify(ctx, text)
	if err != nil {
		return p, fmt.Errorf("%w: %w", errDistrusted, err)
	}
	var c claims
	if err := id.Claims(&c); err != nil {
		return p, fmt.Errorf("%w: %w", errDistrusted, err)
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(f.nonce)) != 1:
		return p, fmt.Errorf("%w: the nonce is another one", errDistrusted)
	case c.Authorized != "" && c.Authorized != i.setting.ClientID, c.Authorized == "" && len(id.Audience) > 1:
		return p, fmt.Errorf("%w: the token was made for somebody else", errDistrusted)
	case id.Subject == "" || len(id.Subject) > longestSubject:
		return p, fmt.Errorf("%w: the subject is empty or too long", errDistrusted)
	}
	if c.Email == "" && d.UserInfoEndpoint() != "" {
		if c, err = userInfo(ctx, d, tokens, id.Subject); err != nil {
			return p, err
		}
	}
	return person{issuer: i.setting.Issuer, subject: id.Subject, email: c.Email, name: c.Name, verified: bool(c.Verified)}, nil
}

// userInfo asks an issuer that keeps ID tokens short for what it left out.
func userInfo(ctx context.Context, d *discovered, tokens *oauth2.Token, subject string) (c claims, err error) {
	info, err := d.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return c, fmt.Errorf("read user info: %w", err)
	}
	if err := info.Claims(&c); err != nil {
		return c, fmt.Errorf("%w: %w", errDistrusted, err)
	}
	if c.Subject != subject {
		return c, fmt.Errorf("%w: the user info is somebody else's", errDistrusted)
	}
	return c, nil
}

// unwritten takes what an issuer wrote into its refusal out of an error that will be logged, but for its code.
func unwritten(err error) error {
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		return err
	}
	return fmt.Errorf("status %d %s, error %q", refused.Response.StatusCode, http.StatusText(refused.Response.StatusCode), refused.ErrorCode)
}

// briefly is an error for the log: an issuer's whole page may be in it.
func briefly(err error) string {
	const most = 300
	text := err.Error()
	if len(text) > most {
		text = text[:most] + "…"
	}
	return text
}

// looseBool reads a truth that some issuers write as text.
type looseBool bool

// UnmarshalJSON takes true and "true"; whatever else there is, it is not true.
func (b *looseBool) UnmarshalJSON(text []byte) error {
	*b = string(text) == "true" || string(text) == `"true"`
	return nil
}
