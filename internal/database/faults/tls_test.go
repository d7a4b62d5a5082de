//go:build faults

package faults

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/category"
	"galley/internal/database"
	"galley/internal/viewer"
)

// certificate makes a certificate of 127.0.0.1 that vouches for itself, and its key.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "galley test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, b []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}))
	}
	return block("CERTIFICATE", signed), block("PRIVATE KEY", encoded)
}

// TestFaultTLS has the guard's promises hold under TLS, where errors look different to lib/pq.
func TestFaultTLS(t *testing.T) {
	t.Parallel()
	dir := home(t)
	cert, key := certificate(t)
	other, _ := certificate(t)
	file := func(name, text string) string {
		write(t, filepath.Join(dir, name), text)
		return filepath.Join(dir, name)
	}
	roots, wrong := file("cert.pem", cert), file("other.pem", other)
	c := newCluster(t, "ssl = on", "ssl_cert_file = '"+roots+"'", "ssl_key_file = '"+file("key.pem", key)+"'")
	verified := "sslmode=verify-full&sslrootcert=" + url.QueryEscape(roots)
	db := migrated(t, c.url(verified))
	ctx := viewer.AsSystem(t.Context())

	t.Run("refuses a server that nobody vouches for", func(t *testing.T) {
		for _, address := range []string{
			c.url("sslmode=verify-full&sslrootcert=" + url.QueryEscape(wrong)),
			c.url(verified, fmt.Sprintf("localhost:%d", c.port)),
		} {
			_, err := database.Open(t.Context(), database.Options{URL: address})
			if !database.Unreachable(err) {
				t.Errorf("got %v", err)
			}
		}
	})
	pid := func() (pid int) {
		err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			rows, err := tx.QueryContext(ctx, `SELECT pg_backend_pid() FROM pg_stat_ssl WHERE ssl AND pid = pg_backend_pid()`)
			if err != nil {
				return err
			}
			defer func() { _ = rows.Close() }()
			if !rows.Next() {
				return errors.New("the connection is not encrypted")
			}
			return errors.Join(rows.Scan(&pid), rows.Err())
		})
		if err != nil {
			t.Fatal(err)
		}
		return pid
	}
	t.Run("keeps its connections", func(t *testing.T) {
		first := pid()
		for range 10 {
			if now := pid(); now != first {
				t.Fatalf("another connection: %d, then %d", first, now)
			}
		}
	})
	t.Run("is cut without a word", func(t *testing.T) {
		done := make(chan error, 1)
		go func() {
			_, err := db.Client.ExecContext(ctx, `INSERT INTO categories (id, name, slug) SELECT 1, 'cut', pg_sleep($1)::text`, 60)
			done <- err
		}()
		eventually(t, "the statement sleeps", func() bool {
			sleeper, err := backend(ctx, db, `SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)
			return err == nil && sleeper > 0 && syscall.Kill(sleeper, syscall.SIGKILL) == nil
		})
		if err := <-done; !errors.Is(err, database.ErrOutcomeUnknown) {
			t.Errorf("got %v", err)
		}
		// PostgreSQL ends all other connections a moment later, whatever they do by then, and recovers.
		tries := 0
		eventually(t, "the shop writes again", func() bool {
			tries++
			return put(ctx, db, fmt.Sprint("after", tries), 0) == nil
		})
		eventually(t, "the shop reads again", func() bool {
			happened, err := db.Client.Category.Query().Where(category.Name("cut")).Exist(ctx)
			if happened {
				t.Error("it happened")
			}
			return err == nil
		})
	})
}

// backend reads a number.
func backend(ctx context.Context, db *database.DB, query string) (n int, err error) {
	rows, err := db.Client.QueryContext(ctx, query)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }()
	if rows.Next() {
		err = rows.Scan(&n)
	}
	return n, errors.Join(err, rows.Err())
}
