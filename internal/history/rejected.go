package history

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"unicode"

	"galley/internal/onlineretail"
)

// rejected is the list of rows that became no line, as CSV: line, reason, and the row as it is written
// but for characters that no text has.
type rejected struct {
	path string
	file *os.File
	rows *csv.Writer
}

func (r *rejected) add(line int, reason, text string) error {
	if r.file == nil {
		file, err := os.Create(r.path)
		if err != nil {
			return fmt.Errorf("list rejected rows: %w", err)
		}
		r.file, r.rows = file, csv.NewWriter(file)
		r.write("line", "reason", "row")
	}
	r.write(strconv.Itoa(line), reason, printable(text))
	if err := r.rows.Error(); err != nil {
		return fmt.Errorf("list rejected rows: %w", err)
	}
	return nil
}

func (r *rejected) write(cells ...string) { _ = r.rows.Write(cells) } // its error is that of Error

// name is where the list is, "" if there is none.
func (r *rejected) name() string {
	if r.file == nil {
		return ""
	}
	return r.path
}

func (r *rejected) close() error {
	if r.file == nil {
		return nil
	}
	r.rows.Flush()
	if err := errors.Join(r.rows.Error(), r.file.Close()); err != nil {
		return fmt.Errorf("list rejected rows: %w", err)
	}
	return nil
}

func printable(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\t' {
			return unicode.ReplacementChar
		}
		return c
	}, strings.ToValidUTF8(text, string(unicode.ReplacementChar)))
}

// reason says why a row that can be read is no line.
func reason(kind onlineretail.Kind) string {
	switch kind {
	case onlineretail.Cancellation:
		return "cancellation: nothing says which sale it takes back"
	case onlineretail.StockCorrection:
		return "stock correction: a negative quantity without a price"
	case onlineretail.ZeroPrice:
		return "zero price: nothing was sold"
	case onlineretail.Adjustment:
		return "adjustment: bookkeeping"
	default:
		return "other: neither a sale nor anything known"
	}
}
