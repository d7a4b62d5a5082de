package history_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"galley/internal/database/databasetest"
	"galley/internal/history"
	"galley/internal/onlineretail"
)

// These tests measure the heap, and so run by themselves: none of them is parallel.

const mebibyte = 1 << 20

// heap is what is in use after a collection.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// peak imports a file, and returns the most that was in use at any time that progress was shown.
func peak(t *testing.T, engine databasetest.Engine, from history.Source) (most uint64, r *history.Report, err error) {
	t.Helper()
	db := databasetest.New(t, engine)
	o := options(t)
	before := heap()
	o.Progress = func(string, int64, int64) { most = max(most, heap()-min(before, heap())) }
	r, err = history.Import(t.Context(), db, from, o.WithLittleMemory())
	return most, r, err
}

var longName = strings.Repeat("X", 250)

// invented is a file of so many rows: ten to an invoice, and of the same hundred products and customers.
type invented struct {
	rows, at int
	rest     []byte
}

func (f *invented) Read(p []byte) (int, error) {
	if len(f.rest) == 0 {
		if f.at == f.rows {
			return 0, io.EOF
		}
		// Rows of an invoice stand far apart.
		f.rest = fmt.Appendf(f.rest, "%06d,%05d,WHAT IS SOLD UNDER THIS NAME %d %s,3,2010-12-01T08:26:00,2.55,%05d,United Kingdom\n",
			f.at%(f.rows/10), 10000+f.at%100, f.at%300, longName, 12000+f.at%100)
		f.at++
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			var most [2]uint64
			for i, rows := range []int{4000, 16_000} {
				var r *history.Report
				var err error
				most[i], r, err = peak(t, engine, history.Source{Reader: behindHeader(&invented{rows: rows})})
				if err != nil || r.Lines != rows {
					t.Fatalf("%+v, %v", r, err)
				}
			}
			// 12,000 rows more would take 4 MB.
			if most[1] > most[0]+2*mebibyte {
				t.Errorf("%d KB for 4,000 rows, %d KB for 16,000", most[0]>>10, most[1]>>10)
			}
			t.Logf("%d KB for 4,000 rows, %d KB for 16,000", most[0]>>10, most[1]>>10)
		})
	}
}

func TestWhatHasNoEndTakesNoMemory(t *testing.T) {
	const gibibyte = 1 << 30
	packed, unpacked := io.Pipe()
	go func() {
		w := gzip.NewWriter(unpacked)
		_, err := io.Copy(w, behindHeader(&endless{text: strings.Repeat("\x00", 1<<16), left: gibibyte / 4}))
		_ = unpacked.CloseWithError(errors.Join(err, w.Close()))
	}()
	for _, c := range []struct {
		name string
		r    io.Reader
	}{
		{"a line of a gigabyte", behindHeader(&endless{text: strings.Repeat("x", 1<<16), left: gibibyte})},
		{"a header of a gigabyte", &endless{text: strings.Repeat("x", 1<<16), left: gibibyte}},
		{"a quoted field of a gigabyte", behindHeader(io.MultiReader(strings.NewReader(`536365,"`), &endless{text: strings.Repeat("x", 1<<16), left: gibibyte}))},
		{"a quarter of a gigabyte of nothing, packed", packed},
	} {
		t.Run(c.name, func(t *testing.T) {
			most, _, err := peak(t, databasetest.SQLite, history.Source{Reader: c.r})
			if err == nil || most > 4*mebibyte {
				t.Errorf("%d KB, %v", most>>10, err)
			}
		})
	}
	t.Run("a product with ever other names, sold to ever others", func(t *testing.T) {
		var b bytes.Buffer
		for i := range 20_000 {
			fmt.Fprintf(&b, "536365,10001,NAME %d %s,1,2010-12-01T08:26:00,0,%d,EIRE\n", i, strings.Repeat("x", 100), i)
		}
		text := onlineretail.Header + "\n" + b.String()
		most, r, err := peak(t, databasetest.SQLite, history.Source{Reader: strings.NewReader(text)})
		if err != nil || r.Customers.New != 20_000 || r.Products.New != 1 || most > 4*mebibyte {
			t.Errorf("%d KB, %+v, %v", most>>10, r, err)
		}
	})
}
