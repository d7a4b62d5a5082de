package limit_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"galley/internal/edge/limit"
)

// hostile are documents that somebody sends to bring a server down. Most stop at a limit; those
// that pass are at the limits, and cheap all the same.
func hostile() map[string]string {
	repeat := strings.Repeat
	docs := map[string]string{
		"a megabyte of opening brackets":    repeat("[", 1<<20),
		"a megabyte of opening braces":      repeat("{", 1<<20),
		"a value of opening brackets":       "{ me(x: " + repeat("[", 60_000) + ") }",
		"nested lists as a value":           "{ me(x: " + repeat("[", 900) + "1" + repeat("]", 900) + ") { id } }",
		"a flood of comments":               "{ me { id } }" + repeat("#\n", 30_000),
		"one name of 60 KB":                 "{ " + repeat("u", 60_000) + " }",
		"one string of 60 KB":               `{ users(first: "` + repeat("x", 60_000) + `") { totalCount } }`,
		"ten thousand equal fields":         "{ me {" + repeat(" id", 10_000) + " } }",
		"as many equal fields as are read":  "{ me {" + repeat(" id", 4_900) + " } }",
		"equal fields with fields below":    "{" + repeat(" me { friends { id } }", 800) + " }",
		"typos of 44 KB":                    "{" + repeat(" nam usr ordr", 44<<10/13) + " }",
		"typos within the tokens":           "{ me {" + numbered(" odrers%d", 4_900) + " } }",
		"twenty levels of a list of itself": "{ me" + repeat(" { friends", 20) + " { id }" + repeat(" }", 20) + " }",
		"a thousand aliases":                "{" + numbered(" a%d: me { id }", 1_000) + " }",
		"six hundred operations":            numbered("query q%d { me { id } } ", 600),
		"a thousand directives":             "{ me " + repeat("@include(if: true) ", 700) + "{ id } }",
		"a thousand unknown directives":     "{ me " + numbered("@d%d ", 2_000) + "{ id } }",
		"a thousand variables":              "query(" + numbered("$v%d: Int ", 1_200) + ") { me { id } }",
		"a thousand arguments":              "{ users(" + numbered("first%d: 1 ", 1_200) + ") { totalCount } }",
		"a chain of 1,500 fragments":        chain(1_500, " ...F%d"),
		"a chain of 100 fragments":          chain(99, " ...F%d"),
		"27 fragments that double":          chain(27, " ...F%[1]d ...F%[1]d"),
		"27 fragments that double a field":  doubling(27),
		"12 fragments that double a field":  doubling(12),
		"a fragment that spreads itself":    "{ me { ...F } } fragment F on User { friends { ...F } }",
		"fragments in a circle":             "{ me { ...A } } fragment A on User { ...B } fragment B on User { friends { ...A } }",
		"hundred fragments side by side":    sideBySide(100, 10),
		"typos at the end of a chain":       "{ me { ...F0 } }" + numberedPairs("fragment F%d on User { ...F%d } ", 25) + "fragment F25 on User {" + numbered(" odrers%d", 700) + " }",
		"a filter of filters":               "{ products(filter: " + repeat("{and: [", 400) + "{minPrice: 99999999999999999999}" + repeat("]}", 400) + ") { pageInfo { endCursor } } }",
		"a filter at the nesting":           "{ products(filter: " + repeat("{and: [", 9) + `{minPrice: 99999999999999999999, text: "` + repeat("x", 60_000) + `"}` + repeat("]}", 9) + ") { pageInfo { endCursor } } }",
		"inline fragments in one another":   "{ me {" + repeat(" ... {", 900) + " id" + repeat(" }", 900) + " } }",
		"inline fragments of many fields":   "{ me {" + repeat(" ... {", 25) + numbered(" f%d", 4_000) + repeat(" }", 25) + " } }",
		"wide and overlapping":              overlapping(4),
		"overlapping within the repeats":    "{ me {" + repeat(" friends { id name email orders { totalCount pageInfo { endCursor } } }", 200) + " } }",
		"overlapping within fragments":      "{ me { ...F0 } }" + numberedPairs("fragment F%d on User { ...F%d"+repeat(" friends { id name email orders { totalCount pageInfo { endCursor } } }", 9)+" } ", 25) + "fragment F25 on User { id }",
		"aliases over a chain of fragments": "{ me {" + numbered(" a%d: friends { id ...F0 }", 100) + " } } " + numberedPairs("fragment F%d on User { ...F%d id name email friends { id name ... { email friends { id } } } } ", 20) + "fragment F20 on User { id }",
		"introspection of introspection":    "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }",
		"a cycle through lists":             "{ categories { children { children { children { children { children { id } } } } } } }",
	}
	return docs
}

func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func numberedPairs(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i, i+1)
	}
	return b.String()
}

func chain(n int, spread string) string {
	var b strings.Builder
	b.WriteString("{ me { ...F0 } }")
	for i := range n {
		fmt.Fprintf(&b, " fragment F%d on User {", i)
		fmt.Fprintf(&b, spread, i+1)
		b.WriteString(" }")
	}
	fmt.Fprintf(&b, " fragment F%d on User { id }", n)
	return b.String()
}

func doubling(n int) string {
	var b strings.Builder
	b.WriteString("{ me { ...F0 } }")
	for i := range n {
		fmt.Fprintf(&b, " fragment F%d on User { a%[1]d: orders { nodes { user { ...F%[2]d } } } b%[1]d: orders { nodes { user { ...F%[2]d } } } }", i, i+1)
	}
	fmt.Fprintf(&b, " fragment F%d on User { id }", n)
	return b.String()
}

// sideBySide spreads fragments that share their fields next to one another, at several places.
func sideBySide(fragments, places int) string {
	var b strings.Builder
	b.WriteString("{")
	for i := range places {
		fmt.Fprintf(&b, " p%d: me {%s }", i, numbered(" ...F%d", fragments))
	}
	b.WriteString(" }")
	for i := range fragments {
		fmt.Fprintf(&b, " fragment F%d on User { id name email friends { id name } orders { totalCount } }", i)
	}
	return b.String()
}

// overlapping repeats a field at every level.
func overlapping(levels int) string {
	set := " id"
	for range levels {
		set = strings.Repeat(" friends {"+set+" }", 5)
	}
	return "{ me {" + set + " } }"
}

func TestHostileDocuments(t *testing.T) {
	const (
		mostCPU   = 2 * time.Second
		mostBytes = 8 << 10
	)
	for name, query := range hostile() {
		t.Run("of "+name+" an answer is small and quick", func(t *testing.T) {
			exec := guarded(t, limit.Limits{})
			before := usedCPU(t)
			_, errs := ask(exec, query, nil)
			took := usedCPU(t) - before
			answer, err := json.Marshal(errs)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%7d bytes: %8s CPU, %5d bytes answered, %s %.90q", len(query), took.Round(10*time.Microsecond), len(answer), codeOf(errs), messages(errs))
			if took > mostCPU {
				t.Errorf("took %s of CPU, want at most %s", took, mostCPU)
			}
			if len(answer) > mostBytes {
				t.Errorf("answered %d bytes, want at most %d", len(answer), mostBytes)
			}
		})
	}
}

// usedCPU is what the process has used. Tests that are not parallel run alone.
func usedCPU(tb testing.TB) time.Duration {
	tb.Helper()
	runtime.GC()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
