package edge

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"sync"

	"galley/internal/edge/watch"
)

// Certificate is a certificate and its key in two files. When they change, the next connection has the
// new ones.
type Certificate struct {
	certFile, keyFile string
	logger            *slog.Logger

	mu    sync.Mutex
	files *watch.Files
	pair  *tls.Certificate
}

// LoadCertificate reads both files, in PEM, the certificate with those between it and its root.
func LoadCertificate(certFile, keyFile string, logger *slog.Logger) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile, logger: logger, files: watch.New(certFile, keyFile)}
	return c, c.read()
}

func (c *Certificate) read() error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("read the certificate and its key: %w", err)
	}
	c.pair = &pair
	return nil
}

// current is what a connection is greeted with. Files that cannot be read, such as a new certificate
// before its key is there, leave what was.
func (c *Certificate) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.files.Changed() {
		if err := c.read(); err != nil {
			c.logger.Error("the certificate stays as it was", "error", err)
		} else {
			c.logger.Info("the certificate was replaced")
		}
	}
	return c.pair, nil
}
