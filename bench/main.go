// Command bench measures Galley beside a server written by hand that gives the same answers: see docs/performance.md.
// It is run by make bench and make bench-check, which start the PostgreSQL server that it needs.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // the data is in London's time

	"galley/bench/handwritten"
	"galley/bench/meter"
	"galley/internal/secret"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := start(ctx, os.Args[1:], os.Getenv, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// handwrittenServer is the argument that makes this program the handwritten server.
const handwrittenServer = "handwritten"

func start(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	if len(args) == 1 && args[0] == handwrittenServer {
		return serveHandwritten(ctx, getenv, out)
	}
	settings, err := readSettings(args, getenv)
	if err != nil {
		return err
	}
	if settings.file, err = filepath.Abs(settings.file); err != nil {
		return err
	}
	cluster, err := openCluster(ctx, getenv("GALLEY_TEST_POSTGRES"))
	if err != nil {
		return err
	}
	directory, err := os.MkdirTemp("", "galley-bench-")
	if err != nil {
		return err
	}
	h := &harness{settings: settings, cluster: cluster, directory: directory, program: filepath.Join(directory, "galley"), out: out, began: time.Now(), secret: secret.New()}
	return errors.Join(h.run(ctx), cluster.Close(), os.RemoveAll(directory))
}

func serveHandwritten(ctx context.Context, getenv func(string) string, out io.Writer) error {
	if err := meter.Serve(getenv(meter.Variable)); err != nil {
		return err
	}
	handler, err := handwritten.New(ctx, getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "ready at http://%s\n", listener.Addr()); err != nil {
		return err
	}
	return (&http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}).Serve(listener)
}

// harness is one run.
type harness struct {
	settings  settings
	cluster   *cluster
	directory string // for what the run needs
	program   string // Galley, with a meter
	out       io.Writer
	began     time.Time
	secret    string // Galley's GALLEY_SECRET_KEY
}

// say tells how far the run is.
func (h *harness) say(format string, args ...any) {
	fmt.Fprintf(h.out, "%4.0f s  %s\n", time.Since(h.began).Seconds(), fmt.Sprintf(format, args...))
}

func (h *harness) run(ctx context.Context) error {
	h.say("building Galley")
	build := exec.CommandContext(ctx, "go", "build", "-tags", "bench", "-o", h.program, ".")
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build Galley: %w: %s", err, said)
	}
	if err := h.makeDatabases(ctx); err != nil {
		return err
	}
	var r results
	if err := r.describe(ctx, h); err != nil {
		return err
	}
	scales := h.settings.scales
	if h.settings.check {
		scales = scales[len(scales)-1:]
	}
	for _, scale := range scales {
		if err := h.measure(ctx, scale, &r); err != nil {
			return err
		}
	}
	if h.settings.check {
		h.say("both servers give the same answers, refuse the same and write the same rows")
		return nil
	}
	if _, err := io.WriteString(h.out, "\n"+r.tables()); err != nil || h.settings.document == "" {
		return err
	}
	return r.write(h.settings.document)
}

// galley runs a command of Galley on a database.
func (h *harness) galley(ctx context.Context, database string, args ...string) error {
	command := exec.CommandContext(ctx, h.program, args...)
	command.Env = append(os.Environ(), append(h.environment(database), meter.Variable+"="+filepath.Join(h.directory, "command.socket"))...)
	command.Dir = h.directory
	if said, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("galley %s: %w: %s", strings.Join(args, " "), err, said)
	}
	return os.Remove(filepath.Join(h.directory, "command.socket"))
}

// environment is what Galley runs with: production, as far as it goes without a proxy.
func (h *harness) environment(database string) []string {
	return []string{
		"DATABASE_URL=" + h.cluster.in(database), "GALLEY_MODE=production", "GALLEY_ADDR=127.0.0.1:0",
		"GALLEY_SECRET_KEY=" + h.secret, "GALLEY_SMTP_URL=smtp://127.0.0.1:1", "GALLEY_MAIL_FROM=shop@galley.example", "GALLEY_STOREFRONT_URL=https://shop.example",
		"GALLEY_POINTS=-1", // one caller asks for all
		"GALLEY_WORKERS=0", // what is done after the answer is another process's: the other server does none of it
	}
}

// servers starts both servers on a database.
func (h *harness) servers(ctx context.Context, database string) (galley, byHand *process, err error) {
	galley, err = begin(ctx, h.directory, "galley", h.environment(database), h.program, "serve")
	if err != nil {
		return nil, nil, err
	}
	self, err := os.Executable()
	if err == nil {
		byHand, err = begin(ctx, h.directory, handwrittenServer, []string{"DATABASE_URL=" + h.cluster.in(database)}, self, handwrittenServer)
	}
	if err != nil {
		galley.stop()
		return nil, nil, err
	}
	return galley, byHand, nil
}
