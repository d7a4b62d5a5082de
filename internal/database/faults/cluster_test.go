//go:build faults

package faults

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// cluster is a PostgreSQL server of a test's own. It writes to its disk as one in production does.
type cluster struct {
	home, data string
	port       int
	password   string
}

// program runs a server's program as a user who may run it: PostgreSQL refuses to run as root.
func program(dir, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...) //nolint:noctx // stopped by the test's cleanup, in order
	cmd.Dir = dir
	if os.Getuid() == 0 {
		uid, gid := owner()
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	return cmd
}

// owner is who servers run as when the tests run as root.
func owner() (uid, gid int) {
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return 65534, 65534
	}
	uid, _ = strconv.Atoi(u.Uid)
	gid, _ = strconv.Atoi(u.Gid)
	return uid, gid
}

// server is the path of one of PostgreSQL's programs, of the newest that is installed.
func server(t *testing.T, name string) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	// version 9.6 before 15
	slices.SortFunc(found, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	if len(found) > 0 {
		return found[len(found)-1]
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("PostgreSQL's server is missing: apt-get install postgresql (%v)", err)
	}
	return path
}

// home makes a directory that servers may use. In /tmp: the path of a unix socket may have 107 bytes.
func home(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "galley-faults-") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	give(t, dir)
	return dir
}

// give hands a file to the servers' user.
func give(t *testing.T, path string) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	uid, gid := owner()
	if err := os.Chown(path, uid, gid); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	give(t, path)
}

// newCluster makes a server and starts it.
func newCluster(t *testing.T, settings ...string) *cluster {
	t.Helper()
	dir := home(t)
	c := &cluster{home: dir, data: filepath.Join(dir, "data"), password: rand.Text()}
	write(t, filepath.Join(dir, "password"), c.password+"\n")
	c.run(t, "initdb", "--no-sync", "--locale=C", "--encoding=UTF8", "--username=galley", "--auth=scram-sha-256",
		"--pwfile="+filepath.Join(dir, "password"), "--pgdata="+c.data)
	c.configure(t, append(settings, "listen_addresses = '127.0.0.1'", "max_connections = 100", "unix_socket_directories = '"+dir+"'")...)
	c.start(t)
	return c
}

// configure adds lines to the server's settings.
func (c *cluster) configure(t *testing.T, lines ...string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(c.data, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(strings.Join(lines, "\n") + "\n"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// start starts the server on a port that was free: from below the range of outgoing connections.
func (c *cluster) start(t *testing.T) {
	t.Helper()
	log := filepath.Join(c.home, "log")
	for range 8 {
		c.port = freePort(t)
		err := c.try(t, "pg_ctl", "start", "--silent", "--wait", "--timeout=120", "--pgdata="+c.data, "--log="+log, "--options=-p "+strconv.Itoa(c.port))
		if err == nil {
			t.Cleanup(func() { _ = c.try(t, "pg_ctl", "stop", "--silent", "--mode=immediate", "--pgdata="+c.data) })
			return
		}
		if text, _ := os.ReadFile(log); !bytes.Contains(text, []byte("Address already in use")) {
			t.Fatalf("start PostgreSQL: %v\n%s", err, text)
		}
	}
	t.Fatal("no port was free")
}

// restart stops the server in a mode, and starts it on the same port.
func (c *cluster) restart(t *testing.T, mode string) {
	t.Helper()
	c.run(t, "pg_ctl", "restart", "--silent", "--wait", "--timeout=120", "--mode="+mode, "--pgdata="+c.data,
		"--log="+filepath.Join(c.home, "log"), "--options=-p "+strconv.Itoa(c.port))
}

func (c *cluster) run(t *testing.T, name string, args ...string) {
	t.Helper()
	if err := c.try(t, name, args...); err != nil {
		t.Fatal(err)
	}
}

// try runs one of PostgreSQL's programs. What it says goes into a file: a server that it leaves
// behind would hold a pipe open.
func (c *cluster) try(t *testing.T, name string, args ...string) error {
	t.Helper()
	cmd := program(c.home, server(t, name), args...)
	cmd.Env = append(os.Environ(), "PGPASSWORD="+c.password)
	out, err := os.CreateTemp(c.home, "output-")
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(out.Name())
		return fmt.Errorf("%s %s: %w\n%s", name, args[0], err, text)
	}
	return nil
}

func (c *cluster) host() string { return "127.0.0.1:" + strconv.Itoa(c.port) }

// url is the server's address, by way of others if any are named.
func (c *cluster) url(parameters string, hosts ...string) string {
	if hosts == nil {
		hosts = []string{c.host()}
	}
	return fmt.Sprintf("postgres://galley:%s@%s/postgres?%s", c.password, strings.Join(hosts, ","), parameters)
}

func freePort(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := 20000 + mathrand.IntN(12000)
		l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port)) //nolint:noctx // closed at once
		if err == nil {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			return port
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			t.Fatal(err)
		}
	}
	t.Fatal("no port is free")
	return 0
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited a minute until %s", what)
		}
	}
}
