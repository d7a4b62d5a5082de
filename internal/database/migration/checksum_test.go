package migration_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"galley/ent/migrate"
	"galley/internal/database/databasetest"
	"galley/internal/database/migration"
)

func TestReleasedMigrationsAreNotEdited(t *testing.T) {
	t.Parallel()
	list, err := migrate.Checksums()
	if err != nil {
		t.Fatal(err)
	}
	released := map[string]string{}
	for line := range strings.Lines(list) {
		sum, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if !ok || released[name] != "" {
			t.Errorf("checksums.txt: %q", line)
		}
		released[name] = sum
	}
	versions := map[string]int{}
	for _, engine := range databasetest.Engines() {
		found, err := migration.List(filesOf(engine))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range found {
			versions[m.Name]++
			name := string(engine) + "/" + m.Name + ".sql"
			switch sum := released[name]; {
			case sum == "":
				t.Errorf("ent/migrate/%s is not in checksums.txt", name)
			case sum != m.SHA256:
				t.Errorf("ent/migrate/%s was edited. If it was ever released, put it back and write a new migration: databases have applied the old one.", name)
			}
			delete(released, name)
		}
	}
	for name := range released {
		t.Errorf("ent/migrate/%s is missing", name)
	}
	for name, engines := range versions {
		if engines != 2 {
			t.Errorf("%s.sql is there for one engine only", name)
		}
	}
}

func TestListRefusesGapsAndDoubles(t *testing.T) {
	t.Parallel()
	for name, files := range map[string][]string{
		"a gap":         {"0001_a.sql", "0003_c.sql"},
		"a double":      {"0001_a.sql", "0001_b.sql"},
		"not beginning": {"0002_b.sql"},
		"no number":     {"first.sql"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := fstest.MapFS{}
			for _, file := range files {
				folder[file] = &fstest.MapFile{}
			}
			if found, err := migration.List(folder); err == nil {
				t.Errorf("it found %v", found)
			}
		})
	}
}
