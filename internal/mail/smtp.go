package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	gomail "github.com/wneessen/go-mail"
)

// patience is how long a mail server may take for a letter, goodbye for the end of the connection.
const (
	patience = time.Minute
	goodbye  = 5 * time.Second
)

// Mailer sends letters through a mail server. A connection serves one letter: they are few, and one that
// stalls holds up none behind it.
type Mailer struct {
	composer *composer
	host     string
	port     int
	user     *url.Userinfo
	implicit bool // TLS from the first byte
	clear    bool // no TLS at all: the server is on this machine
	tls      *tls.Config
	letters  *prometheus.CounterVec
}

// NewMailer makes a mailer of a URL: smtps://user:password@host:port, or smtp:// for a connection that becomes
// encrypted by STARTTLS, which a server on this machine need not know.
func NewMailer(o Options, server string) (*Mailer, error) {
	u, err := url.Parse(server)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errors.New("a mail server is smtp://user:password@host:port or smtps://…")
	}
	c, err := newComposer(o)
	if err != nil {
		return nil, err
	}
	m := &Mailer{
		composer: c, host: u.Hostname(), user: u.User, implicit: u.Scheme == "smtps",
		letters: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "galley_letters_total", Help: "Letters given to the mail server, by what it made of them.",
		}, []string{"template", "outcome"}),
	}
	m.clear = !m.implicit && loopback(m.host)
	m.tls = &tls.Config{ServerName: m.host, MinVersion: tls.VersionTLS12}
	switch {
	case u.Port() != "":
		m.port, err = strconv.Atoi(u.Port())
	case m.implicit:
		m.port = gomail.DefaultPortSSL
	default:
		m.port = gomail.DefaultPortTLS
	}
	return m, err
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Describe is Prometheus's: the mailer is a collector.
func (m *Mailer) Describe(into chan<- *prometheus.Desc) { m.letters.Describe(into) }

// Collect is Prometheus's too.
func (m *Mailer) Collect(into chan<- prometheus.Metric) { m.letters.Collect(into) }

// Send gives a letter to the mail server, and returns when the server has taken it.
func (m *Mailer) Send(ctx context.Context, l Letter) error {
	err := m.send(ctx, l)
	outcome := "sent"
	if err != nil {
		outcome = "failed"
	}
	m.letters.WithLabelValues(string(l.Template), outcome).Inc()
	return err
}

func (m *Mailer) send(ctx context.Context, l Letter) error {
	written, err := m.composer.compose(l)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	client, err := m.client(ctx)
	if err != nil {
		return fmt.Errorf("send letter: %w", err)
	}
	connection, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("send letter: connect to the mail server: %w", errors.Join(err, context.Cause(ctx)))
	}
	if err := client.SendWithSMTPClient(connection, m.message(written)); err != nil {
		return refusal(err, context.Cause(ctx), l.To)
	}
	// The letter is taken: how the server says goodbye changes nothing.
	_ = connection.UpdateDeadline(goodbye)
	_ = client.CloseWithSMTPClient(connection)
	return nil
}

// client is what speaks SMTP for one letter. Its connection ends with the context.
func (m *Mailer) client(ctx context.Context) (*gomail.Client, error) {
	dial := (&net.Dialer{}).DialContext
	policy := gomail.TLSMandatory
	if m.implicit {
		dial = (&tls.Dialer{Config: m.tls}).DialContext
	}
	if m.implicit || m.clear {
		policy = gomail.NoTLS // the library's, that is
	}
	options := []gomail.Option{
		gomail.WithPort(m.port), gomail.WithTimeout(patience), gomail.WithTLSPolicy(policy), gomail.WithTLSConfig(m.tls),
		gomail.WithoutNoop(), gomail.WithoutRset(), // a letter that is taken must not fail by what follows
		gomail.WithDialContextFunc(func(dialing context.Context, network, address string) (net.Conn, error) {
			c, err := dial(dialing, network, address)
			if err == nil {
				context.AfterFunc(ctx, func() { _ = c.Close() })
			}
			return c, err
		}),
	}
	if m.user != nil {
		password, _ := m.user.Password()
		options = append(options, gomail.WithUsername(m.user.Username()), gomail.WithPassword(password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin, gomail.SMTPAuthCramMD5))
	}
	return gomail.NewClient(m.host, options...)
}

// message is a letter in the library's form.
func (m *Mailer) message(w message) *gomail.Msg {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&mail.Address{Name: m.composer.Shop, Address: m.composer.From})
	msg.ToMailAddress(&mail.Address{Name: w.Name, Address: w.To})
	msg.Subject(w.Subject)
	msg.SetMessageIDWithValue(w.ID)
	msg.SetDateWithValue(w.At)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // holiday notices do not answer it
	msg.SetBodyString(gomail.TypeTextPlain, w.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, w.HTML)
	return msg
}

// refused is a mail server's answer, without the address that it is about: errors are logged and kept.
type refused struct {
	text      string
	permanent bool
}

func (r refused) Error() string { return "send letter: " + r.text }

// Permanent tells that there is no such mailbox: nothing is gained by trying again.
func (r refused) Permanent() bool { return r.permanent }

func refusal(err, cause error, to string) error {
	if cause != nil {
		err = errors.Join(err, cause)
	}
	r := refused{text: regexp.MustCompile("(?i)"+regexp.QuoteMeta(to)).ReplaceAllString(err.Error(), "the recipient")}
	if e, ok := errors.AsType[*gomail.SendError](err); ok {
		r.permanent = e.Reason == gomail.ErrSMTPRcptTo && !e.IsTemp() && strings.HasPrefix(e.EnhancedStatusCode(), "5.1.")
	}
	return r
}
