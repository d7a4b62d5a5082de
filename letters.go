package main

import (
	"net/http"
	"time"

	"galley/internal/config"
	"galley/internal/mail"
)

// mailing is how letters leave: through a mail server or, in development without one, into a box that a page shows.
func mailing(settings config.Serve, now func() time.Time) (mail.Sender, http.Handler, error) {
	o := mail.Options{Shop: settings.ShopName, Storefront: settings.StorefrontURL(), From: settings.From(), Now: now}
	if settings.SMTPURL != "" {
		mailer, err := mail.NewMailer(o, settings.SMTPURL)
		return mailer, nil, err
	}
	box, err := mail.NewBox(o)
	return box, box, err
}
