package onlineretail

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// The columns of the file, in their order.
const (
	colInvoiceNo = iota
	colStockCode
	colDescription
	colQuantity
	colInvoiceDate
	colUnitPrice
	colCustomerID
	colCountry
	columns
)

const (
	timeLayout = "2006-01-02T15:04:05"
	// maxCode bounds invoice numbers, stock codes and customers.
	maxCode = 20
	// maxDescription bounds descriptions, in characters: a product's title has no more.
	maxDescription = 300
	// Years outside these bounds are not dates of a shop.
	firstYear, lastYear = 1970, 2199
)

// zone is that of the file's times.
var zone = sync.OnceValues(func() (*time.Location, error) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		return nil, fmt.Errorf("load time zone: %w", err)
	}
	return london, nil
})

// ParseRow reads one line of the file, without its end; its number is noted in the row. The error names
// the column where one is at fault.
func ParseRow(text string, line int) (Row, error) {
	london, err := zone()
	if err != nil {
		return Row{}, err
	}
	if err := checkText(text); err != nil {
		return Row{}, err
	}
	var room [columns]string
	fields, err := split(text, room[:0])
	if err != nil {
		return Row{}, err
	}
	row, err := parse(fields, london)
	row.Line = line
	return row, err
}

// InvoiceOf tells the invoice that a line belongs to, as far as it can be made out although the rest of
// the line may not be readable; "" if it is not six digits.
func InvoiceOf(text string) string {
	number, _, _ := strings.Cut(strings.TrimPrefix(text, `"`), ",")
	number = strings.TrimSuffix(number, `"`)
	if invoiceMark(number) != ordinary {
		return ""
	}
	return number
}

// parse types the fields of one line. Its errors name the column.
func parse(fields []string, london *time.Location) (Row, error) {
	if len(fields) != columns {
		return Row{}, fmt.Errorf("%d columns where there should be %d", len(fields), columns)
	}
	row := Row{
		InvoiceNo:   fields[colInvoiceNo],
		StockCode:   fields[colStockCode],
		Description: fields[colDescription],
		CustomerID:  fields[colCustomerID],
		Country:     Country(fields[colCountry]),
	}
	if row.InvoiceNo == "" || len(row.InvoiceNo) > maxCode {
		return Row{}, wrong("InvoiceNo", row.InvoiceNo, errors.New("not an invoice number"))
	}
	if row.StockCode == "" || len(row.StockCode) > maxCode {
		return Row{}, wrong("StockCode", row.StockCode, errors.New("not a stock code"))
	}
	if utf8.RuneCountInString(row.Description) > maxDescription {
		return Row{}, wrong("Description", row.Description, fmt.Errorf("longer than %d characters", maxDescription))
	}
	if row.CustomerID != "" && (len(row.CustomerID) > maxCode || !allDigits(row.CustomerID)) {
		return Row{}, wrong("CustomerID", row.CustomerID, errors.New("not a number"))
	}
	if row.Country == "" {
		return Row{}, wrong("Country", "", errors.New("missing"))
	}
	var err error
	if row.Quantity, err = parseQuantity(fields[colQuantity]); err != nil {
		return Row{}, wrong("Quantity", fields[colQuantity], err)
	}
	if row.InvoiceDate, err = parseTime(fields[colInvoiceDate], london); err != nil {
		return Row{}, wrong("InvoiceDate", fields[colInvoiceDate], err)
	}
	if row.UnitPrice, err = ParsePrice(fields[colUnitPrice]); err != nil {
		return Row{}, wrong("UnitPrice", fields[colUnitPrice], err)
	}
	return row, nil
}

func wrong(column, value string, err error) error {
	return fmt.Errorf("%s %.40q: %w", column, value, err)
}

func parseQuantity(text string) (int64, error) {
	quantity, err := strconv.ParseInt(text, 10, 64)
	if errors.Is(err, strconv.ErrRange) || quantity > MaxQuantity || quantity < -MaxQuantity {
		return 0, fmt.Errorf("beyond %d", MaxQuantity)
	}
	if err != nil || text[0] == '+' {
		return 0, errors.New("not a whole number")
	}
	return quantity, nil
}

// parseTime reads London wall-clock time. An hour that the clocks repeat in
// autumn is read as its first passing or its second, whichever package time
// takes; the shop never sold at that hour.
func parseTime(text string, london *time.Location) (time.Time, error) {
	// The length is checked because package time takes fractions of a second
	// that its layout does not mention.
	at, err := time.ParseInLocation(timeLayout, text, london)
	if err != nil || len(text) != len(timeLayout) {
		return time.Time{}, errors.New("not a time such as 2010-12-01T08:26:00")
	}
	if at.Year() < firstYear || at.Year() > lastYear {
		return time.Time{}, fmt.Errorf("year outside %d to %d", firstYear, lastYear)
	}
	return at.UTC(), nil
}

// checkText refuses what no database column of text should be given.
func checkText(line string) error {
	if !utf8.ValidString(line) {
		return errors.New("not UTF-8")
	}
	for _, c := range line {
		if unicode.IsControl(c) && c != '\t' {
			return fmt.Errorf("control character %U", c)
		}
	}
	return nil
}
