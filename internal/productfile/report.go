package productfile

import (
	"fmt"
	"strings"
)

// Result is what became of a row.
type Result string

// The results. Where a row is rejected, so are all of its product.
const (
	Created   Result = "created"
	Updated   Result = "updated"
	Unchanged Result = "unchanged"
	Rejected  Result = "rejected"
)

// Row is a row of the file, and what became of it.
type Row struct {
	Line   int    `json:"line"`
	Slug   string `json:"slug"`
	SKU    string `json:"sku,omitempty"`
	Result Result `json:"result"`
	// Changed are the columns that were changed.
	Changed []string `json:"changed,omitempty"`
	// Field and Reason say why the row is rejected.
	Field  string `json:"field,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Report says what became of each row, in the order of the products.
type Report struct {
	File   string `json:"file"`
	DryRun bool   `json:"dryRun"`
	Rows   []Row  `json:"rows"`
}

func (r *Report) count(result Result) int {
	n := 0
	for _, row := range r.Rows {
		if row.Result == result {
			n++
		}
	}
	return n
}

// Err tells when rows were rejected.
func (r *Report) Err() error {
	if n := r.count(Rejected); n > 0 {
		return fmt.Errorf("%d of %d rows of %s were rejected, and their products left as they are", n, len(r.Rows), r.File)
	}
	return nil
}

// String is the report for people. Rows that change nothing are counted only.
func (r *Report) String() string {
	var b strings.Builder
	for _, row := range r.Rows {
		if row.Result == Unchanged {
			continue
		}
		fmt.Fprintf(&b, "line %d: %s", row.Line, row.Slug)
		if row.SKU != "" {
			b.WriteString(" " + row.SKU)
		}
		b.WriteString(": " + string(row.Result))
		if len(row.Changed) > 0 {
			b.WriteString(" " + strings.Join(row.Changed, ", "))
		}
		if row.Reason != "" {
			b.WriteString(": " + row.Field + ": " + row.Reason)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%d rows: %d created, %d updated, %d unchanged, %d rejected\n",
		len(r.Rows), r.count(Created), r.count(Updated), r.count(Unchanged), r.count(Rejected))
	if r.DryRun {
		b.WriteString("This was a dry run: nothing of it was kept\n")
	}
	return b.String()
}
