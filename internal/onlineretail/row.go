package onlineretail

import "time"

// Row is one line of the file, its fields typed. What it means is said by
// [Row.Kind].
type Row struct {
	// Line is the number of the line in the file; the header is line 1.
	Line int
	// InvoiceNo is six digits, with a letter before them where the invoice
	// is a cancellation (C) or an adjustment (A).
	InvoiceNo string
	// StockCode is the code as written; see [SKU].
	StockCode string
	// Description is the text as written, blanks around it included; see [Title].
	Description string
	// Quantity is the number of pieces, negative for what went back.
	Quantity int64
	// InvoiceDate is the invoice's time in UTC. The file has London wall-clock time.
	InvoiceDate time.Time
	// UnitPrice is the price of one piece.
	UnitPrice Price
	// CustomerID is empty where the invoice names no customer.
	CustomerID string
	// Country is where the customer resides.
	Country Country
}

// Kind says what a row stands for.
type Kind uint8

// The kinds of rows. Each row has exactly one.
const (
	// Other is a row that fits none of the kinds below.
	Other Kind = iota
	// Sale is a line of an ordinary invoice with pieces and a price.
	Sale
	// Cancellation is a line of an invoice that takes a sale back.
	Cancellation
	// StockCorrection takes pieces away without a price: damaged, lost, counted anew.
	StockCorrection
	// ZeroPrice has pieces and no price: found goods, samples, notes by the staff.
	ZeroPrice
	// Adjustment is bookkeeping, such as a bad debt.
	Adjustment
)

// String gives the kind's name in words.
func (k Kind) String() string {
	switch k {
	case Sale:
		return "sale"
	case Cancellation:
		return "cancellation"
	case StockCorrection:
		return "stock correction"
	case ZeroPrice:
		return "zero price"
	case Adjustment:
		return "adjustment"
	default:
		return "other"
	}
}

// Kind classifies the row.
func (r Row) Kind() Kind {
	switch mark := invoiceMark(r.InvoiceNo); {
	case mark == 'C':
		return Cancellation
	case mark == 'A':
		return Adjustment
	case mark != ordinary:
		return Other
	case r.Quantity > 0 && r.UnitPrice > 0:
		return Sale
	case r.Quantity > 0 && r.UnitPrice == 0:
		return ZeroPrice
	case r.Quantity < 0 && r.UnitPrice == 0:
		return StockCorrection
	default:
		return Other
	}
}

// ordinary is the mark of an invoice number that is six digits and nothing else.
const ordinary byte = '0'

// invoiceMark gives ordinary for six digits, the capital letter for a letter
// with six digits behind it, and 0 for anything else.
func invoiceMark(number string) byte {
	const digits = 6
	switch len(number) {
	case digits:
		if allDigits(number) {
			return ordinary
		}
	case digits + 1:
		if isLetter(number[0]) && allDigits(number[1:]) {
			return upper(number[0])
		}
	}
	return 0
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func isLetter(c byte) bool { return 'A' <= upper(c) && upper(c) <= 'Z' }

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - ('a' - 'A')
	}
	return c
}
