package history

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"galley/internal/money"
	"galley/internal/onlineretail"
)

// Count is what became of the file's products, customers or orders.
type Count struct {
	New     int `json:"new"`
	Changed int `json:"changed"`
	Same    int `json:"same"` // there already, and left alone
}

func (c Count) sum() int64 { return int64(c.New + c.Changed + c.Same) }

func (c *Count) plus(other Count) {
	c.New += other.New
	c.Changed += other.Changed
	c.Same += other.Same
}

// Report accounts for every row of a file: each became a line, is a line of an order that was there
// already, or is rejected.
type Report struct {
	File string `json:"file"`
	Rows int    `json:"rows"`

	Lines      int `json:"lines"`
	LinesThere int `json:"linesThere"`

	Cancellations      int `json:"cancellations"`
	StockCorrections   int `json:"stockCorrections"`
	ZeroPrices         int `json:"zeroPrices"`
	Adjustments        int `json:"adjustments"`
	Others             int `json:"others"`
	Unreadable         int `json:"unreadable"`
	OfRejectedInvoices int `json:"ofRejectedInvoices"`

	Products  Count `json:"products"`
	Drafts    int   `json:"drafts"`
	Customers Count `json:"customers"`
	Orders    Count `json:"orders"`
	// LinesWithoutProduct and Total are of all orders of the file, new or not.
	LinesWithoutProduct int           `json:"linesWithoutProduct"`
	Total               money.Decimal `json:"total"`
	RejectedFile        string        `json:"rejectedFile,omitempty"`
	Seconds             float64       `json:"seconds"`
	RowsPerSecond       int           `json:"rowsPerSecond"`

	total           int64
	firstUnreadable *onlineretail.RowError
}

func (r *Report) reject(kind onlineretail.Kind) {
	switch kind {
	case onlineretail.Cancellation:
		r.Cancellations++
	case onlineretail.StockCorrection:
		r.StockCorrections++
	case onlineretail.ZeroPrice:
		r.ZeroPrices++
	case onlineretail.Adjustment:
		r.Adjustments++
	default:
		r.Others++
	}
}

// rejected is how many rows became no line.
func (r *Report) rejected() int {
	return r.Cancellations + r.StockCorrections + r.ZeroPrices + r.Adjustments + r.Others + r.Unreadable + r.OfRejectedInvoices
}

// sales is how many rows are yet to become lines, or have.
func (r *Report) sales() int { return r.Rows - r.rejected() }

// order notes an order of the file.
func (r *Report) order(o onlineretail.Order, there bool) error {
	if there {
		r.Orders.Same++
		r.LinesThere += len(o.Lines)
	} else {
		r.Orders.New++
		r.Lines += len(o.Lines)
	}
	for _, line := range o.Lines {
		if line.SKU == "" {
			r.LinesWithoutProduct++
		}
	}
	if o.Total > math.MaxInt64-r.total {
		return fmt.Errorf("the total of all orders overflows at order %s", o.Number)
	}
	r.total += o.Total
	return nil
}

func (r *Report) finish(file, rejectedFile string, took time.Duration) {
	r.File, r.RejectedFile = file, rejectedFile
	r.Total = money.Money{Amount: money.Minor(r.total), Currency: Currency}.Decimal()
	r.Seconds = math.Round(took.Seconds()*1000) / 1000
	r.RowsPerSecond = int(float64(r.Rows) / max(took.Seconds(), 0.001))
}

// check makes sure that no row is lost.
func (r *Report) check() error {
	if sum := r.Lines + r.LinesThere + r.rejected(); sum != r.Rows {
		return fmt.Errorf("the report accounts for %d of %d rows", sum, r.Rows)
	}
	return nil
}

// Err tells when rows could not be read: what they say is missing in the shop.
func (r *Report) Err() error {
	if r.Unreadable == 0 {
		return nil
	}
	return fmt.Errorf("%d rows of %s cannot be read, and their invoices were left out; %s lists them; the first: %w",
		r.Unreadable, r.File, r.RejectedFile, r.firstUnreadable)
}

// String is the report for people.
func (r *Report) String() string {
	var b strings.Builder
	row := func(n int, text string, args ...any) {
		fmt.Fprintf(&b, "%12s %s\n", grouped(n), fmt.Sprintf(text, args...))
	}
	fmt.Fprintf(&b, "%s\n\n", r.File)
	row(r.Rows, "rows read")
	row(r.Lines, "became order lines")
	row(r.LinesThere, "are lines of orders that were there already")
	where := ""
	if r.RejectedFile != "" {
		where = ", listed in " + r.RejectedFile
	}
	row(r.rejected(), "rejected%s", where)
	for _, kind := range []struct {
		n    int
		text string
	}{
		{r.Cancellations, "cancellations"}, {r.StockCorrections, "stock corrections"}, {r.ZeroPrices, "without a price"},
		{r.Adjustments, "adjustments"}, {r.Others, "others"}, {r.Unreadable, "unreadable"}, {r.OfRejectedInvoices, "of invoices that are left out"},
	} {
		if kind.n > 0 {
			row(kind.n, "  %s", kind.text)
		}
	}
	b.WriteByte('\n')
	count := func(c Count, text string) {
		row(int(c.sum()), "%s: %s new, %s changed, %s as they were", text, grouped(c.New), grouped(c.Changed), grouped(c.Same))
	}
	count(r.Products, fmt.Sprintf("products (%s drafts)", grouped(r.Drafts)))
	count(r.Customers, "customers")
	row(int(r.Orders.sum()), "orders: %s new, %s already there", grouped(r.Orders.New), grouped(r.Orders.Same))
	row(r.Lines+r.LinesThere, "lines (%s without a product), £%s in all", grouped(r.LinesWithoutProduct), groupedDecimal(r.Total))
	fmt.Fprintf(&b, "\n%.1f s, %s rows a second\n", r.Seconds, grouped(r.RowsPerSecond))
	return b.String()
}

// grouped writes a number with commas between its thousands.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

func groupedDecimal(d money.Decimal) string {
	whole, fraction, _ := strings.Cut(string(d), ".")
	n, err := strconv.Atoi(whole)
	if err != nil {
		return string(d)
	}
	return grouped(n) + "." + fraction
}
