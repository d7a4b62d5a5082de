package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// progress shows how far a long command is: on a terminal as a bar that grows, elsewhere as a line at
// each tenth.
type progress struct {
	w        io.Writer
	terminal bool
	step     string
	shown    int64
}

func newProgress(f *os.File) *progress {
	info, err := f.Stat()
	return &progress{w: f, terminal: err == nil && info.Mode()&os.ModeCharDevice != 0}
}

// show tells that so much of a step is done; of a total of 0 nobody knows how much there is.
func (p *progress) show(step string, done, total int64) {
	if step != p.step {
		p.end()
		p.step, p.shown = step, -1
	}
	if total == 0 {
		if p.terminal {
			_, _ = fmt.Fprintf(p.w, "\r%-10s %d", step, done)
		}
		return
	}
	percent := min(100*done/total, 100)
	if !p.terminal {
		percent -= percent % 10
	}
	if percent == p.shown {
		return
	}
	p.shown = percent
	if !p.terminal {
		_, _ = fmt.Fprintf(p.w, "%s: %d %%\n", step, percent)
		return
	}
	const width = 40
	full := int(percent * width / 100)
	_, _ = fmt.Fprintf(p.w, "\r%-10s [%s%s] %3d %%", step, strings.Repeat("=", full), strings.Repeat(" ", width-full), percent)
}

// end ends the bar's line.
func (p *progress) end() {
	if p.terminal && p.step != "" {
		_, _ = fmt.Fprintln(p.w)
	}
}
