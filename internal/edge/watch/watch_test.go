package watch_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"galley/internal/edge/watch"
)

func TestFilesAreSeenToChange(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, other := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(path, "one")
	files := watch.New(path, other)
	for _, step := range []struct {
		name string
		do   func()
		want bool
	}{
		{"nothing was done", func() {}, false},
		{"a file grew", func() { write(path, "three") }, true},
		{"nothing more was done", func() {}, false},
		{"a file came", func() { write(other, "one") }, true},
		{"a file was touched", func() {
			if err := os.Chtimes(other, time.Time{}, time.Unix(1, 0)); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"a file was put in the place of another", func() {
			write(path+".new", "three")
			stamp, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path+".new", time.Time{}, stamp.ModTime()); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(path+".new", path); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"a file went", func() { _ = os.Remove(path) }, true},
		{"it is still gone", func() {}, false},
	} {
		step.do()
		if got := files.Changed(); got != step.want {
			t.Errorf("%s: changed %v", step.name, got)
		}
	}
}
