//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
	"testing"
	"time"

	"galley/internal/secret"
)

// TestMain makes the test binary the program itself where a test needs a process of its own, to kill
// it or to take something from it.
func TestMain(m *testing.M) {
	if os.Getenv("GALLEY_TEST_PROGRAM") != "" {
		signal.Ignore(syscall.SIGXFSZ) // a limit of files shall be an error, as a full disk is
		main()
		return
	}
	os.Exit(m.Run())
}

// program is a process of Galley's.
type program struct {
	*exec.Cmd
	url  string
	out  output
	done chan error
	stop func()
}

// inProcess is the program in a process of its own with these settings, not started yet.
func inProcess(ctx context.Context, env map[string]string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), "GALLEY_TEST_PROGRAM=1", "GALLEY_LOG_LEVEL=error")
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// secretKey is the same for all processes of this one's tests: several serve one shop, one after the other.
var secretKey = sync.OnceValue(secret.New)

// launch starts a process that serves in production, and waits until it is ready. It is killed when
// the test ends.
func launch(t *testing.T, env map[string]string) *program {
	t.Helper()
	p := &program{Cmd: inProcess(t.Context(), inProduction(env), "--addr", "127.0.0.1:0"), done: make(chan error, 1)}
	p.Stdout, p.Stderr = &p.out, &p.out
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.done <- p.Wait() }()
	p.stop = sync.OnceFunc(func() {
		_ = p.Process.Signal(syscall.SIGKILL)
		if err := <-p.done; err != nil {
			t.Log("the process ended: ", err)
		}
	})
	t.Cleanup(p.stop)
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if m := address.FindStringSubmatch(p.out.String()); m != nil {
			p.url = m[1]
			return p
		}
		select {
		case err := <-p.done:
			p.done <- err
			t.Fatalf("the program ended: %v\n%s", err, p.out.String())
		default:
		}
	}
	t.Fatalf("the program does not get ready\n%s", p.out.String())
	return nil
}

// answer is what /query answered.
type answer struct {
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Extensions struct{ Code string }
	}
}

// post sends an operation, a guest's cart token with it. An error means that no answer came.
func post(ctx context.Context, url, cartToken, query string, variables map[string]any) (answer, error) {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return answer{}, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/query", bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Content-Type", "application/json")
	if cartToken != "" {
		r.Header.Set("X-Cart-Token", cartToken)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	var a answer
	if err := json.NewDecoder(response.Body).Decode(&a); err != nil {
		return answer{}, fmt.Errorf("read the answer: %w", err)
	}
	return a, nil
}

// read decodes the data, unless there are errors.
func (a answer) read(data any) error {
	if len(a.Errors) > 0 {
		return fmt.Errorf("answered %+v", a.Errors)
	}
	return json.Unmarshal(a.Data, data)
}
