package main

import (
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"galley/internal/database/databasetest"
)

// borrowed writes the certificate of net/http's test servers, which is for 127.0.0.1, into files, and
// returns a client that trusts it.
func borrowed(t *testing.T) (certificate, key string, client *http.Client) {
	t.Helper()
	lender := httptest.NewTLSServer(http.NotFoundHandler())
	defer lender.Close()
	pair := lender.TLS.Certificates[0]
	secret, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	certificate, key = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	for file, block := range map[string]*pem.Block{
		certificate: {Type: "CERTIFICATE", Bytes: pair.Certificate[0]},
		key:         {Type: "PRIVATE KEY", Bytes: secret},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certificate, key, lender.Client()
}

func TestServeThroughTLS(t *testing.T) {
	t.Parallel()
	certificate, key, client := borrowed(t)
	// A PostgreSQL is not filled with the demo, which takes time.
	env := map[string]string{"DATABASE_URL": databasetest.URL(t, databasetest.Postgres), "GALLEY_TLS_CERT": certificate, "GALLEY_TLS_KEY": key}
	t.Run("the shop is where it says", func(t *testing.T) {
		url, _, _ := start(t, env)
		if !strings.HasPrefix(url, "https://") {
			t.Fatalf("it says %s", url)
		}
		response, err := client.Get(url + "/")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		page, err := io.ReadAll(response.Body)
		if err != nil || !strings.Contains(string(page), url+"/query") {
			t.Errorf("%v in %s", err, page)
		}
	})
	t.Run("without its certificate it does not start", func(t *testing.T) {
		env["GALLEY_TLS_KEY"] = certificate
		if err := run(t.Context(), []string{"--addr", "127.0.0.1:0"}, getenv(env), io.Discard); err == nil || !strings.Contains(err.Error(), "GALLEY_TLS_CERT") {
			t.Errorf("got %v", err)
		}
	})
}
