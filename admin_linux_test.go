package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal opens a terminal: what a person types into it and reads there, and what the program has for both.
func terminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fd := int(person.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = program.Close(), person.Close() })
	return person, program
}

// silent waits until a terminal shows nothing of what is typed.
func silent(t *testing.T, terminal *os.File) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		state, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
		if err != nil {
			t.Fatal(err)
		}
		if state.Lflag&unix.ECHO == 0 {
			return
		}
	}
	t.Fatal("it shows what is typed")
}

// TestAPasswordIsNotShownOnTheTerminal types it, twice, as the program asks for it.
func TestAPasswordIsNotShownOnTheTerminal(t *testing.T) {
	t.Parallel()
	const password = "a long enough secret"
	for says, c := range map[string]struct{ again, want string }{
		"the same twice": {password, "ada@example.org is an administrator"},
		"another one":    {"a long enough mistake", "these are two different passwords"},
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			person, program := terminal(t)
			cmd := inProcess(t.Context(), map[string]string{"GALLEY_DATA": t.TempDir()}, "admin", "create", "--email", "ada@example.org")
			cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			screen := bufio.NewReader(person)
			shown := ""
			// until reads the screen up to a text.
			until := func(text string) {
				for !strings.Contains(shown, text) {
					b, err := screen.ReadByte()
					if err != nil {
						t.Fatalf("%v, after %q", err, shown)
					}
					shown += string(b)
				}
			}
			until("Password: ")
			silent(t, program)
			fmt.Fprint(person, password+"\n")
			until("Again: ")
			silent(t, program)
			fmt.Fprint(person, c.again+"\n")
			until(c.want)
			if strings.Contains(shown, "long enough") {
				t.Errorf("it shows the password: %q", shown)
			}
			if err := cmd.Wait(); (err == nil) != (c.again == password) {
				t.Error(err)
			}
		})
	}
}
