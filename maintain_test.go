package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"galley/internal/database/databasetest"
)

// command runs one, and returns what it printed.
func command(t *testing.T, env map[string]string, args ...string) (string, error) {
	t.Helper()
	var out output
	err := run(t.Context(), args, getenv(env), &out)
	return out.String(), err
}

func TestAShopMovesToAnotherEngineAndBack(t *testing.T) {
	t.Parallel()
	data, back := t.TempDir(), t.TempDir()
	embedded, again := map[string]string{"GALLEY_DATA": data}, map[string]string{"GALLEY_DATA": back}
	if out, err := command(t, embedded, "migrate"); err != nil || !strings.HasPrefix(out, "applied 0001_initial\n") {
		t.Fatalf("%s, %v", out, err)
	}
	pool := databasetest.Connect(t, "sqlite:"+filepath.Join(data, "galley.db"))
	databasetest.Fill(t, databasetest.SQLite, pool)
	file := filepath.Join(t.TempDir(), "shop.backup")
	if out, err := command(t, embedded, "backup", file); err != nil || !strings.HasPrefix(out, "backed up ") {
		t.Fatalf("%s, %v", out, err)
	}
	if _, err := command(t, embedded, "backup", file); err == nil || !strings.Contains(err.Error(), "--force") {
		t.Errorf("it overwrites: %v", err)
	}
	server := map[string]string{"DATABASE_URL": databasetest.Empty(t, databasetest.Postgres)}
	if out, err := command(t, server, "restore", file); err != nil || !strings.HasPrefix(out, "restored ") {
		t.Fatalf("%s, %v", out, err)
	}
	if _, err := command(t, server, "restore", file); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("it restores twice: %v", err)
	}
	if out, err := command(t, server, "backup", "--force", file); err != nil {
		t.Fatalf("%s, %v", out, err)
	}
	if out, err := command(t, again, "restore", file); err != nil {
		t.Fatalf("%s, %v", out, err)
	}
	want := databasetest.Rows(t, databasetest.SQLite, pool)
	delete(want, "instances")
	got := databasetest.Rows(t, databasetest.SQLite, databasetest.Connect(t, "sqlite:"+filepath.Join(back, "galley.db")))
	delete(got, "instances")
	if difference := cmp.Diff(want, got); difference != "" {
		t.Error(difference)
	}
	if out, err := command(t, again, "backup", "-"); err != nil || !strings.HasPrefix(out, "\x1f\x8b") {
		t.Errorf("on standard output: %.20q, %v", out, err)
	}
}

func TestMigrateTellsWhatItDoes(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			env := map[string]string{"GALLEY_DATA": t.TempDir()}
			if engine == databasetest.Postgres {
				env = map[string]string{"DATABASE_URL": databasetest.Empty(t, engine)}
			}
			for _, step := range []struct {
				flags []string
				want  string
			}{
				{[]string{"--status"}, "pending 0001_initial\n"},
				{nil, "applied 0001_initial\n"},
				{nil, "the database is ready\n"},
				{[]string{"--status"}, "the database is ready\n"},
			} {
				out, err := command(t, env, append([]string{"migrate"}, step.flags...)...)
				if err != nil || !strings.HasPrefix(out, step.want) {
					t.Errorf("migrate %v says %q, %v", step.flags, out, err)
				}
			}
		})
	}
}

func TestBackupAndRestoreRefuse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	foreign := filepath.Join(dir, "foreign")
	if err := os.WriteFile(foreign, bytes.Repeat([]byte("no backup "), 100), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"a shop that is not there":    {[]string{"backup", filepath.Join(dir, "new")}, "there is no shop"},
		"a backup without a name":     {[]string{"backup"}, "file"},
		"a file that is not there":    {[]string{"restore", filepath.Join(dir, "nothing")}, "no such file"},
		"a file of something else":    {[]string{"restore", foreign}, "no backup of Galley"},
		"a flag that does not belong": {[]string{"restore", "--force", foreign}, "--force"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := filepath.Join(t.TempDir(), "data")
			err := run(t.Context(), c.args, getenv(map[string]string{"GALLEY_DATA": data}), io.Discard)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v", err)
			}
			if _, err := os.Stat(filepath.Join(dir, "new")); err == nil {
				t.Error("it wrote a file")
			}
		})
	}
}
