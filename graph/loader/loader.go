// Package loader fetches the graph's edges: one descriptor each, a function that answers for many
// parents in one statement, batched by dataloader.
package loader

import (
	"context"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"galley/ent"
	"galley/internal/money"
)

// Source is what loaders read from.
type Source struct {
	Client   *ent.Client
	Currency money.Currency // the shop's: what price ranges are in
	Wait     time.Duration  // how long a batch waits for more
	OneByOne bool           // fetches nothing ahead, for tests: the loaders serve by themselves
}

type contextKey struct{}

// With puts a fresh set of loaders into the context: one for each operation, and for each mutation,
// whose reads must not find what was there before it.
func (s Source) With(ctx context.Context) context.Context {
	return context.WithValue(ctx, contextKey{}, newLoaders(s))
}

// From takes the operation's loaders from the context.
func From(ctx context.Context) *Loaders {
	return ctx.Value(contextKey{}).(*Loaders)
}

// Loader answers for one key at a time, and fetches many at once: what is asked for within a moment,
// or ahead of being asked for.
type Loader[V any] struct {
	*dataloader.Loader[int64, V]
	fetch func(ctx context.Context, keys []int64) (map[int64]V, error)
}

// batch makes a loader of a descriptor: a function that answers for many keys at once. What it has
// no answer for is the zero value.
func batch[V any](s Source, fetch func(ctx context.Context, keys []int64) (map[int64]V, error)) Loader[V] {
	return Loader[V]{fetch: fetch, Loader: dataloader.NewBatchedLoader(func(ctx context.Context, keys []int64) []*dataloader.Result[V] {
		found, err := fetch(ctx, keys)
		results := make([]*dataloader.Result[V], len(keys))
		for i, key := range keys {
			results[i] = &dataloader.Result[V]{Data: found[key], Error: err}
		}
		return results
	}, dataloader.WithWait[int64, V](s.Wait))}
}

// now fetches keys in one statement, without waiting for more, and remembers the answers.
func (l Loader[V]) now(ctx context.Context, keys []int64) (map[int64]V, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	found, err := l.fetch(ctx, keys)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		l.Prime(ctx, key, found[key])
	}
	return found, nil
}

// one makes a loader of rows by a key of theirs.
func one[V any](s Source, key func(V) int64, fetch func(ctx context.Context, keys []int64) ([]V, error)) Loader[V] {
	return batch(s, func(ctx context.Context, keys []int64) (map[int64]V, error) {
		rows, err := fetch(ctx, keys)
		if err != nil {
			return nil, err
		}
		byKey := make(map[int64]V, len(rows))
		for _, row := range rows {
			byKey[key(row)] = row
		}
		return byKey, nil
	})
}

// many makes a loader of lists of rows by a key of theirs, in the order in which they were fetched.
func many[V any](s Source, key func(V) int64, fetch func(ctx context.Context, keys []int64) ([]V, error)) Loader[[]V] {
	return batch(s, func(ctx context.Context, keys []int64) (map[int64][]V, error) {
		rows, err := fetch(ctx, keys)
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
	})
}

// Load waits for the answer of a loader. Key 0 is nobody's: it costs nothing.
func Load[V any](ctx context.Context, l Loader[V], key int64) (V, error) {
	if key == 0 {
		var none V
		return none, nil
	}
	return l.Load(ctx, key)()
}

// LoadOptional is Load for a key that may be absent.
func LoadOptional[V any](ctx context.Context, l Loader[V], key *int64) (V, error) {
	if key == nil {
		var none V
		return none, nil
	}
	return Load(ctx, l, *key)
}
