package mergesort_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"galley/internal/mergesort"
)

func TestSortedIsWhatWasAddedInOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOf(rapid.SliceOfN(rapid.Byte(), 0, 6)).Draw(t, "keys")
		s := mergesort.New("", rapid.IntRange(1, 400).Draw(t, "memory"))
		var want []string
		for i, key := range keys {
			value := fmt.Sprint(i)
			want = append(want, fmt.Sprintf("%x %s", key, value))
			if err := s.Add(key, []byte(value)); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		var last []byte
		for r, err := range s.Sorted() {
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Compare(r.Key, last) < 0 {
				t.Fatalf("%x comes after %x", r.Key, last)
			}
			last = bytes.Clone(r.Key)
			got = append(got, fmt.Sprintf("%x %s", r.Key, r.Value))
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestManyRunsAreMergedByLevels(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := mergesort.New(dir, 1000)
	const records = 20_000 // some 700 runs, so three levels
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range random.Perm(records) {
		if err := s.Add(binary.BigEndian.AppendUint32(nil, uint32(n)), []byte("value")); err != nil {
			t.Fatal(err)
		}
	}
	n := uint32(0)
	for r, err := range s.Sorted() {
		if err != nil {
			t.Fatal(err)
		}
		if got := binary.BigEndian.Uint32(r.Key); got != n {
			t.Fatalf("%d where %d comes next", got, n)
		}
		n++
	}
	if n != records {
		t.Errorf("%d records came back", n)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestNoRoomForRunsIsAnError(t *testing.T) {
	t.Parallel()
	s := mergesort.New(t.TempDir()+"/missing", 10)
	if err := s.Add([]byte("a"), nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Add([]byte("b"), nil); err == nil {
		t.Error("a run was written into a directory that is not there")
	}
}
