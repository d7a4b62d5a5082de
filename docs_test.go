package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What the documentation says about this directory is checked here; its commands are run by .ci/readme.

// documents reads the documentation, by path.
func documents(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	read := func(name string) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found[name] = string(text)
	}
	read("README.md")
	err := filepath.WalkDir("docs", func(name string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, ".md") {
			read(name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestTheDocumentationNamesFilesThatExist(t *testing.T) {
	t.Parallel()
	quoted := regexp.MustCompile("`([\\w.-]*\\w(?:/[\\w.-]+)+/?)`")
	for name, text := range documents(t) {
		for _, m := range quoted.FindAllStringSubmatch(text, -1) {
			top, _, _ := strings.Cut(m[1], "/")
			if _, err := os.Stat(top); err != nil {
				continue // a media type, say
			}
			if _, err := os.Stat(m[1]); err != nil {
				t.Errorf("%s: there is no %s", name, m[1])
			}
		}
	}
}

func TestTheDocumentationLinksToWhatIsThere(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)\s:]*)\)`) // a colon is a scheme's
	all := documents(t)
	for name, text := range all {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			file, heading, _ := strings.Cut(m[1], "#")
			target := name
			if file != "" {
				target = filepath.Join(filepath.Dir(name), file)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
				continue
			}
			if heading != "" && !hasHeading(all[target], heading) {
				t.Errorf("%s links to %s, but %s has no such heading", name, m[1], target)
			}
		}
	}
}

// hasHeading tells whether a document has a heading that is linked to by this name.
func hasHeading(text, name string) bool {
	for line := range strings.Lines(text) {
		if title, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && strings.HasPrefix(line, "#") &&
			strings.ReplaceAll(strings.ToLower(strings.TrimSpace(title)), " ", "-") == name {
			return true
		}
	}
	return false
}

func TestDecisionsAreShort(t *testing.T) {
	t.Parallel()
	const most = 40
	named := regexp.MustCompile(`^docs/decisions/\d{4}-[a-z0-9-]+\.md$`)
	decisions := 0
	for name, text := range documents(t) {
		if !strings.HasPrefix(name, "docs/decisions/") {
			continue
		}
		decisions++
		if !named.MatchString(name) {
			t.Errorf("%s is not named NNNN-title.md", name)
		}
		if lines := strings.Count(text, "\n"); lines > most {
			t.Errorf("%s has %d lines, more than %d", name, lines, most)
		}
		for _, part := range []string{"Context", "Choice", "Rejected"} {
			if !strings.Contains(text, part) {
				t.Errorf("%s does not have %s", name, part)
			}
		}
	}
	if decisions == 0 {
		t.Error("there are none")
	}
}

// TestWhatIsSaidOfSecurityIsShown checks that each line of a table in docs/security.md names a test that is there, or
// says that there is none.
func TestWhatIsSaidOfSecurityIsShown(t *testing.T) {
	t.Parallel()
	const name = "docs/security.md"
	test := regexp.MustCompile("`([\\w./-]+_test\\.go):((?:Test|Fuzz)\\w+)`")
	named := 0
	for line := range strings.Lines(documents(t)[name]) {
		found := test.FindAllStringSubmatch(line, -1)
		row := strings.HasPrefix(line, "| ") && !strings.HasSuffix(line, "| Shown by |\n")
		if row && len(found) == 0 && !strings.Contains(line, "| not tested: ") {
			t.Errorf("%s: no test shows this: %s", name, line)
		}
		for _, m := range found {
			named++
			text, err := os.ReadFile(m[1])
			if err != nil || !strings.Contains(string(text), "\nfunc "+m[2]+"(") {
				t.Errorf("%s: there is no %s in %s", name, m[2], m[1])
			}
		}
	}
	if named < 50 {
		t.Errorf("%s names %d tests", name, named)
	}
}
