package edge

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
)

// Certificate is a certificate and its key in two files. When they change, the next connection has the
// new ones.
type Certificate struct {
	certFile, keyFile string
	logger            *slog.Logger

	mu     sync.Mutex
	stamps [2]os.FileInfo
	pair   *tls.Certificate
}

// LoadCertificate reads both files, in PEM, the certificate with those between it and its root.
func LoadCertificate(certFile, keyFile string, logger *slog.Logger) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile, logger: logger}
	c.changed()
	return c, c.read()
}

// changed tells whether the files are others than when it was last called. Call it before read: what is
// written between the two is seen the next time.
func (c *Certificate) changed() bool {
	var stamps [2]os.FileInfo
	for i, file := range []string{c.certFile, c.keyFile} {
		stamps[i], _ = os.Stat(file) // one that is not there fails to be read
	}
	before := c.stamps
	c.stamps = stamps
	return !same(stamps[0], before[0]) || !same(stamps[1], before[1])
}

func same(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
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
	if c.changed() {
		if err := c.read(); err != nil {
			c.logger.Error("the certificate stays as it was", "error", err)
		} else {
			c.logger.Info("the certificate was replaced")
		}
	}
	return c.pair, nil
}
