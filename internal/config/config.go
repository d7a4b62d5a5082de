// Package config reads a process's settings from its environment and flags, and checks them at start.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"time"

	"galley/internal/money"
	"galley/internal/secret"
)

// Mode is how much a process tells, and how much it takes for granted.
type Mode string

// The modes. Development listens on this machine only, and shows everything; production shows
// nothing, and refuses to start on what is unsafe.
const (
	Development Mode = "development"
	Production  Mode = "production"
)

// Database are the settings of every command that opens the database.
type Database struct {
	DatabaseURL string `name:"database-url" setting:"DATABASE_URL" placeholder:"URL" help:"PostgreSQL, as postgres://user:password@host/name; without it the embedded SQLite is used."`
	Data        string `setting:"GALLEY_DATA" default:"data" placeholder:"DIR" help:"Directory of the embedded database."`
	Connections int    `name:"database-connections" setting:"GALLEY_DATABASE_CONNECTIONS" placeholder:"N" help:"Most connections to a PostgreSQL; without it four per core, and at least eight."`
	LogLevel    string `setting:"GALLEY_LOG_LEVEL" default:"info" placeholder:"LEVEL" help:"debug, info, warn or error."`
	LogFormat   string `setting:"GALLEY_LOG_FORMAT" default:"text" placeholder:"FORMAT" help:"text or json."`
}

// Secrets are the settings of every command that reads or writes what is sealed in the database.
type Secrets struct {
	SecretKey string `setting:"GALLEY_SECRET_KEY" placeholder:"KEY,…" help:"Seals what nobody may read in the database: 32 random bytes in base64, as openssl rand -base64 32 prints them. Several, for a change: the first seals, all open. Development has one that everybody knows."`
}

// Ring reads the keys.
func (s Secrets) Ring() (*secret.Ring, error) {
	if s.SecretKey == "" {
		return secret.Development(), nil
	}
	ring, err := secret.Parse(s.SecretKey)
	if err != nil {
		return nil, fmt.Errorf("GALLEY_SECRET_KEY: %w", err)
	}
	return ring, nil
}

// Serve are the settings of the server.
type Serve struct {
	Database
	Mail
	Secrets
	Checkout
	Cards
	Graph
	Streams
	Observe
	Overload
	Addr           string        `setting:"GALLEY_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where to listen; port 0 takes a free one."`
	Mode           string        `setting:"GALLEY_MODE" default:"development" placeholder:"MODE" help:"development or production."`
	Demo           bool          `setting:"GALLEY_DEMO" help:"Fill an empty PostgreSQL with the demo shop; an empty embedded database is filled anyway, in development."`
	VerifiedEmail  string        `name:"verified-email-for" setting:"GALLEY_VERIFIED_EMAIL_FOR" placeholder:"ACTION" help:"What asks for an account with a verified e-mail address: checkout, or nothing."`
	AccessLifetime time.Duration `name:"access-token-lifetime" setting:"GALLEY_ACCESS_TOKEN_LIFETIME" default:"10m" placeholder:"TIME" help:"How long an access token is good for before a client refreshes it."`
	DeletionGrace  time.Duration `setting:"GALLEY_DELETION_GRACE" default:"336h" placeholder:"TIME" help:"How long an account is kept whose owner wants it deleted."`
	Currency       string        `setting:"GALLEY_CURRENCY" default:"GBP" placeholder:"CODE" help:"The shop's currency, by its ISO 4217 code."`
	TaxIncluded    bool          `name:"prices-include-tax" setting:"GALLEY_PRICES_INCLUDE_TAX" default:"true" negatable:"" help:"Whether prices contain the tax; otherwise it is added to what an order costs."`
	TLSCert        string        `name:"tls-cert" setting:"GALLEY_TLS_CERT" placeholder:"FILE" help:"The certificate, in PEM, with which this process speaks TLS; read again when it changes."`
	TLSKey         string        `name:"tls-key" setting:"GALLEY_TLS_KEY" placeholder:"FILE" help:"The certificate's key."`
	TrustedProxies string        `setting:"GALLEY_TRUSTED_PROXIES" placeholder:"CIDR,…" help:"Proxies before this process: what they say of the client is believed, and besides this machine nobody else is served."`
	TrustedOrigins string        `name:"origins" setting:"GALLEY_ORIGINS" placeholder:"ORIGIN,…" help:"Origins besides the shop's own whose pages may use it, such as https://www.shop.example."`
	OIDCFile       string        `name:"oidc-file" setting:"GALLEY_OIDC_FILE" placeholder:"FILE" help:"Where one may sign in by OpenID Connect: a list of providers in JSON."`
	Drain          time.Duration `setting:"GALLEY_DRAIN" default:"10s" placeholder:"TIME" help:"How long requests and jobs under way have to finish at a stop."`
	Workers        int           `setting:"GALLEY_WORKERS" default:"4" placeholder:"N" help:"How many jobs this process does at once in the background; 0 leaves them to other processes."`
}

// URL is the address of the database.
func (d Database) URL() string {
	if d.DatabaseURL != "" {
		return d.DatabaseURL
	}
	return "sqlite:" + d.Path()
}

// Path is the file of the embedded database.
func (d Database) Path() string { return filepath.Join(d.Data, "galley.db") }

// Embedded tells whether the database is the embedded SQLite.
func (d Database) Embedded() bool { return d.DatabaseURL == "" }

// Validate checks the settings of the database. An error names the variable.
func (d Database) Validate() error {
	var errs []error
	if d.DatabaseURL != "" && !strings.HasPrefix(d.DatabaseURL, "postgres://") && !strings.HasPrefix(d.DatabaseURL, "postgresql://") {
		errs = append(errs, errors.New("DATABASE_URL must begin with postgres:// or postgresql://"))
	}
	if d.Embedded() && d.Data == "" {
		errs = append(errs, errors.New("GALLEY_DATA must name a directory"))
	}
	if d.Connections < 0 {
		errs = append(errs, errors.New("GALLEY_DATABASE_CONNECTIONS is a number of connections, or 0"))
	}
	if _, err := d.level(); err != nil {
		errs = append(errs, err)
	}
	if d.LogFormat != "text" && d.LogFormat != "json" {
		errs = append(errs, fmt.Errorf("GALLEY_LOG_FORMAT is text or json, not %q", d.LogFormat))
	}
	return errors.Join(errs...)
}

func (d Database) level() (slog.Level, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(d.LogLevel)); err != nil {
		return level, fmt.Errorf("GALLEY_LOG_LEVEL is debug, info, warn or error, not %q", d.LogLevel)
	}
	return level, nil
}

// Validate checks the settings of the server. An error names the variable.
func (s Serve) Validate() error {
	errs := []error{s.Database.Validate()}
	if Mode(s.Mode) != Development && Mode(s.Mode) != Production {
		errs = append(errs, fmt.Errorf("GALLEY_MODE is development or production, not %q", s.Mode))
	}
	if !money.Currency(s.Currency).Valid() {
		errs = append(errs, fmt.Errorf("GALLEY_CURRENCY is one of %v, not %q", money.Currencies(), s.Currency))
	}
	if s.Drain < 0 || s.Drain > 10*time.Minute {
		errs = append(errs, errors.New("GALLEY_DRAIN is between 0s and 10m"))
	}
	if s.Workers < 0 || s.Workers > 64 {
		errs = append(errs, errors.New("GALLEY_WORKERS is between 0 and 64"))
	}
	_, err := s.Ring()
	errs = append(errs, err)
	if Mode(s.Mode) == Production && s.SecretKey == "" {
		errs = append(errs, errors.New("GALLEY_SECRET_KEY: production needs a key of its own: make one with openssl rand -base64 32, and keep it"))
	}
	_, err = s.Proxies()
	errs = append(errs, err)
	_, err = s.Origins()
	errs = append(errs, err)
	if (s.TLSCert == "") != (s.TLSKey == "") {
		errs = append(errs, errors.New("GALLEY_TLS_CERT and GALLEY_TLS_KEY are set together"))
	}
	if s.VerifiedEmail != "" && s.VerifiedEmail != "checkout" {
		errs = append(errs, fmt.Errorf("GALLEY_VERIFIED_EMAIL_FOR is checkout, or empty, not %q", s.VerifiedEmail))
	}
	if s.AccessLifetime < time.Second || s.AccessLifetime > time.Hour {
		errs = append(errs, errors.New("GALLEY_ACCESS_TOKEN_LIFETIME is between 1s and 1h"))
	}
	if s.DeletionGrace < 24*time.Hour || s.DeletionGrace > 90*24*time.Hour {
		errs = append(errs, errors.New("GALLEY_DELETION_GRACE is between 24h and 2160h"))
	}
	return errors.Join(append(errs, s.validateAddr(), s.validateMetrics(), s.validateObserve(), s.validateOverload(), s.validateMail(), s.validateCheckout(), s.validateCards(), s.validateGraph(), s.validateStreams())...)
}

func (s Serve) validateMetrics() error {
	if s.MetricsAddr == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(s.MetricsAddr)
	switch {
	case err != nil:
		return fmt.Errorf("GALLEY_METRICS_ADDR is host:port, such as 127.0.0.1:9090, not %q", s.MetricsAddr)
	case Mode(s.Mode) == Development && !isLoopback(host):
		return fmt.Errorf("GALLEY_METRICS_ADDR: development stays on this machine, not %q", s.MetricsAddr)
	}
	return nil
}

func (s Serve) validateAddr() error {
	host, _, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return fmt.Errorf("GALLEY_ADDR is host:port, such as 127.0.0.1:8080, not %q", s.Addr)
	}
	if isLoopback(host) {
		return nil
	}
	switch {
	case Mode(s.Mode) == Development:
		return fmt.Errorf("GALLEY_ADDR: development shows everything, and listens on this machine only, such as 127.0.0.1:8080; set GALLEY_MODE=production for %q", s.Addr)
	case s.TrustedProxies == "" && s.TLSCert == "":
		return fmt.Errorf("GALLEY_ADDR: %q would carry passwords in clear text; name a certificate in GALLEY_TLS_CERT, or the proxies that end TLS in GALLEY_TRUSTED_PROXIES", s.Addr)
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Scheme is what the process speaks: https with a certificate, else http.
func (s Serve) Scheme() string {
	if s.TLSCert != "" {
		return "https"
	}
	return "http"
}

// Proxies are the networks that requests may come from, besides this machine.
func (s Serve) Proxies() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range list(s.TrustedProxies) {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("GALLEY_TRUSTED_PROXIES: %q is not a network such as 10.0.0.0/8", text)
		}
		all = append(all, prefix)
	}
	return all, nil
}

// list splits a setting of several values.
func list(setting string) []string {
	return strings.FieldsFunc(setting, func(r rune) bool { return r == ',' || r == ' ' })
}

// Logger makes the process's logger, on the given handler's writer.
func (d Database) Logger(w interface{ Write([]byte) (int, error) }) *slog.Logger {
	level, _ := d.level()
	options := &slog.HandlerOptions{Level: level}
	if d.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
