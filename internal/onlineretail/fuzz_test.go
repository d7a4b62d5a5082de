package onlineretail

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzReader feeds the reader with anything, plain and gzipped, behind a true
// header. It must end, and what it accepts must keep the promises of Row.
func FuzzReader(f *testing.F) {
	small, err := os.ReadFile("testdata/small.csv")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(small)) {
		f.Add([]byte(line))
	}
	f.Add([]byte("536365,1,\"a\"\"b\",-1,2011-03-27T01:30:00,-0.001,,X\n\"\n,,,,,,,\n"))
	f.Add([]byte("\x1f\x8b\x08"))
	f.Fuzz(func(t *testing.T, input []byte) {
		text := append([]byte(Header+"\n"), input...)
		plain, plainBad := drain(t, bytes.NewReader(text))
		packed, packedBad := drain(t, bytes.NewReader(zipped(t, string(text))))
		if plain != packed || plainBad != packedBad {
			t.Errorf("plain gives %d rows and %d errors, gzipped %d and %d", plain, plainBad, packed, packedBad)
		}
		_, _ = Collect(bytes.NewReader(text)) // ends without a panic, whatever it says
		_, _ = Collect(bytes.NewReader(input))
	})
}

func drain(t *testing.T, r io.Reader) (good, bad int) {
	t.Helper()
	reader, err := NewReader(r)
	if err != nil {
		t.Fatalf("the header was true, but: %v", err)
	}
	last := 1
	for {
		row, err := reader.Read()
		var rowErr *RowError
		switch {
		case errors.Is(err, io.EOF):
			return good, bad
		case errors.As(err, &rowErr):
			bad++
			row.Line = rowErr.Line
		case err != nil:
			t.Fatalf("final error: %v", err)
		default:
			good++
			checkRow(t, row)
		}
		if row.Line <= last {
			t.Fatalf("line %d comes after line %d", row.Line, last)
		}
		last = row.Line
	}
}

func checkRow(t *testing.T, row Row) {
	t.Helper()
	if row.Quantity > MaxQuantity || row.Quantity < -MaxQuantity || row.UnitPrice > MaxPrice || row.UnitPrice < -MaxPrice {
		t.Errorf("out of bounds: %+v", row)
	}
	if row.InvoiceDate.Location() != time.UTC || row.InvoiceNo == "" || row.StockCode == "" || row.Country == "" {
		t.Errorf("incomplete: %+v", row)
	}
	if !utf8.ValidString(row.Description) || strings.ContainsRune(row.Description, 0) {
		t.Errorf("no text: %q", row.Description)
	}
	again, err := ParsePrice(row.UnitPrice.String())
	if err != nil || again != row.UnitPrice {
		t.Errorf("price %d is written %s and read back as %d, %v", row.UnitPrice, row.UnitPrice, again, err)
	}
	if row.Kind() != Sale {
		return
	}
	if line := row.OrderLine(); line.Total < 0 || line.Title == "" && line.StockCode != "" {
		t.Errorf("sale row %+v becomes %+v", row, line)
	}
}
