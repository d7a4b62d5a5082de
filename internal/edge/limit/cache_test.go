package limit_test

import (
	"context"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"galley/internal/edge/limit"
)

func TestCache(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	byKey := func(key string, _ int) int { return len(key) }

	t.Run("what was used least recently makes room", func(t *testing.T) {
		t.Parallel()
		cache := limit.NewCache(12, byKey)
		cache.Add(ctx, "aaa", 1)
		cache.Add(ctx, "bbb", 2)
		cache.Add(ctx, "ccc", 3)
		cache.Add(ctx, "ddd", 4)
		cache.Get(ctx, "aaa")
		cache.Add(ctx, "eee", 5)
		if _, ok := cache.Get(ctx, "bbb"); ok {
			t.Error("bbb is still there")
		}
		if v, ok := cache.Get(ctx, "aaa"); !ok || v != 1 {
			t.Errorf("aaa is %d, %t", v, ok)
		}
		if got := cache.Len(); got != 4 {
			t.Errorf("%d entries, want 4", got)
		}
	})
	t.Run("what is added again takes its room once", func(t *testing.T) {
		t.Parallel()
		cache := limit.NewCache(12, byKey)
		for i := range 100 {
			cache.Add(ctx, "aaa", i)
		}
		cache.Add(ctx, "bbb", 2)
		if v, ok := cache.Get(ctx, "aaa"); !ok || v != 99 {
			t.Errorf("aaa is %d, %t", v, ok)
		}
	})
	t.Run("what would fill a quarter alone is not kept", func(t *testing.T) {
		t.Parallel()
		cache := limit.NewCache(12, byKey)
		cache.Add(ctx, "aaaa", 1)
		if got := cache.Len(); got != 0 {
			t.Errorf("%d entries, want none", got)
		}
	})
	t.Run("a flood of documents stays within its memory", func(t *testing.T) {
		t.Parallel()
		cache := limit.NewCache(1000, byKey)
		for i := range 10_000 {
			cache.Add(ctx, "document "+strconv.Itoa(i), i)
		}
		if got := cache.Len(); got > 1000/len("document 1") {
			t.Errorf("%d entries", got)
		}
	})
}

// TestDocumentsAreWeighed is not parallel, since it reads the size of the heap.
func TestDocumentsAreWeighed(t *testing.T) {
	const room = 16 << 20
	ctx := context.Background()
	cache := limit.NewDocuments(room)
	before := heap()
	for i := range 400 {
		text := "query Q" + strconv.Itoa(i) + " { me {" + strings.Repeat(` a(b: [1]) { c }`, 200) + " } }"
		doc, err := parser.ParseQuery(&ast.Source{Input: text})
		if err != nil {
			t.Fatal(err)
		}
		cache.Add(ctx, text, doc)
	}
	took := heap() - before
	t.Logf("%d documents of 3.2 KB take %d KB", cache.Len(), took>>10)
	if took > room {
		t.Errorf("the cache takes %d bytes, more than its %d", took, room)
	}
	if took < room/8 {
		t.Errorf("the cache takes %d bytes of its %d: documents are weighed far too heavy", took, room)
	}
	runtime.KeepAlive(cache)
}

func heap() int {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int(stats.HeapAlloc)
}
