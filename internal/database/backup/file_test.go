package backup_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"galley/internal/database/backup"
)

func TestCreate(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "shop.backup")
	says := func(text string) func(io.Writer) error {
		return func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		}
	}
	fails := func(w io.Writer) error {
		return errors.Join(says("half")(w), errors.New("the disk is full"))
	}
	check := func(step, want string) {
		t.Helper()
		text, err := os.ReadFile(path) //nolint:gosec // our own
		if string(text) != want || want == "" != (err != nil) {
			t.Errorf("%s: the file has %q, %v", step, text, err)
		}
		left, err := os.ReadDir(folder)
		if err != nil || len(left) > 1 || want == "" && len(left) > 0 {
			t.Errorf("%s: the folder has %v, %v", step, left, err)
		}
	}
	if err := backup.Create(path, false, fails); err == nil {
		t.Error("no error")
	}
	check("what failed leaves nothing", "")
	if err := backup.Create(path, false, says("first")); err != nil {
		t.Error(err)
	}
	check("the first is there", "first")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info, err)
	}
	if err := backup.Create(path, false, func(io.Writer) error { t.Error("it began"); return nil }); err == nil {
		t.Error("it overwrites")
	}
	check("a file that is there is left alone", "first")
	if err := backup.Create(path, true, fails); err == nil {
		t.Error("no error")
	}
	check("what fails leaves the file before", "first")
	if err := backup.Create(path, true, says("second")); err != nil {
		t.Error(err)
	}
	check("by force", "second")
	second := filepath.Join(folder, "other")
	appearing := func(io.Writer) error { return os.WriteFile(second, []byte("theirs"), 0o600) }
	if err := backup.Create(second, false, appearing); err == nil {
		t.Error("it overwrites what came meanwhile")
	}
}
