package main

import (
	"strings"
	"testing"
)

func TestProgress(t *testing.T) {
	t.Parallel()
	follow := func(terminal bool) string {
		var b strings.Builder
		p := progress{w: &b, terminal: terminal}
		for done := int64(0); done <= 200; done += 10 {
			p.show("reading", done, 200)
		}
		p.show("products", 500, 0)
		p.show("orders", 30, 20)
		p.end()
		return b.String()
	}
	t.Run("is a bar on a terminal", func(t *testing.T) {
		t.Parallel()
		got := follow(true)
		for _, part := range []string{"\rreading    [" + strings.Repeat(" ", 40) + "]   0 %", "\rreading    [" + strings.Repeat("=", 40) + "] 100 %\n", "\rproducts   500\n", "] 100 %\n"} {
			if !strings.Contains(got, part) {
				t.Errorf("there is no %q in %q", part, got)
			}
		}
	})
	t.Run("is a line for each tenth elsewhere", func(t *testing.T) {
		t.Parallel()
		if got := follow(false); strings.Count(got, "\n") != 12 || !strings.HasPrefix(got, "reading: 0 %\nreading: 10 %\n") || !strings.HasSuffix(got, "reading: 100 %\norders: 100 %\n") {
			t.Errorf("got %q", got)
		}
	})
}
