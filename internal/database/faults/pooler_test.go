//go:build faults

package faults

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// TestFaultPooler runs a load through PgBouncer, which gives each transaction another connection.
func TestFaultPooler(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	migrated(t, c.url("sslmode=disable"))
	address := pooler(t, c)
	db := open(t, c.url("sslmode=disable&binary_parameters=yes", address), 2)
	load := start(t, db)
	load.until(t, 500)
	if n := load.end(t, db); n.unknown > 0 || n.failed > 0 {
		t.Error("it does not work through a pooler")
	}
}

// pooler starts PgBouncer before a server, in transaction mode and with fewer connections than there are writers.
func pooler(t *testing.T, c *cluster) string {
	t.Helper()
	path, err := exec.LookPath("pgbouncer")
	if err != nil {
		path = "/usr/sbin/pgbouncer"
	}
	dir := home(t)
	port := freePort(t)
	users := filepath.Join(dir, "users")
	write(t, users, fmt.Sprintf("%q %q\n", "galley", c.password))
	settings := filepath.Join(dir, "pgbouncer.ini")
	write(t, settings, fmt.Sprintf(`[databases]
* = host=127.0.0.1 port=%d
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = scram-sha-256
auth_file = %s
pool_mode = transaction
default_pool_size = 3
`, c.port, port, users))
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := program(dir, path, settings)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatalf("PgBouncer is missing: apt-get install pgbouncer (%v)", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		_ = log.Close()
	})
	address := "127.0.0.1:" + strconv.Itoa(port)
	eventually(t, "PgBouncer took a connection", func() bool {
		conn, err := net.Dial("tcp", address) //nolint:noctx // closed at once
		if err != nil {
			return false
		}
		return conn.Close() == nil
	})
	return address
}
