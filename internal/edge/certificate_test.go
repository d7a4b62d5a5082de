package edge_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"galley/internal/edge"
)

// files are where a server finds its certificate.
type files struct{ certificate, key string }

// issue writes a certificate of its own making, and its key, under a name.
func issue(t *testing.T, name string) (f files) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	f = files{filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
	write := func(file, kind string, content []byte) {
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(f.certificate, "CERTIFICATE", der)
	write(f.key, "PRIVATE KEY", secret)
	return f
}

// servingTLS serves a shop until the test ends, and returns its address.
func servingTLS(t *testing.T, f files, log io.Writer) (address string) {
	t.Helper()
	logger := slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	certificate, err := edge.LoadCertificate(f.certificate, f.key, logger)
	if err != nil {
		t.Fatal(err)
	}
	shop := newShop(t, func(c *edge.Config) { c.Certificate, c.Logger = certificate, logger })
	url, stop, done := serving(t, shop, edge.Drain{Finish: 30 * time.Second})
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return strings.TrimPrefix(url, "http://")
}

// greeted connects, and returns the name in the certificate that the server shows.
func greeted(t *testing.T, address string) string {
	t.Helper()
	dialer := &tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}} // made by the test itself
	conn, err := dialer.DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0].Subject.CommonName
}

// lines is a log that may be read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

const generous = 30 * time.Second

func TestTLS(t *testing.T) {
	t.Parallel()
	t.Run("requests are answered by HTTP/2, and browsers told to come this way only", func(t *testing.T) {
		t.Parallel()
		f := issue(t, "shop.example")
		address := servingTLS(t, f, io.Discard)
		roots := x509.NewCertPool()
		authority, err := os.ReadFile(f.certificate)
		if err != nil || !roots.AppendCertsFromPEM(authority) {
			t.Fatal("no authority", err)
		}
		transport := &http.Transport{
			ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: roots},
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, address)
			},
		}
		defer transport.CloseIdleConnections()
		client := &http.Client{Transport: transport, Timeout: generous}
		response, err := client.Post("https://shop.example/query", "application/json", strings.NewReader(`{"query":"{ hello }"}`))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		body, err := io.ReadAll(response.Body)
		if err != nil || response.ProtoMajor != 2 || !strings.Contains(string(body), "ahoy") {
			t.Errorf("%s, %v: %s", response.Proto, err, body)
		}
		if got := response.Header.Get("Strict-Transport-Security"); got != "max-age=31536000" {
			t.Errorf("Strict-Transport-Security %q", got)
		}
		if w := (request{tls: true, body: `{"query":"{ hello }"}`}).to(newShop(t, nil)); w.Header().Get("Strict-Transport-Security") != "" {
			t.Error("other servers on this machine are cut off")
		}
		if w := (request{method: "GET", target: "http://shop.example/"}).to(newShop(t, nil)); w.Header().Get("Strict-Transport-Security") != "" {
			t.Error("clear text promises TLS")
		}
	})
	t.Run("versions before 1.2 are refused, quietly", func(t *testing.T) {
		t.Parallel()
		var log lines
		address := servingTLS(t, issue(t, "shop.example"), &log)
		old := &tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}} // that is the point
		if conn, err := old.DialContext(t.Context(), "tcp", address); err == nil {
			_ = conn.Close()
			t.Error("1.1 is spoken")
		}
		told := func() bool { return strings.Contains(log.String(), "level=DEBUG msg=\"http: TLS handshake error") }
		if !within(generous, told) || strings.Contains(log.String(), "level=WARN") {
			t.Errorf("the log has %s", &log)
		}
	})
	t.Run("a new certificate is shown once it is there, without a restart", func(t *testing.T) {
		t.Parallel()
		var log lines
		f, next := issue(t, "old.example"), issue(t, "new.example")
		address := servingTLS(t, f, &log)
		if got := greeted(t, address); got != "old.example" {
			t.Fatalf("greeted by %s", got)
		}
		// As certbot has it, one file after the other: between the two nothing fits.
		if err := os.Rename(next.certificate, f.certificate); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if got := greeted(t, address); got != "old.example" {
				t.Errorf("greeted by %s", got)
			}
		}
		if err := os.Rename(next.key, f.key); err != nil {
			t.Fatal(err)
		}
		if got := greeted(t, address); got != "new.example" {
			t.Errorf("greeted by %s", got)
		}
		if err := os.Remove(f.key); err != nil {
			t.Fatal(err)
		}
		if got := greeted(t, address); got != "new.example" {
			t.Errorf("without a key greeted by %s", got)
		}
		if stays, replaced := strings.Count(log.String(), "stays as it was"), strings.Count(log.String(), "was replaced"); stays != 2 || replaced != 1 {
			t.Errorf("told %d times that it stays, and %d that it was replaced: %s", stays, replaced, &log)
		}
	})
	t.Run("files that are no certificate and its key are an error", func(t *testing.T) {
		t.Parallel()
		f, other := issue(t, "a.example"), issue(t, "b.example")
		for name, wrong := range map[string]files{
			"missing": {f.certificate + "x", f.key}, "another's key": {f.certificate, other.key}, "the wrong way round": {f.key, f.certificate},
		} {
			if _, err := edge.LoadCertificate(wrong.certificate, wrong.key, slog.New(slog.DiscardHandler)); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
	})
}
