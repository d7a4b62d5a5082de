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
	handler, err := openHandwritten(ctx, getenv)
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

// openHandwritten makes the handwritten server of a database, which is named as to Galley.
func openHandwritten(ctx context.Context, getenv func(string) string) (http.Handler, error) {
	if address := getenv("DATABASE_URL"); address != "" {
		return handwritten.New(ctx, address)
	}
	return handwritten.NewEmbedded(ctx, fileIn(getenv("GALLEY_DATA")))
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
	for _, on := range h.settings.sites() {
		if err := h.measure(ctx, on, &r); err != nil {
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
func (h *harness) galley(ctx context.Context, on site, args ...string) error {
	command := exec.CommandContext(ctx, h.program, args...)
	command.Env = append(os.Environ(), append(h.environment(on, "production"), meter.Variable+"="+filepath.Join(h.directory, "command.socket"))...)
	command.Dir = h.directory
	if said, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("galley %s: %w: %s", strings.Join(args, " "), err, said)
	}
	return os.Remove(filepath.Join(h.directory, "command.socket"))
}

// environment is what Galley runs with: as in production, as far as it goes without a proxy.
func (h *harness) environment(on site, mode string) []string {
	return append(h.database(on),
		"GALLEY_MODE="+mode, "GALLEY_ADDR=127.0.0.1:0",
		"GALLEY_SECRET_KEY="+h.secret, "GALLEY_SMTP_URL=smtp://127.0.0.1:1", "GALLEY_MAIL_FROM=shop@galley.example", "GALLEY_STOREFRONT_URL=https://shop.example",
		"GALLEY_POINTS=-1",      // one caller asks for all
		"GALLEY_QUEUE_WAIT=10s", // and waits for all
		"GALLEY_WORKERS=0",      // what is done after the answer is another process's: the other server does none of it
	)
}

// servers are the processes on a database.
type servers struct {
	galley   *process
	forCards *process // Galley in development mode: production takes no test cards
	byHand   *process
}

// serve starts both servers on a database.
func (h *harness) serve(ctx context.Context, on site) (s servers, err error) {
	self, err := os.Executable()
	if err != nil {
		return s, err
	}
	for _, p := range []struct {
		to      **process
		name    string
		env     []string
		program string
		arg     string
	}{
		{&s.galley, "galley", h.environment(on, "production"), h.program, "serve"},
		{&s.forCards, "galley", h.environment(on, "development"), h.program, "serve"},
		{&s.byHand, handwrittenServer, h.database(on), self, handwrittenServer},
	} {
		if *p.to, err = begin(ctx, h.directory, p.name, p.env, p.program, p.arg); err != nil {
			s.stop()
			return s, err
		}
	}
	return s, nil
}

func (s servers) stop() {
	for _, p := range []*process{s.galley, s.forCards, s.byHand} {
		if p != nil {
			p.stop()
		}
	}
}

// of are those that are measured at a task.
func (s servers) of(t task) []*process {
	if t.card {
		return []*process{s.forCards, s.byHand}
	}
	return []*process{s.galley, s.byHand}
}
