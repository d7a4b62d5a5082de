package loader

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"
)

// TestBatches shows that what is asked for at once is fetched at once, and once.
func TestBatches(t *testing.T) {
	t.Parallel()
	var (
		mu      sync.Mutex
		batches [][]int64
	)
	var l Loader[string]
	l.serve(&Loaders{source: Source{Wait: 50 * time.Millisecond}}, func(_ context.Context, _ *Loaders, keys []int64) (map[int64]string, error) {
		mu.Lock()
		defer mu.Unlock()
		batches = append(batches, slices.Sorted(slices.Values(keys)))
		return map[int64]string{1: "one", 2: "two"}, nil
	})
	load := func(keys ...int64) []string {
		var wg sync.WaitGroup
		got := make([]string, len(keys))
		for i, key := range keys {
			wg.Go(func() {
				var err error
				if got[i], err = l.Load(t.Context(), key); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		return got
	}
	if got := load(2, 1, 2, 3, 0); !slices.Equal(got, []string{"two", "one", "two", "", ""}) {
		t.Errorf("answers are matched by key, and missing ones are empty: got %q", got)
	}
	if got := load(1, 4); !slices.Equal(got, []string{"one", ""}) {
		t.Errorf("got %q", got)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(batches) != 2 || !slices.Equal(batches[0], []int64{1, 2, 3}) || !slices.Equal(batches[1], []int64{4}) {
		t.Errorf("one batch for each round, without duplicates, zero and what is known: got %v", batches)
	}
}

func TestSuccessor(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{"mug": "muh", "a": "b", "é": "\xc3\xaa"} {
		if got := string(successor(word)); got != want {
			t.Errorf("after %q comes %q, not %q", word, want, got)
		}
	}
}
