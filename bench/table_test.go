package main

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTables(t *testing.T) {
	t.Parallel()
	r := results{settings: settings{scales: []int{1, 4}, rounds: 3}, facts: []string{"a machine"}}
	for _, scale := range r.settings.scales {
		for number := range r.settings.rounds {
			// The second round is disturbed, in both servers alike.
			factor := []time.Duration{1, 5, 1}[number]
			r.rounds = append(r.rounds,
				round{on: site{postgres, scale}, task: "a task", server: "galley", number: number + 1, cpu: factor * 300 * time.Microsecond, database: 30 * time.Microsecond, answer: 2048, statements: 4},
				round{on: site{postgres, scale}, task: "a task", server: handwrittenServer, number: number + 1, cpu: factor * 100 * time.Microsecond, database: 20 * time.Microsecond, answer: 2048, statements: 2})
		}
	}
	for _, server := range []string{"galley", handwrittenServer} {
		r.rounds = append(r.rounds, round{on: embedded, task: "an order", server: server, number: 1, cpu: time.Millisecond, answer: 1024})
	}
	tables := r.tables()
	for _, want := range []string{
		"- a machine\n", "| a task | 3× | 3× | – | 1.50× | 1.50× |\n", "| an order | – | – | 1× | – | – |\n", "### 4×\n",
		"### SQLite, 1×\n", "| **an order**, 1 KB | galley | 0 | 1,000 | – |", "| | ratio | – | 1× | – |", "| **a task**, 2 KB | galley |", " 300 (300–1,500) |", " 3× (3–3) |", " 4 |",
	} {
		if !strings.Contains(tables, want) {
			t.Errorf("%q is not in\n%s", want, tables)
		}
	}
	var rounds strings.Builder
	if err := r.writeRounds(&rounds); err != nil || strings.Count(rounds.String(), "\n") != 15 {
		t.Errorf("got %v and\n%s", err, &rounds)
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for x, want := range map[float64]string{0: "0", 1: "1", 0.256: "0.26", 3.14159: "3.14", 31.4159: "31.4", 30.01: "30", 314.6: "315", 31415926: "31,415,926"} {
		if got := number(x); got != want {
			t.Errorf("%v is written %s, not %s", x, got, want)
		}
	}
}

func TestMiddle(t *testing.T) {
	t.Parallel()
	if odd, even := middle([]float64{9, 1, 2}), middle([]float64{4, 1, 2, 9}); odd != 2 || even != 3 {
		t.Errorf("got %v and %v", odd, even)
	}
}

func TestBetween(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../" + document)
	if err != nil {
		t.Fatal(err)
	}
	renewed, err := between(string(text), "new\n")
	if err != nil {
		t.Fatal(err)
	}
	again, err := between(renewed, "new\n")
	if err != nil || again != renewed || !strings.Contains(renewed, beginMark+"\nnew\n\n"+endMark) {
		t.Errorf("got %v and\n%s", err, renewed)
	}
	if _, err := between("no marks", "new"); err == nil {
		t.Error("writes into a document without marks")
	}
}

func TestReadSettings(t *testing.T) {
	t.Parallel()
	read := func(env map[string]string, args ...string) (settings, error) {
		return readSettings(args, func(name string) string { return env[name] })
	}
	if s, err := read(nil); err != nil || s.document != document || len(s.scales) != 3 {
		t.Errorf("the whole run is %+v, %v", s, err)
	}
	if s, err := read(map[string]string{"BENCH_SECONDS": "0.5", "BENCH_SCALES": "4"}); err != nil || s.document != "" || s.seconds != time.Second/2 || len(s.scales) != 2 {
		t.Errorf("a trial is %+v, %v", s, err)
	}
	if s, err := read(nil, "check"); err != nil || s.document != "" || !s.check {
		t.Errorf("a check is %+v, %v", s, err)
	}
	for name, value := range map[string]string{"BENCH_SECONDS": "soon", "BENCH_SCALES": "1,x", "BENCH_ROUNDS": "0"} {
		if _, err := read(map[string]string{name: value}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s=%s: %v", name, value, err)
		}
	}
	if _, err := read(nil, "fly"); err == nil {
		t.Error("takes any argument")
	}
}

func TestReadStat(t *testing.T) {
	t.Parallel()
	before, err := readStat(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if before.parent != os.Getppid() {
		t.Errorf("the parent is %d, not %d", before.parent, os.Getppid())
	}
	if _, err := readStat(math.MaxInt32); err == nil {
		t.Error("reads a process that is not there")
	}
}

func TestSites(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		settings settings
		want     []site
	}{
		{settings{scales: []int{1, 4}}, []site{{postgres, 1}, {postgres, 4}, embedded}},
		{settings{scales: []int{1, 2}, check: true}, []site{{postgres, 2}, embedded}},
		{settings{scales: []int{1}, tasks: "product"}, []site{{postgres, 1}}},
	} {
		if got := c.settings.sites(); !slices.Equal(got, c.want) {
			t.Errorf("%+v is measured at %v, not at %v", c.settings, got, c.want)
		}
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		column string
		value  any
		want   string
	}{
		{"placed_at", time.Now(), "true"},
		{"expires_at", nil, "false"},
		{"payload", []byte(`{"order":"123456789012345678"}`), `{"order":"#"}`},
		{"fact", "test_hold_GBP_1299_0123456789abcdef:authorised", "test_hold_GBP_1299_#:authorised"},
		{"variant_id", int64(123456789012345678), "123456789012345678"},
		{"quantity", int64(3), "3"},
	} {
		if got := plain(c.column, c.value); got != c.want {
			t.Errorf("%s %v is compared as %s, not as %s", c.column, c.value, got, c.want)
		}
	}
}
