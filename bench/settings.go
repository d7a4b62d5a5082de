package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// settings say what is measured, and for how long. The defaults are the whole run, whose tables are kept.
type settings struct {
	check    bool          // whether everything works and both servers do the same, at the last of the scales
	file     string        // the data
	scales   []int         // multiples of it, each a multiple of the one before; SQLite has the file as it is
	seconds  time.Duration // of a round
	rounds   int           // of each server, task and scale
	tasks    string        // only those whose names have this in them
	profiles string        // directory for a profile of each task in Galley
	document string        // where the tables go; empty: only to standard output
}

const (
	wholeFile  = "internal/onlineretail/testdata/online-retail.csv.gz"
	sampleFile = "internal/demo/data/online-retail-sample.csv.gz"
	document   = "docs/performance.md"
)

func readSettings(args []string, getenv func(string) string) (settings, error) {
	s := settings{file: wholeFile, scales: []int{1, 4, 16}, seconds: 2500 * time.Millisecond, rounds: 5, document: document}
	switch {
	case len(args) == 1 && args[0] == "check":
		return settings{check: true, file: sampleFile, scales: []int{1, 2}, seconds: 200 * time.Millisecond, rounds: 1}, nil
	case len(args) != 0:
		return s, fmt.Errorf("arguments %q: there is check, and nothing else", args)
	}
	var errs []error
	for _, v := range []struct {
		name string
		set  func(string) error
	}{
		{"BENCH_FILE", func(text string) error { s.file = text; return nil }},
		{"BENCH_SCALES", func(text string) error { return s.setScales(text) }},
		{"BENCH_SECONDS", func(text string) error { return s.setSeconds(text) }},
		{"BENCH_ROUNDS", func(text string) (err error) { s.rounds, err = positive(text); return err }},
		{"BENCH_TASKS", func(text string) error { s.tasks = text; return nil }},
		{"BENCH_PROFILES", func(text string) (err error) { s.profiles, err = filepath.Abs(text); return err }},
	} {
		if text := getenv(v.name); text != "" {
			s.document = "" // it is not the whole run
			if err := v.set(text); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", v.name, err))
			}
		}
	}
	if text := getenv("BENCH_DOCUMENT"); text != "" {
		s.document = text
	}
	return s, errors.Join(errs...)
}

func positive(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is no number from 1", text)
	}
	return n, nil
}

func (s *settings) setScales(text string) error {
	s.scales = nil
	for part := range strings.SplitSeq(text, ",") {
		n, err := positive(part)
		if err != nil {
			return err
		}
		s.scales = append(s.scales, n)
	}
	if s.scales[0] != 1 {
		s.scales = slices.Insert(s.scales, 0, 1)
	}
	return nil
}

func (s *settings) setSeconds(text string) error {
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || seconds < 0.05 || seconds > 600 {
		return fmt.Errorf("%q is not between 0.05 and 600", text)
	}
	s.seconds = time.Duration(seconds * float64(time.Second))
	return nil
}
