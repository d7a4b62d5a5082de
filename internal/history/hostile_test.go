package history_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/history"
	"galley/internal/onlineretail"
)

func TestAFileThatIsNoneIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	t.Parallel()
	good := []byte(onlineretail.Header + "\n" + strings.Repeat(row+"\n", 3000))
	packed := zipped(t, good)
	broken := bytes.Clone(packed)
	broken[len(broken)-6]++ // the checksum
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, c := range []struct {
			name  string
			input []byte
			says  string
		}{
			{"an empty file", nil, "it is empty"},
			{"another header", []byte("id,name\n1,2\n"), `it is "id,name", not "InvoiceNo,`},
			{"columns in another order", bytes.Replace(good, []byte("InvoiceNo,StockCode"), []byte("StockCode,InvoiceNo"), 1), "not the header"},
			{"a binary", []byte{0x7f, 'E', 'L', 'F', 0, 1, 2, 3, 255, 254}, "not the header"},
			{"what only claims to be gzip", []byte{0x1f, 0x8b, 'x', 'y'}, "unpack"},
			{"gzip that is cut off", packed[:len(packed)/2], "read after line"},
			{"gzip with a wrong checksum", broken, "nothing was imported"},
			{"gzip in gzip", zipped(t, packed), "not the header"},
			{"rows of another width", []byte(onlineretail.Header + "\n1,2,3\n4,5,6\n"), "line 2: 3 columns where there should be 8"},
			{"rows that cannot be read at all", []byte(onlineretail.Header + "\n\"\n\"\n"), "none of its 2 rows can be read"},
		} {
			_, err := history.Import(t.Context(), db, history.Source{Name: "shop.csv", Reader: bytes.NewReader(c.input)}, options(t))
			if err == nil || !strings.Contains(err.Error(), "shop.csv") || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v, which does not say %q", c.name, err, c.says)
			}
			if s := state(t, db); s != "" {
				t.Errorf("%s: wrote\n%s", c.name, s)
			}
		}
	})
}

func TestARowThatCannotBeReadKeepsItsInvoiceOut(t *testing.T) {
	t.Parallel()
	in := func(invoice, text string) string { return strings.Replace(text, "536365", invoice, 1) }
	rows := []string{in("536001", row), in("536001", row)}
	cases := []struct{ name, row, says string }{
		{"a broken quote", strings.Replace(row, "WHITE", `WHI"TE`, 1), "a quote inside a field that is not quoted"},
		{"an open quote", strings.Replace(row, "WHITE", `"WHITE`, 1), "a quoted field that does not end on its line"},
		{"a column too few", strings.TrimSuffix(row, ",United Kingdom"), "7 columns"},
		{"a column too many", row + ",x", "9 columns"},
		{"an overflowing quantity", strings.Replace(row, ",6,", ",99999999999999999999,", 1), "Quantity"},
		{"an enormous quantity", strings.Replace(row, ",6,", ",100000001,", 1), "Quantity"},
		{"an overflowing price", strings.Replace(row, "2.55", "99999999999999999999", 1), "UnitPrice"},
		{"a fourth decimal place", strings.Replace(row, "2.55", "2.5501", 1), "UnitPrice"},
		{"a price that is no number", strings.Replace(row, "2.55", "NaN", 1), "UnitPrice"},
		{"a day that does not exist", strings.Replace(row, "2010-12-01", "2010-02-30", 1), "InvoiceDate"},
		{"a year out of range", strings.Replace(row, "2010-12-01", "0001-12-01", 1), "InvoiceDate"},
		{"a year far ahead", strings.Replace(row, "2010-12-01", "2999-12-01", 1), "InvoiceDate"},
		{"a NUL byte", strings.Replace(row, "WHITE", "WHI\x00TE", 1), "control character"},
		{"bytes that are not UTF-8", strings.Replace(row, "WHITE", "WHI\xffTE", 1), "not UTF-8"},
		{"a description without end", strings.Replace(row, "WHITE", strings.Repeat("x", 301), 1), "Description"},
		{"a line without end", strings.Replace(row, "WHITE", strings.Repeat("x", onlineretail.MaxLine), 1), "longer than"},
		{"a customer who is no number", strings.Replace(row, "17850", "x@y.z", 1), "CustomerID"},
	}
	for i, c := range cases {
		number := fmt.Sprint(536101 + i)
		rows = append(rows, in(number, row), in(number, c.row))
	}
	rows = append(rows, "garbage", in("536002", row))
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		o := options(t)
		r := mustImport(t, db, source(rows...), o)
		n := len(cases)
		if r.Rows != 4+2*n || r.Unreadable != n+1 || r.OfRejectedInvoices != n || r.Lines != 3 || r.Orders.New != 2 {
			t.Errorf("got %+v", r)
		}
		if err := r.Err(); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%d rows", n+1)) || !strings.Contains(err.Error(), "line 5: ") {
			t.Errorf("got %v", err)
		}
		listed := map[string]string{}
		for _, l := range readList(t, o.Rejected)[1:] {
			listed[l[0]] = l[1]
		}
		for i, c := range cases {
			line := 4 + 2*i
			if got := listed[fmt.Sprint(line)]; got != "its invoice has a row that cannot be read" {
				t.Errorf("%s: the row before it is listed for %q", c.name, got)
			}
			if got := listed[fmt.Sprint(line+1)]; !strings.Contains(got, c.says) {
				t.Errorf("%s: listed for %q, not %q", c.name, got, c.says)
			}
		}
		t.Run("until it is mended", func(t *testing.T) {
			mended := append([]string{}, rows[:2]...)
			for i := range cases {
				mended = append(mended, in(fmt.Sprint(536101+i), row), in(fmt.Sprint(536101+i), row))
			}
			mended = append(mended, in("536002", row))
			if r := mustImport(t, db, source(mended...), options(t)); r.Orders.New != n || r.Orders.Same != 2 || r.Err() != nil {
				t.Errorf("got %+v", r)
			}
			fresh := databasetest.New(t, databasetest.SQLite)
			mustImport(t, fresh, source(mended...), options(t))
			compare(t, state(t, db), state(t, fresh))
		})
	})
}

func TestInvoicesBeyondAllBoundsAreLeftOut(t *testing.T) {
	t.Parallel()
	huge := strings.Replace(strings.Replace(row, ",6,", ",100000000,", 1), ",2.55,", ",10000000,", 1)
	var rows []string
	for range 100 {
		rows = append(rows, huge) // a total beyond an int64
	}
	for range 10_001 {
		rows = append(rows, strings.Replace(row, "536365", "536366", 1))
	}
	rows = append(rows, strings.Replace(row, "536365", "536367", 1))
	db := databasetest.New(t, databasetest.SQLite)
	o := options(t)
	r := mustImport(t, db, source(rows...), o)
	if r.Orders.New != 1 || r.Lines != 1 || r.OfRejectedInvoices != 10_101 || len(readList(t, o.Rejected)) != 10_102 {
		t.Errorf("got %+v", r)
	}
}

func TestFilesOfOtherProgramsAreRead(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, databasetest.SQLite)
	dos := "\ufeff" + onlineretail.Header + "\r\n" + row + "\r\n\r\n"
	if r := mustImport(t, db, history.Source{Reader: strings.NewReader(dos)}, options(t)); r.Rows != 1 || r.Lines != 1 {
		t.Errorf("got %+v", r)
	}
	if r := mustImport(t, db, source(), options(t)); r.Rows != 0 || r.RejectedFile != "" {
		t.Errorf("a file without rows: %+v", r)
	}
}

func TestAListThatIsNotNeededIsNotMade(t *testing.T) {
	t.Parallel()
	o := options(t)
	mustImport(t, databasetest.New(t, databasetest.SQLite), source(row), o)
	if _, err := os.Stat(o.Rejected); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// behindHeader is a file whose rows are a stream.
func behindHeader(r io.Reader) io.Reader {
	return io.MultiReader(strings.NewReader(onlineretail.Header+"\n"), r)
}
