package database

import (
	"context"

	"galley/ent"
)

// Watcher sees what one transaction changes. A transaction that runs again has another.
type Watcher interface {
	// Mutate stands around each change that is made by Ent.
	Mutate(ctx context.Context, m ent.Mutation, next ent.Mutator) (ent.Value, error)
	// Done is called before the COMMIT of what was not rejected.
	Done(ctx context.Context) error
}

// Watch has every transaction ask for its watcher, which is nil where nobody needs one. It is to be called
// before the database is used.
func (db *DB) Watch(watcher func(ctx context.Context, tx *ent.Tx) Watcher) { db.watcher = watcher }

type watcherKey struct{}

// WatcherFrom is the watcher of the context's transaction, or nil.
func WatcherFrom(ctx context.Context) Watcher {
	w, _ := ctx.Value(watcherKey{}).(Watcher)
	return w
}

// watched runs what a transaction is for, under its watcher.
func (db *DB) watched(ctx context.Context, tx *ent.Tx, fn func(context.Context) error) error {
	var w Watcher
	if db.watcher != nil {
		w = db.watcher(ctx, tx)
	}
	if w == nil {
		return fn(ctx)
	}
	ctx = context.WithValue(ctx, watcherKey{}, w)
	if err := fn(ctx); err != nil {
		return err
	}
	return w.Done(ctx)
}

// watch is the client's hook that shows changes to the watcher.
func watch(next ent.Mutator) ent.Mutator {
	return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
		if w := WatcherFrom(ctx); w != nil {
			return w.Mutate(ctx, m, next)
		}
		return next.Mutate(ctx, m)
	})
}
