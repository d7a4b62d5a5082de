package limit

import (
	"context"
	"math"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/vektah/gqlparser/v2/ast"
)

// Cache is a least-recently-used cache bounded by the memory it holds, not by its number of
// entries: a thousand documents may be a megabyte or a gigabyte. It serves as a [graphql.Cache].
type Cache[V any] struct {
	weigh func(key string, value V) int
	limit int

	mu      sync.Mutex
	entries *simplelru.LRU[string, weighed[V]]
	used    int

	hits, misses atomic.Int64
}

type weighed[V any] struct {
	value  V
	weight int
}

var _ graphql.Cache[*ast.QueryDocument] = (*Cache[*ast.QueryDocument])(nil)

// NewCache makes a cache of at most limit bytes, as weigh counts them.
func NewCache[V any](limit int, weigh func(key string, value V) int) *Cache[V] {
	c := &Cache[V]{weigh: weigh, limit: limit}
	evicted := func(_ string, e weighed[V]) { c.used -= e.weight }
	c.entries, _ = simplelru.NewLRU(math.MaxInt, evicted) // the error is for a size below one
	return c
}

// NewDocuments makes a cache of parsed and validated documents for a gqlgen executor.
func NewDocuments(limit int) *Cache[*ast.QueryDocument] {
	return NewCache(limit, weighDocument)
}

// Get finds the value of a key, and makes it the most recently used.
func (c *Cache[V]) Get(_ context.Context, key string) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries.Get(key)
	if ok {
		c.hits.Add(1)
	} else {
		c.misses.Add(1)
	}
	return e.value, ok
}

// Add keeps a value; the least recently used ones make room. What would fill more than a quarter
// of the cache alone is not kept.
func (c *Cache[V]) Add(_ context.Context, key string, value V) {
	weight := c.weigh(key, value)
	if weight > c.limit/4 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries.Remove(key)
	c.entries.Add(key, weighed[V]{value, weight})
	for c.used += weight; c.used > c.limit; {
		c.entries.RemoveOldest()
	}
}

// Len tells how many entries there are.
func (c *Cache[V]) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.entries.Len()
}

// bytesPerNode is what one selection, argument or value of a parsed document takes with its token
// and its comment group, measured.
const bytesPerNode = 300

func weighDocument(text string, doc *ast.QueryDocument) int {
	nodes := 0
	for _, op := range doc.Operations {
		nodes += 1 + 2*len(op.VariableDefinitions) + countNodes(op.SelectionSet)
	}
	for _, fragment := range doc.Fragments {
		nodes += 1 + countNodes(fragment.SelectionSet)
	}
	return 2*len(text) + nodes*bytesPerNode
}

func countNodes(set ast.SelectionSet) int {
	nodes := len(set)
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			for _, argument := range selection.Arguments {
				nodes += 1 + countValues(argument.Value)
			}
			nodes += 2*len(selection.Directives) + countNodes(selection.SelectionSet)
		case *ast.InlineFragment:
			nodes += 2*len(selection.Directives) + countNodes(selection.SelectionSet)
		case *ast.FragmentSpread:
			nodes += 2 * len(selection.Directives)
		}
	}
	return nodes
}

func countValues(value *ast.Value) int {
	nodes := 1
	for _, child := range value.Children {
		nodes += 1 + countValues(child.Value)
	}
	return nodes
}
