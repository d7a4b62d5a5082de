package connection

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"galley/internal/fault"
)

type row struct {
	id int64
	at time.Time
}

func byTime() Sort[row] {
	return Sort[row]{
		Name: "AT", Column: "at", Kind: Time,
		Value: func(r row) any { return r.at }, Key: func(r row) int64 { return r.id },
	}
}

func ptr[T any](v T) *T { return &v }

func TestNewPage(t *testing.T) {
	t.Parallel()
	own, err := NewPage(Args{}, byTime())
	if err != nil {
		t.Fatal(err)
	}
	good := own.cursor(row{7, time.UnixMicro(1234567)})
	for _, c := range []struct {
		name string
		args Args
		ok   bool
	}{
		{"nothing is a page of twenty", Args{}, true},
		{"first zero is for counting", Args{First: ptr(0)}, true},
		{"first a hundred", Args{First: ptr(100)}, true},
		{"more than a hundred", Args{First: ptr(101)}, false},
		{"fewer than none", Args{Last: ptr(-1)}, false},
		{"both ends", Args{First: ptr(1), Last: ptr(1)}, false},
		{"offset", Args{First: ptr(10), Offset: ptr(30)}, true},
		{"a negative offset", Args{Offset: ptr(-1)}, false},
		{"an offset beyond reason", Args{Offset: ptr(1_000_001)}, false},
		{"offset and cursor", Args{Offset: ptr(1), After: &good}, false},
		{"offset from the end", Args{Offset: ptr(1), Last: ptr(1)}, false},
		{"a cursor", Args{After: &good}, true},
		{"two cursors", Args{After: &good, Before: &good}, true},
		{"an empty cursor", Args{After: ptr("")}, false},
		{"nonsense", Args{After: ptr("nonsense")}, false},
		{"padding", Args{After: ptr(good + "=")}, false},
		{"a cursor cut off", Args{Before: ptr(good[:len(good)-2])}, false},
		{"a huge cursor", Args{Before: ptr(strings.Repeat("A", 1<<20))}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := NewPage(c.args, byTime())
			if (err == nil) != c.ok {
				t.Fatalf("got %v", err)
			}
			if code, coded := fault.CodeOf(err); err != nil && (!coded || code != fault.BadUserInput) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("a cursor of the other direction", func(t *testing.T) {
		t.Parallel()
		if _, err := NewPage(Args{After: &good}, byTime().Reversed(true)); err == nil {
			t.Error("no error")
		}
	})
}

func FuzzCursor(f *testing.F) {
	page, err := NewPage(Args{}, byTime())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(page.cursor(row{1, time.UnixMicro(2)}))
	f.Add("")
	f.Add("eyJzIjoiQVQrIiwiayI6MX0")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := parseCursor(s, "AT+")
		if err != nil {
			if code, _ := fault.CodeOf(err); code != fault.BadUserInput {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		if c.String() != s {
			t.Errorf("%q has another spelling: %q", s, c.String())
		}
	})
}

func TestRowsAreCountedOnceHoweverManyAsk(t *testing.T) {
	t.Parallel()
	page, err := NewPage(Args{}, byTime())
	if err != nil {
		t.Fatal(err)
	}
	counts := 0 // without a lock: the race detector looks on
	c := page.Connection(nil, func(context.Context) (int, error) {
		counts++
		return 42, nil
	})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if n, err := c.TotalCount(t.Context()); n != 42 || err != nil {
				t.Errorf("got %d, %v", n, err)
			}
		})
	}
	all.Wait()
	if counts != 1 {
		t.Errorf("counted %d times", counts)
	}
}
