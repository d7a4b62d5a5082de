package config

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strings"
)

// Mail are the settings of letters.
type Mail struct {
	SMTPURL    string `name:"smtp-url" setting:"GALLEY_SMTP_URL" placeholder:"URL" help:"The mail server, as smtps://user:password@host or smtp://… with STARTTLS; without it letters land on /mail, in development only."`
	MailFrom   string `name:"mail-from" setting:"GALLEY_MAIL_FROM" placeholder:"EMAIL" help:"The address that letters come from; in development shop@localhost unless told."`
	Storefront string `name:"storefront-url" setting:"GALLEY_STOREFRONT_URL" placeholder:"URL" help:"The storefront, whose pages letters link to; in development http://localhost:3000 unless told."`
	ShopName   string `name:"shop-name" setting:"GALLEY_SHOP_NAME" default:"Galley" placeholder:"NAME" help:"What letters call the shop."`
}

// From is the address that letters come from.
func (m Mail) From() string {
	if m.MailFrom == "" {
		return "shop@localhost"
	}
	return m.MailFrom
}

// StorefrontURL is the address of the storefront, without a slash at the end.
func (m Mail) StorefrontURL() string {
	if m.Storefront == "" {
		return "http://localhost:3000"
	}
	return strings.TrimRight(m.Storefront, "/")
}

// validateMail checks the settings of letters. In production letters are sent, and say where from and where to.
func (s Serve) validateMail() error {
	var errs []error
	production := Mode(s.Mode) == Production
	if u, err := url.Parse(s.SMTPURL); s.SMTPURL == "" && production || s.SMTPURL != "" &&
		(err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "") {
		errs = append(errs, errors.New("GALLEY_SMTP_URL is the mail server, such as smtps://user:password@mail.example, which production needs"))
	}
	if a, err := mail.ParseAddress(s.MailFrom); s.MailFrom == "" && production || s.MailFrom != "" && (err != nil || a.Address != s.MailFrom) {
		errs = append(errs, fmt.Errorf("GALLEY_MAIL_FROM is an e-mail address, which production needs, not %q", s.MailFrom))
	}
	if (s.Storefront != "" || production) && !s.storefrontSound() {
		errs = append(errs, fmt.Errorf("GALLEY_STOREFRONT_URL is the storefront's address, such as https://shop.example, which production needs, not %q", s.Storefront))
	}
	if strings.TrimSpace(s.ShopName) == "" || len(s.ShopName) > 100 {
		errs = append(errs, errors.New("GALLEY_SHOP_NAME is a name of at most 100 bytes"))
	}
	return errors.Join(errs...)
}

// storefrontSound tells whether links to the storefront can be made. They carry secrets, so they are encrypted
// unless they stay on this machine.
func (s Serve) storefrontSound() bool {
	u, err := url.Parse(s.Storefront)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())
}
