package productfile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"galley/internal/fault"
)

// MaxFile is how large a file of products may be, in bytes: it is read into memory.
const MaxFile = 64 << 20

// Invalid is the code of what is wrong with a cell.
const Invalid fault.Reason = "INVALID"

// line is a row of the file.
type line struct {
	number  int
	cells   map[string]string // of the columns that the file has
	decimal string            // the comma where the file's prices have one
}

// cell is the text of a column; ok is false if the file does not have it.
func (l *line) cell(column string) (text string, ok bool) {
	text, ok = l.cells[column]
	return text, ok
}

// sku is that of the row's variant as shops store it, "" if the row has none.
func (l *line) sku() string { return strings.ToUpper(strings.TrimSpace(l.cells[colSKU])) }

// group is the rows of one product.
type group struct {
	slug  string
	lines []*line
	wrong *wrong // what can be seen without a look at the shop
}

// wrong is what is wrong with a row.
type wrong struct {
	line          int
	field, reason string
}

func (w *wrong) Error() string { return fmt.Sprintf("line %d: %s: %s", w.line, w.field, w.reason) }

// read reads a whole file into the groups of its rows, in the order of their first rows.
func read(r io.Reader) ([]*group, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read products: %w", err)
	case len(data) > MaxFile:
		return nil, fmt.Errorf("the file is larger than %d MB", MaxFile>>20)
	}
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))
	if at := invalidAt(data); at > 0 {
		return nil, fmt.Errorf("line %d is not UTF-8: in Excel, save as \"CSV UTF-8\"", at)
	}
	rows := csv.NewReader(bytes.NewReader(data))
	rows.Comma = separator(data)
	rows.FieldsPerRecord = -1 // checked below, so that one row does not stop the others
	header, err := rows.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty: its first line names the columns")
	}
	if err != nil {
		return nil, fmt.Errorf("read the first line: %w", err)
	}
	if header, err = checkHeader(header); err != nil {
		return nil, err
	}
	g := grouping{bySlug: map[string]*group{}, bySKU: map[string]int{}}
	for {
		cells, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return g.groups, nil
		}
		if err != nil {
			return nil, fmt.Errorf("nothing was imported: %w", err)
		}
		at, _ := rows.FieldPos(0)
		g.add(at, header, cells, rows.Comma)
	}
}

// invalidAt is the number of the first line that is not UTF-8 text, 0 if there is none.
func invalidAt(data []byte) int {
	if utf8.Valid(data) && !bytes.ContainsRune(data, 0) {
		return 0
	}
	n := 1
	for text := range bytes.Lines(data) {
		if !utf8.Valid(text) || bytes.ContainsRune(text, 0) {
			return n
		}
		n++
	}
	return n
}

// separator is what stands between the names of columns: a comma, or what Excel writes in countries
// whose decimals have commas.
func separator(data []byte) rune {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	comma, most := ',', bytes.Count(first, []byte(","))
	for _, other := range ";\t" {
		if n := bytes.Count(first, []byte(string(other))); n > most {
			comma, most = other, n
		}
	}
	return comma
}

// checkHeader returns the names of the columns as this package writes them.
func checkHeader(header []string) ([]string, error) {
	var names, unknown []string
	for _, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		switch {
		case !slices.Contains(columns(), name):
			unknown = append(unknown, fmt.Sprintf("%q", name))
		case slices.Contains(names, name):
			return nil, fmt.Errorf("the column %s is there twice", name)
		}
		names = append(names, name)
	}
	switch {
	case len(unknown) > 0:
		return nil, fmt.Errorf("no columns of products: %s; these are: %s", strings.Join(unknown, ", "), strings.Join(columns(), ", "))
	case !slices.Contains(names, colSlug):
		return nil, fmt.Errorf("the column %s is missing, which says which product is meant", colSlug)
	case !slices.Contains(names, colSKU) && slices.ContainsFunc(names, func(n string) bool { return slices.Contains(variantColumns(), n) }):
		return nil, fmt.Errorf("the column %s is missing, which says which variant is meant", colSKU)
	}
	return names, nil
}

// grouping brings the rows of a product together, wherever they stand.
type grouping struct {
	groups []*group
	bySlug map[string]*group
	bySKU  map[string]int // lines
}

func (g *grouping) add(number int, header, cells []string, comma rune) {
	l := &line{number: number, cells: make(map[string]string, len(header)), decimal: "."}
	if comma == ';' {
		l.decimal = ","
	}
	for i, name := range header {
		if i < len(cells) {
			l.cells[name] = bare(cells[i])
		}
	}
	if !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" }) {
		return // spreadsheets leave empty rows behind
	}
	slug := strings.TrimSpace(l.cells[colSlug])
	of, known := g.bySlug[slug]
	if !known || slug == "" {
		of = &group{slug: slug}
		g.bySlug[slug] = of
		g.groups = append(g.groups, of)
	}
	of.lines = append(of.lines, l)
	if wrong := g.check(of, l, header, cells); wrong != nil && of.wrong == nil {
		of.wrong = wrong
	}
}

// check finds what is wrong with a row of a group.
func (g *grouping) check(of *group, l *line, header, cells []string) *wrong {
	extra := len(cells) > len(header) && slices.ContainsFunc(cells[len(header):], func(cell string) bool { return cell != "" })
	if len(cells) < len(header) || extra {
		return &wrong{l.number, colSlug, fmt.Sprintf("The row has %d cells where the first line has %d", len(cells), len(header))}
	}
	if of.slug == "" {
		return &wrong{l.number, colSlug, "This cannot be empty"}
	}
	for _, column := range productColumns() {
		if first := of.lines[0]; l.cells[column] != first.cells[column] {
			return &wrong{l.number, column, fmt.Sprintf("Line %d says otherwise of the same product", first.number)}
		}
	}
	sku := l.sku()
	if sku == "" {
		if len(of.lines) > 1 {
			return &wrong{l.number, colSKU, "A product with several rows has a variant in each"}
		}
		return nil
	}
	if other, twice := g.bySKU[sku]; twice {
		return &wrong{l.number, colSKU, fmt.Sprintf("Line %d has this SKU", other)}
	}
	g.bySKU[sku] = l.number
	return nil
}
