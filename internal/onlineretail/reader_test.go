package onlineretail

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the tests run where no time zone database is installed
)

const goodRow = "536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,2010-12-01T08:26:00,2.55,17850,United Kingdom"

// readAll reads a whole file and gives its rows, its row errors and the final error.
func readAll(t *testing.T, r io.Reader) (rows []Row, bad []*RowError, final error) {
	t.Helper()
	reader, err := NewReader(r)
	if err != nil {
		return nil, nil, err
	}
	for {
		row, err := reader.Read()
		var rowErr *RowError
		switch {
		case err == nil:
			rows = append(rows, row)
		case errors.As(err, &rowErr):
			bad = append(bad, rowErr)
		case errors.Is(err, io.EOF):
			return rows, bad, nil
		default:
			return rows, bad, err
		}
	}
}

func file(rows ...string) io.Reader {
	return strings.NewReader(Header + "\n" + strings.Join(rows, "\n") + "\n")
}

func zipped(t testing.TB, text string) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func TestReaderReadsRows(t *testing.T) {
	t.Parallel()
	want := Row{
		Line: 2, InvoiceNo: "536365", StockCode: "85123A", Description: "WHITE HANGING HEART T-LIGHT HOLDER", Quantity: 6,
		InvoiceDate: time.Date(2010, 12, 1, 8, 26, 0, 0, time.UTC), UnitPrice: 2550, CustomerID: "17850", Country: "United Kingdom",
	}
	for name, r := range map[string]io.Reader{
		"plain":                       file(goodRow),
		"gzipped":                     bytes.NewReader(zipped(t, Header+"\n"+goodRow+"\n")),
		"without a last line end":     strings.NewReader(Header + "\n" + goodRow),
		"with the line ends of DOS":   strings.NewReader(Header + "\r\n" + goodRow + "\r\n"),
		"with a byte order mark":      strings.NewReader("\ufeff" + Header + "\n" + goodRow + "\n"),
		"with every field in quotes":  file(`"` + strings.ReplaceAll(goodRow, ",", `","`) + `"`),
		"with blank lines at the end": file(goodRow, "", ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, bad, err := readAll(t, r)
			if err != nil || len(bad) != 0 || len(rows) != 1 || rows[0] != want {
				t.Errorf("got %+v, %v, %v; want %+v", rows, bad, err, want)
			}
		})
	}
	t.Run("a time in summer is an hour ahead of UTC", func(t *testing.T) {
		t.Parallel()
		rows, _, _ := readAll(t, file(strings.Replace(goodRow, "2010-12-01", "2011-07-01", 1)))
		if want := time.Date(2011, 7, 1, 7, 26, 0, 0, time.UTC); len(rows) != 1 || rows[0].InvoiceDate != want {
			t.Errorf("got %+v, want %v", rows, want)
		}
	})
	t.Run("quotes, commas and blanks in a description stay", func(t *testing.T) {
		t.Parallel()
		rows, bad, _ := readAll(t, file(strings.Replace(goodRow, "WHITE HANGING HEART T-LIGHT HOLDER", `" 7"" FRAME, ""BLACK"" "`, 1)))
		if len(rows) != 1 || rows[0].Description != ` 7" FRAME, "BLACK" ` {
			t.Errorf("got %+v, %v", rows, bad)
		}
	})
}

func TestReaderRefusesFiles(t *testing.T) {
	t.Parallel()
	whole := zipped(t, Header+"\n"+strings.Repeat(goodRow+"\n", 1000))
	for name, input := range map[string][]byte{
		"that are empty":                 nil,
		"with another header":            []byte("id,name\n1,2\n"),
		"with columns in another order":  []byte(strings.Replace(Header, "InvoiceNo,StockCode", "StockCode,InvoiceNo", 1) + "\n" + goodRow),
		"that are one endless line":      bytes.Repeat([]byte("x"), 3*MaxLine),
		"that are binary":                {0x7f, 'E', 'L', 'F', 0, 1, 2, 3, 255, 254},
		"that only claim to be gzip":     {0x1f, 0x8b, 'x', 'y'},
		"that end in the gzip header":    whole[:5],
		"that are cut off while packed":  whole[:len(whole)/2],
		"with a broken gzip checksum":    append(bytes.Clone(whole[:len(whole)-8]), 1, 2, 3, 4, 5, 6, 7, 8),
		"with rubbish behind the packed": append(bytes.Clone(whole), "rubbish"...),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, _, err := readAll(t, bytes.NewReader(input))
			if err == nil {
				t.Errorf("read %d rows without an error", len(rows))
			}
		})
	}
	t.Run("and gives out no row that was cut off", func(t *testing.T) {
		t.Parallel()
		cut := io.MultiReader(file(goodRow), strings.NewReader(goodRow[:len(goodRow)-3]), failing{})
		rows, bad, err := readAll(t, cut)
		if !errors.Is(err, errFailing) || len(rows) != 1 || len(bad) != 0 {
			t.Errorf("got %d rows, %v, %v", len(rows), bad, err)
		}
	})
	t.Run("and repeats its final error", func(t *testing.T) {
		t.Parallel()
		reader, err := NewReader(io.MultiReader(file(), failing{}))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := reader.Read(); !errors.Is(err, errFailing) {
				t.Errorf("got %v", err)
			}
		}
	})
}

var errFailing = errors.New("the disk is gone")

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errFailing }

func TestReaderRejectsRows(t *testing.T) {
	t.Parallel()
	with := func(old, replacement string) string { return strings.Replace(goodRow, old, replacement, 1) }
	for name, row := range map[string]string{
		"with a column too few":              with(",United Kingdom", ""),
		"with a column too many":             goodRow + ",x",
		"with a quote that never closes":     with("WHITE", `"WHITE`),
		"with a quote inside":                with("WHITE", `WH"ITE`),
		"with text behind a quote":           with("WHITE HANGING", `"WHITE" HANGING`),
		"without an invoice":                 with("536365", ""),
		"with an endless invoice":            with("536365", strings.Repeat("5", 100)),
		"without a stock code":               with("85123A", ""),
		"with a quantity that is no number":  with(",6,", ",six,"),
		"with a quantity in parts":           with(",6,", ",6.5,"),
		"with a quantity with a plus":        with(",6,", ",+6,"),
		"without a quantity":                 with(",6,", ",,"),
		"with a quantity beyond all bounds":  with(",6,", ",99999999999999999999,"),
		"with a quantity far below zero":     with(",6,", ",-99999999999999999999,"),
		"with a quantity just out of bounds": with(",6,", ",100000001,"),
		"with a time that is none":           with("2010-12-01T08:26:00", "2010-13-01T08:26:00"),
		"with a fraction of a second":        with("08:26:00", "08:26:00.5"),
		"with a time zone":                   with("08:26:00", "08:26:00Z"),
		"without a time":                     with("2010-12-01T08:26:00", ""),
		"with a time of long ago":            with("2010-12-01", "0000-12-01"),
		"with a price that is no number":     with("2.55", "cheap"),
		"with a price beyond all bounds":     with("2.55", "99999999999999999999"),
		"with a price far below zero":        with("2.55", "-99999999999999999999"),
		"with a customer who is no number":   with("17850", "Smith"),
		"without a country":                  with("United Kingdom", ""),
		"with bytes that are no text":        with("WHITE", "\xff\xfe"),
		"with a NUL":                         with("WHITE", "\x00"),
		"with an escape sequence":            with("WHITE", "\x1b[2J"),
		"that are too long":                  with("WHITE", strings.Repeat("W", MaxLine)),
		"that are far too long":              with("WHITE", strings.Repeat("W", 10*MaxLine)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, bad, err := readAll(t, file(goodRow, row, goodRow))
			if err != nil || len(rows) != 2 || len(bad) != 1 {
				t.Fatalf("got %d rows, %v, %v; want the two rows around it", len(rows), bad, err)
			}
			if rows[0].Line != 2 || bad[0].Line != 3 || rows[1].Line != 4 {
				t.Errorf("lines are %d, %d, %d", rows[0].Line, bad[0].Line, rows[1].Line)
			}
			if !strings.HasPrefix(row, bad[0].Text) || len(bad[0].Text) > MaxLine {
				t.Errorf("the text of the row is %.100q", bad[0].Text)
			}
			if len(bad[0].Error()) > 200 {
				t.Errorf("the message has %d bytes", len(bad[0].Error()))
			}
		})
	}
}

// Not parallel: it measures what the whole process allocates.
func TestReaderKeepsLittleInMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	long := io.LimitReader(endless{}, 1<<30) // a gigabyte in one line
	rows, bad, err := readAll(t, io.MultiReader(file(goodRow), long, strings.NewReader("\n"+goodRow+"\n")))
	if err != nil || len(rows) != 2 || len(bad) != 1 || !errors.Is(bad[0], ErrLineTooLong) {
		t.Fatalf("got %d rows, %d rejected, %v", len(rows), len(bad), err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("reading allocated %d bytes", used)
	}
	if len(bad[0].Text) != MaxLine {
		t.Errorf("kept %d bytes of the line", len(bad[0].Text))
	}
}

// endless is a stream of x, which it hands out as fast as it can.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, xs), nil }

// xs is as long as what a Reader asks for at a time.
var xs = strings.Repeat("x", MaxLine)
