package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"galley/bench/meter"
)

// process is a server that is measured.
type process struct {
	name    string
	address string // host:port
	meter   *meter.Client
	stop    func()
}

var announced = regexp.MustCompile(`http://(\S+)`)

// begin starts a program that says on its standard output where it listens. Its standard error is a log that goes
// nowhere: a file would be written to the disk that PostgreSQL waits for.
func begin(ctx context.Context, directory, name string, env []string, program string, args ...string) (*process, error) {
	socket := filepath.Join(directory, rand.Text()+".socket")
	command := exec.CommandContext(ctx, program, args...)
	command.Env = append(os.Environ(), append(env, meter.Variable+"="+socket)...)
	command.Dir = directory
	command.WaitDelay = time.Minute
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p := &process{name: name, meter: meter.Dial(socket), stop: func() {
		_ = command.Process.Kill() // nothing of it is wanted any more, and its database is thrown away
		_ = command.Wait()         // it was killed
	}}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if found := announced.FindStringSubmatch(lines.Text()); found != nil {
			p.address = found[1]
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return p, nil
		}
	}
	p.stop()
	return nil, fmt.Errorf("%s does not start: %w", name, errors.Join(lines.Err(), reason(ctx, command)))
}

// reason starts what does not start once more, to hear why.
func reason(ctx context.Context, failed *exec.Cmd) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	_ = os.Remove(strings.TrimPrefix(failed.Env[len(failed.Env)-1], meter.Variable+"="))
	again := exec.CommandContext(ctx, failed.Path, failed.Args[1:]...)
	again.Env, again.Dir = failed.Env, failed.Dir
	said, err := again.CombinedOutput()
	return fmt.Errorf("%w: %s", err, said)
}
