//go:build linux

package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"galley/internal/database/databasetest"
)

// Where the file cannot be used the program does not start, and says which file and why.
func TestAFileThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(path string) error // path is a shop's file
		want  string
	}{
		"a directory": {func(path string) error {
			_ = os.Remove(path)
			return os.Mkdir(path, 0o755)
		}, "unable to open database file"},
		"no database": {func(path string) error {
			return os.WriteFile(path, []byte(strings.Repeat("this is text\n", 1000)), 0o600)
		}, "file is not a database"},
		"a database cut short": {func(path string) error {
			return os.Truncate(path, 50_000)
		}, "database disk image is malformed"},
		"a read-only file": {func(path string) error {
			return os.Chmod(path, 0o444)
		}, "read-only"},
		"in a read-only directory": {func(path string) error {
			return os.Chmod(filepath.Dir(path), 0o555)
		}, "readonly database"},
		"new in a read-only directory": {func(path string) error {
			_ = os.Remove(path)
			return os.Chmod(filepath.Dir(path), 0o555)
		}, "unable to open database file"},
		"in a directory that nobody may enter": {func(path string) error {
			return os.Chmod(filepath.Dir(path), 0)
		}, "unable to open database file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := t.TempDir()
			path := filepath.Join(data, "galley.db")
			if err := os.Rename(strings.TrimPrefix(databasetest.URL(t, databasetest.SQLite), "sqlite:"), path); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			cmd := inProcess(ctx, map[string]string{"GALLEY_DATA": data}, "--addr", "127.0.0.1:0")
			if os.Getuid() == 0 { // whom no permission stops
				const nobody = 65534
				cmd.Path, cmd.Dir = "/proc/self/exe", "/"
				cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
				for _, owned := range []string{data, path} {
					if err := os.Chown(owned, nobody, nobody); err != nil {
						t.Fatal(err)
					}
				}
				if err := os.Chmod(filepath.Dir(data), 0o755); err != nil { // so that it can be reached
					t.Fatal(err)
				}
			}
			if err := c.spoil(path); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(data, 0o755) })
			out, err := cmd.CombinedOutput()
			if ctx.Err() != nil || err == nil {
				t.Fatalf("it starts: %v\n%s", err, out)
			}
			if !strings.Contains(string(out), path+": ") || !strings.Contains(string(out), c.want) {
				t.Errorf("it says %s", out)
			}
		})
	}
}
