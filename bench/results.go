package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// results are what a run has found.
type results struct {
	settings settings
	facts    []string // what it was measured on
	rounds   []round
}

// describe notes what is measured on, and with what.
func (r *results) describe(ctx context.Context, h *harness) error {
	r.settings = h.settings
	commit, err := h.commitTime(ctx)
	if err != nil {
		return err
	}
	r.facts = append(r.facts,
		fmt.Sprintf("%s, %s, %d cores, %s of memory, Linux %s", time.Now().UTC().Format("January 2006"), processor(), runtime.NumCPU(), memory(),
			firstLine("/proc/sys/kernel/osrelease")),
		fmt.Sprintf("%s %s/%s, GOMAXPROCS %d, GOGC as it comes", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0)),
		strings.Join(h.cluster.description, ", "),
		fmt.Sprintf("A commit of one row by one connection takes %.2f ms on this disk (median of %d)", float64(commit.Microseconds())/1000, commits),
		fmt.Sprintf("%d rounds of %v for each server, task and scale; %d connections", h.settings.rounds, h.settings.seconds, connections),
	)
	for _, on := range h.settings.sites() {
		fact, err := h.describeShop(ctx, on)
		if err != nil {
			return err
		}
		r.facts = append(r.facts, fact)
	}
	return nil
}

func (h *harness) describeShop(ctx context.Context, on site) (string, error) {
	db, err := h.open(on)
	if err != nil {
		return "", err
	}
	defer func() { _ = db.Close() }()
	var size, products, users, orders, lines int64
	bytes := "pg_database_size(current_database())"
	if on.engine == sqlite {
		bytes = "(SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size())"
	}
	err = db.QueryRowContext(ctx, `SELECT `+bytes+`, (SELECT COUNT(*) FROM products), (SELECT COUNT(*) FROM users),
		(SELECT COUNT(*) FROM orders), (SELECT COUNT(*) FROM order_lines)`).Scan(&size, &products, &users, &orders, &lines)
	if err != nil {
		return "", fmt.Errorf("describe %s: %w", on, err)
	}
	return fmt.Sprintf("%s: %s products, %s users, %s orders, %s order lines, %s MB", on, grouped(products), grouped(users), grouped(orders),
		grouped(lines), grouped(size>>20)), nil
}

// commits is how many are timed.
const commits = 200

// commitTime is what durability costs: how long PostgreSQL waits for the disk.
func (h *harness) commitTime(ctx context.Context) (time.Duration, error) {
	c, err := h.cluster.Conn(ctx)
	if err != nil {
		return 0, fmt.Errorf("time a commit: %w", err)
	}
	defer func() { _ = c.Close() }()
	if err := run(ctx, c, "CREATE TABLE IF NOT EXISTS commits (n int)"); err != nil {
		return 0, err
	}
	times := make([]time.Duration, commits)
	for i := range times {
		begun := time.Now()
		if err := run(ctx, c, "INSERT INTO commits VALUES (1)"); err != nil {
			return 0, err
		}
		times[i] = time.Since(begun)
	}
	slices.Sort(times)
	return times[commits/2], nil
}

// processor is the CPU's name.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo") // or it has none
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

func memory() string {
	fields := strings.Fields(firstLine("/proc/meminfo"))
	if len(fields) < 2 {
		return "an unknown amount"
	}
	kilobytes, _ := strconv.ParseFloat(fields[1], 64)
	return fmt.Sprintf("%.0f GB", kilobytes/(1<<20))
}

func firstLine(name string) string {
	text, _ := os.ReadFile(name) // or it is not known
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}

// The marks between which the results stand in the document.
const (
	beginMark = "<!-- make bench writes from here -->\n"
	endMark   = "<!-- to here -->\n"
)

// write puts the tables into the document, and each round into a file beside it.
func (r *results) write(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read the document: %w", err)
	}
	renewed, err := between(string(text), r.tables())
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := os.WriteFile(name, []byte(renewed), 0o644); err != nil {
		return fmt.Errorf("write the document: %w", err)
	}
	file, err := os.Create(strings.TrimSuffix(name, ".md") + ".csv")
	if err != nil {
		return fmt.Errorf("write the rounds: %w", err)
	}
	if err := r.writeRounds(file); err != nil {
		return fmt.Errorf("write the rounds: %w", err)
	}
	return file.Close()
}

// between replaces what stands between the marks.
func between(text, results string) (string, error) {
	before, rest, begun := strings.Cut(text, beginMark)
	_, after, ended := strings.Cut(rest, endMark)
	if !begun || !ended {
		return "", fmt.Errorf("the marks %q and %q are missing", beginMark, endMark)
	}
	return before + beginMark + "\n" + results + "\n" + endMark + after, nil
}

// writeRounds writes every number that the tables are made of.
func (r *results) writeRounds(w io.Writer) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{ // Flush keeps the error
		"engine", "scale", "task", "server", "round", "requests", "requests_per_second", "server_cpu_us", "database_cpu_us", "p50_us", "p99_us",
		"allocations", "allocated_bytes", "answer_bytes", "statements",
	})
	for _, x := range r.rounds {
		record := []string{string(x.on.engine), strconv.Itoa(x.on.scale), x.task, x.server, strconv.Itoa(x.number), strconv.Itoa(x.requests)}
		for _, value := range []float64{
			x.rate, micros(x.cpu), micros(x.database), micros(x.p50), micros(x.p99), x.objects, x.bytes, x.answer,
		} {
			record = append(record, strconv.FormatFloat(value, 'f', 1, 64))
		}
		_ = out.Write(append(record, strconv.Itoa(x.statements)))
	}
	out.Flush()
	return out.Error()
}
