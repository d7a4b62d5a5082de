package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// column is a column of the tables.
type column struct {
	title string
	value func(round) float64
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

var columns = []column{
	{"requests/s", func(x round) float64 { return x.rate }},
	{"server CPU, µs", func(x round) float64 { return micros(x.cpu) }},
	{"database CPU, µs", func(x round) float64 { return ofPostgres(x, micros(x.database)) }},
	{"p50, ms", func(x round) float64 { return micros(x.p50) / 1000 }},
	{"p99, ms", func(x round) float64 { return micros(x.p99) / 1000 }},
	{"allocations", func(x round) float64 { return x.objects }},
	{"allocated, KB", func(x round) float64 { return x.bytes / 1024 }},
	{"statements", func(x round) float64 { return ofPostgres(x, float64(x.statements)) }},
}

// ofPostgres is a value that only PostgreSQL has: SQLite is a part of the server, and its CPU the server's.
func ofPostgres(x round, value float64) float64 {
	if x.on.engine != postgres {
		return math.NaN()
	}
	return value
}

// The columns that are summed up, and shown with their spread.
var (
	serverCPU   = columns[1]
	databaseCPU = columns[2]
)

// tables writes all results as Markdown.
func (r *results) tables() string {
	var b strings.Builder
	for _, fact := range r.facts {
		fmt.Fprintf(&b, "- %s\n", fact)
	}
	b.WriteString("\n### Galley : handwritten\n\n")
	r.writeSummary(&b)
	for _, on := range r.sites() {
		fmt.Fprintf(&b, "\n### %s\n\n", on)
		r.writeSite(&b, on)
	}
	return b.String()
}

// writeSummary writes how many times the handwritten server's CPU Galley takes.
func (r *results) writeSummary(b *strings.Builder) {
	header, line := "| |", "|---|"
	for _, c := range []column{serverCPU, databaseCPU} {
		for _, on := range r.sitesOf(c) {
			header += fmt.Sprintf(" %s, %s |", strings.TrimSuffix(c.title, ", µs"), on)
			line += "---|"
		}
	}
	fmt.Fprintf(b, "%s\n%s\n", header, line)
	for _, name := range r.tasks() {
		fmt.Fprintf(b, "| %s |", name)
		for _, c := range []column{serverCPU, databaseCPU} {
			for _, on := range r.sitesOf(c) {
				fmt.Fprintf(b, " %s |", with(middle(r.ratios(on, name, c)), "×"))
			}
		}
		b.WriteByte('\n')
	}
}

func (r *results) writeSite(b *strings.Builder, on site) {
	b.WriteString("| | |")
	for _, c := range columns {
		fmt.Fprintf(b, " %s |", c.title)
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(columns)) + "\n")
	for _, name := range r.tasks() {
		if len(r.values(on, name, "galley", serverCPU)) == 0 {
			continue // it is not measured here
		}
		answer := middle(r.values(on, name, "galley", column{value: func(x round) float64 { return x.answer }}))
		for i, server := range []string{"galley", handwrittenServer} {
			label := fmt.Sprintf("**%s**, %s KB", name, number(answer/1024))
			if i > 0 {
				label = ""
			}
			fmt.Fprintf(b, "| %s | %s |", label, server)
			for _, c := range columns {
				fmt.Fprintf(b, " %s |", withSpread(c, r.values(on, name, server, c), ""))
			}
			b.WriteByte('\n')
		}
		b.WriteString("| | ratio |")
		for _, c := range columns {
			fmt.Fprintf(b, " %s |", withSpread(c, r.ratios(on, name, c), "×"))
		}
		b.WriteByte('\n')
	}
}

// tasks lists those that were measured.
func (r *results) tasks() (names []string) {
	for _, x := range r.rounds {
		if !slices.Contains(names, x.task) {
			names = append(names, x.task)
		}
	}
	return names
}

// sites lists where something was measured.
func (r *results) sites() (sites []site) {
	for _, x := range r.rounds {
		if !slices.Contains(sites, x.on) {
			sites = append(sites, x.on)
		}
	}
	return sites
}

// sitesOf lists where a column has values.
func (r *results) sitesOf(c column) []site {
	return slices.DeleteFunc(r.sites(), func(on site) bool {
		return !slices.ContainsFunc(r.rounds, func(x round) bool { return x.on == on && !math.IsNaN(c.value(x)) })
	})
}

// values are those of each round of a server, in their order.
func (r *results) values(on site, task, server string, c column) (values []float64) {
	for number := 1; number <= r.settings.rounds; number++ {
		for _, x := range r.rounds {
			if x.on == on && x.task == task && x.server == server && x.number == number {
				values = append(values, c.value(x))
			}
		}
	}
	return values
}

// ratios compare what was measured one after the other.
func (r *results) ratios(on site, task string, c column) []float64 {
	ratios := r.values(on, task, "galley", c)
	for i, other := range r.values(on, task, handwrittenServer, c) {
		ratios[i] /= other
	}
	return ratios
}

// middle is the median; NaN of nothing.
func middle(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n == 0 {
		return math.NaN()
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// withSpread writes the median, and of CPU times the least and the most.
func withSpread(c column, values []float64, unit string) string {
	text := with(middle(values), unit)
	if len(values) > 1 && !math.IsNaN(values[0]) && (c.title == serverCPU.title || c.title == databaseCPU.title) {
		text += fmt.Sprintf(" (%s–%s)", number(slices.Min(values)), number(slices.Max(values)))
	}
	return text
}

// with writes a number with its unit, and a dash where there is none.
func with(x float64, unit string) string {
	if math.IsNaN(x) {
		return "–"
	}
	return number(x) + unit
}

// number writes three digits that count.
func number(x float64) string {
	switch {
	case x >= 100:
		return grouped(int64(x + 0.5))
	case x >= 10 || x == float64(int64(x)):
		return strings.TrimSuffix(strconv.FormatFloat(x, 'f', 1, 64), ".0")
	}
	return strconv.FormatFloat(x, 'f', 2, 64)
}

// grouped writes thousands apart.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
