// Package loader fetches the graph's edges: one descriptor each, a function that answers for many
// parents in one statement. What a selection needs is fetched ahead, level by level; what nobody
// foresaw is batched by dataloader.
package loader

import (
	"context"
	"sync"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"galley/ent"
	"galley/internal/money"
	"galley/internal/quote"
)

// Source is what loaders read from.
type Source struct {
	Client   *ent.Client
	Currency money.Currency // the shop's: what price ranges are in
	Quotes   quote.Source   // prices carts
	Now      func() time.Time
	Wait     time.Duration // how long a batch waits for more
	Batches  *Batches      // counts how many keys are fetched at once; nil does not

	OneByOne   bool // fetches nothing ahead, for tests: the loaders serve by themselves
	AllColumns bool // reads whole rows, for tests: the answers are the same
}

type contextKey struct{}

// With puts a fresh set of loaders into the context: one for each operation, and for each mutation,
// whose reads must not find what was there before it.
func (s Source) With(ctx context.Context) context.Context {
	return context.WithValue(ctx, contextKey{}, newLoaders(ctx, s))
}

// From takes the operation's loaders from the context.
func From(ctx context.Context) *Loaders {
	return ctx.Value(contextKey{}).(*Loaders)
}

// descriptor answers for many keys at once, in one statement. What it has no answer for is the zero
// value.
type descriptor[V any] func(ctx context.Context, l *Loaders, keys []int64) (map[int64]V, error)

// Loader answers for one key at a time: from what was fetched ahead, else from a batch of what is
// asked for within a moment.
type Loader[V any] struct {
	all   *Loaders
	fetch descriptor[V]

	mu      sync.RWMutex
	fetched []map[int64]V // what now fetched, a map each time; they do not change any more
	batches *dataloader.Loader[int64, V]
}

// serve makes it the loader of a descriptor.
func (l *Loader[V]) serve(all *Loaders, fetch descriptor[V]) { l.all, l.fetch = all, fetch }

// now fetches keys in one statement, without waiting for more, and remembers the answers.
func (l *Loader[V]) now(ctx context.Context, keys []int64) (map[int64]V, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	l.all.source.Batches.planned(len(keys))
	found, err := l.fetch(ctx, l.all, keys)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if _, ok := found[key]; !ok {
			var none V
			found[key] = none // which is an answer, too
		}
	}
	l.know(found)
	return found, nil
}

// know remembers answers that came another way.
func (l *Loader[V]) know(found map[int64]V) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fetched = append(l.fetched, found)
}

// Load waits for an answer. Key 0 is nobody's: it costs nothing.
func (l *Loader[V]) Load(ctx context.Context, key int64) (V, error) { return l.ask(ctx, key)() }

// LoadOptional is Load for a key that may be absent.
func (l *Loader[V]) LoadOptional(ctx context.Context, key *int64) (V, error) {
	return l.Load(ctx, optional(key))
}

// loadAll is Load for many keys, which share a batch.
func (l *Loader[V]) loadAll(ctx context.Context, keys []int64) ([]V, error) {
	answers := make([]func() (V, error), len(keys))
	for i, key := range keys {
		answers[i] = l.ask(ctx, key)
	}
	values := make([]V, len(keys))
	for i, answer := range answers {
		var err error
		if values[i], err = answer(); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// ask finds an answer, or has it fetched with the next batch.
func (l *Loader[V]) ask(ctx context.Context, key int64) func() (V, error) {
	l.all.later.catchUp(ctx)
	if v, ok := l.known(key); ok || key == 0 {
		return func() (V, error) { return v, nil }
	}
	return l.batch().Load(ctx, key)
}

func (l *Loader[V]) known(key int64) (V, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, found := range l.fetched {
		if v, ok := found[key]; ok {
			return v, true
		}
	}
	var none V
	return none, false
}

// batch is the dataloader of the descriptor. Most operations need none.
func (l *Loader[V]) batch() *dataloader.Loader[int64, V] {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.batches == nil {
		l.batches = dataloader.NewBatchedLoader(func(ctx context.Context, keys []int64) []*dataloader.Result[V] {
			l.all.source.Batches.collected(len(keys))
			found, err := l.fetch(ctx, l.all, keys)
			results := make([]*dataloader.Result[V], len(keys))
			for i, key := range keys {
				results[i] = &dataloader.Result[V]{Data: found[key], Error: err}
			}
			return results
		}, dataloader.WithWait[int64, V](l.all.source.Wait))
	}
	return l.batches
}

// one makes a descriptor of rows by a key of theirs.
func one[V any](key func(V) int64, fetch func(ctx context.Context, l *Loaders, keys []int64) ([]V, error)) descriptor[V] {
	return func(ctx context.Context, l *Loaders, keys []int64) (map[int64]V, error) {
		rows, err := fetch(ctx, l, keys)
		if err != nil {
			return nil, err
		}
		byKey := make(map[int64]V, len(keys))
		for _, row := range rows {
			byKey[key(row)] = row
		}
		return byKey, nil
	}
}

// many makes a descriptor of lists of rows by a key of theirs, in the order in which they are fetched.
func many[V any](key func(V) int64, fetch func(ctx context.Context, l *Loaders, keys []int64) ([]V, error)) descriptor[[]V] {
	return func(ctx context.Context, l *Loaders, keys []int64) (map[int64][]V, error) {
		rows, err := fetch(ctx, l, keys)
		if err != nil {
			return nil, err
		}
		byKey := make(map[int64][]V, len(keys))
		for _, k := range keys {
			byKey[k] = []V{} // an empty list is a list: nil would be null
		}
		for _, row := range rows {
			byKey[key(row)] = append(byKey[key(row)], row)
		}
		return byKey, nil
	}
}
