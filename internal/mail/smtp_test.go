package mail_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"galley/internal/mail"
	"galley/internal/mail/mailtest"
)

func mailer(t *testing.T, server string) *mail.Mailer {
	t.Helper()
	m, err := mail.NewMailer(options(), server)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// letter is one that needs nothing.
func letter() mail.Letter {
	return mail.Letter{ID: "1", To: "ada@galley.example", Name: "Ada", Template: mail.PasswordChanged}
}

func TestNoHeaderCanBeInjected(t *testing.T) {
	t.Parallel()
	sink := mailtest.New(t)
	o := options()
	o.Shop = "Galley\r\nBcc: eve@evil.example"
	m, err := mail.NewMailer(o, sink.URL)
	if err != nil {
		t.Fatal(err)
	}
	l := letter()
	l.Name = "Ada\r\nBcc: eve@evil.example\r\n\r\n<script>"
	if err := m.Send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	got := sink.Letters()[0]
	if got.Header.Get("Bcc") != "" || got.To != l.To || !strings.Contains(got.Header.Get("Subject"), "Galley") {
		t.Errorf("got %s", got.Raw)
	}
	for _, to := range []string{"ada@galley.example\r\nRCPT TO:<eve@evil.example>", "ada@galley.example>\r\nDATA", "ada@galley.example, eve@evil.example", "Eve <ada@galley.example>", ""} {
		l := letter()
		l.To = to
		if err := m.Send(t.Context(), l); err == nil {
			t.Errorf("a letter went to %q", to)
		}
	}
	if n := len(sink.Letters()); n != 1 {
		t.Errorf("%d letters", n)
	}
}

func TestAServerThatRefuses(t *testing.T) {
	t.Parallel()
	sink := mailtest.New(t)
	m := mailer(t, sink.URL)
	for _, c := range []struct {
		name      string
		answer    error
		permanent bool
	}{
		{"for now", mailtest.Refuse(451, [3]int{4, 7, 1}, "ada@Galley.example: greylisted, come back"), false},
		{"by policy", mailtest.Refuse(554, [3]int{5, 7, 1}, "relay access denied for <ada@galley.example>"), false},
		{"because there is no such mailbox", mailtest.Refuse(550, [3]int{5, 1, 1}, "no such user ada@galley.example"), true},
	} {
		sink.Misbehave(func(string) error { return c.answer })
		err := m.Send(t.Context(), letter())
		if err == nil {
			t.Errorf("%s: no error", c.name)
			continue
		}
		if strings.Contains(strings.ToLower(err.Error()), "ada@galley.example") {
			t.Errorf("%s: the error tells whose letter it was: %v", c.name, err)
		}
		e, ok := errors.AsType[interface {
			error
			Permanent() bool
		}](err)
		if !ok || e.Permanent() != c.permanent {
			t.Errorf("%s: permanent is not %v: %v", c.name, c.permanent, err)
		}
	}
	sink.Misbehave(nil)
	if err := m.Send(t.Context(), letter()); err != nil {
		t.Error(err)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(m)
	families, err := registry.Gather()
	if err != nil || len(families) != 1 || len(families[0].GetMetric()) != 2 {
		t.Fatalf("got %v, %v", families, err)
	}
	for _, metric := range families[0].GetMetric() {
		want := map[string]float64{"failed": 3, "sent": 1}[metric.GetLabel()[0].GetValue()]
		if metric.GetCounter().GetValue() != want {
			t.Errorf("got %v", metric)
		}
	}
}

func TestAServerThatStallsHoldsUpNothingButItsLetter(t *testing.T) {
	t.Parallel()
	sink := mailtest.New(t)
	asked, wake := make(chan struct{}), make(chan struct{})
	sink.Misbehave(func(string) error {
		close(asked)
		<-wake
		return nil
	})
	m := mailer(t, sink.URL)
	ctx, cancel := context.WithCancel(t.Context())
	stalled := make(chan error, 1)
	go func() { stalled <- m.Send(ctx, letter()) }()
	<-asked
	sink.Misbehave(nil)
	if err := m.Send(t.Context(), letter()); err != nil {
		t.Error(err)
	}
	cancel()
	// It ends with its context, and does not wait for the server's time to pass.
	if err := <-stalled; err == nil || !strings.Contains(err.Error(), "canceled") || strings.Contains(err.Error(), "timeout") {
		t.Errorf("got %v", err)
	}
	close(wake)
}

func TestAServerThatIsNotThere(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	go func() { // it takes connections, and says nothing that SMTP knows
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
			_ = c.Close()
		}
	}()
	if err := mailer(t, "smtp://"+listener.Addr().String()).Send(t.Context(), letter()); err == nil {
		t.Error("no error from a server of another kind")
	}
	if err := mailer(t, "smtp://127.0.0.1:1").Send(t.Context(), letter()); err == nil {
		t.Error("no error where nothing listens")
	}
}

func TestPasswordsAndLettersAreEncryptedOnTheWay(t *testing.T) {
	t.Parallel()
	certificate := selfSigned(t)
	t.Run("by STARTTLS", func(t *testing.T) {
		t.Parallel()
		sink := mailtest.Open(t, mailtest.Options{TLS: certificate, Password: "secret"})
		m := mailer(t, strings.Replace(sink.URL, "smtp://", "smtp://shop:secret@", 1)).Trusting(certificate)
		if err := m.Send(t.Context(), letter()); err != nil || len(sink.Letters()) != 1 || len(sink.Logins()) != 1 {
			t.Errorf("got %v, %d letters, %v", err, len(sink.Letters()), sink.Logins())
		}
	})
	t.Run("from the first byte", func(t *testing.T) {
		t.Parallel()
		sink := mailtest.Open(t, mailtest.Options{TLS: certificate, Implicit: true, Password: "secret"})
		m := mailer(t, strings.Replace(sink.URL, "smtp://", "smtps://shop:secret@", 1)).Trusting(certificate)
		if err := m.Send(t.Context(), letter()); err != nil || len(sink.Letters()) != 1 || len(sink.Logins()) != 1 {
			t.Errorf("got %v, %d letters, %v", err, len(sink.Letters()), sink.Logins())
		}
	})
	t.Run("a certificate that nobody vouches for is refused", func(t *testing.T) {
		t.Parallel()
		sink := mailtest.Open(t, mailtest.Options{TLS: certificate})
		if err := mailer(t, sink.URL).Trusting(nil).Send(t.Context(), letter()); err == nil || len(sink.Letters()) > 0 {
			t.Errorf("got %v, %d letters", err, len(sink.Letters()))
		}
	})
	t.Run("a server elsewhere that cannot encrypt gets nothing", func(t *testing.T) {
		t.Parallel()
		sink := mailtest.New(t)
		if err := mailer(t, sink.URL).Trusting(nil).Send(t.Context(), letter()); err == nil || len(sink.Letters()) > 0 {
			t.Errorf("got %v, %d letters", err, len(sink.Letters()))
		}
	})
	t.Run("a wrong password is an error that does not tell it", func(t *testing.T) {
		t.Parallel()
		sink := mailtest.Open(t, mailtest.Options{Password: "secret"})
		err := mailer(t, strings.Replace(sink.URL, "smtp://", "smtp://shop:hunter2@", 1)).Send(t.Context(), letter())
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got %v", err)
		}
	})
}

func TestMailServersAreURLs(t *testing.T) {
	t.Parallel()
	for _, server := range []string{"", "mail.example", "http://mail.example", "smtp://", "smtp://mail.example:port"} {
		if _, err := mail.NewMailer(options(), server); err == nil {
			t.Errorf("%q was taken", server)
		}
	}
	for _, server := range []string{"smtp://mail.example", "smtps://mail.example", "smtp://u:p@mail.example:2525"} {
		if _, err := mail.NewMailer(options(), server); err != nil {
			t.Errorf("%q: %v", server, err)
		}
	}
}

// selfSigned is a certificate for this machine that vouches for itself.
func selfSigned(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, RootCAs: roots, MinVersion: tls.VersionTLS12}
}
