package loader

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// later are the walks below deferred fields. They wait until the first result was made and the first of the fields is
// resolved, and then fetch for all rows at once: no more statements are needed than without @defer.
type later struct {
	any atomic.Bool // that wait, or have

	mu    sync.Mutex
	walks map[*ast.Field][]func() // by a field that needs what they fetch; each runs once
	made  bool                    // the first result
	gate  chan struct{}           // closed by then, if anybody waits for it
}

// apart walks along fields: now, but for the deferred ones, which wait.
func (w walk) apart(fields []graphql.CollectedField, along func([]graphql.CollectedField)) {
	now, deferred := separated(fields)
	if len(now) > 0 {
		along(now)
	}
	w.later.add(deferred, func() { along(deferred) })
}

func separated(fields []graphql.CollectedField) (now, deferred []graphql.CollectedField) {
	for _, f := range fields {
		if f.IsDeferred() {
			deferred = append(deferred, f)
		} else {
			now = append(now, f)
		}
	}
	return now, deferred
}

// add has a walk wait for fields, of which there may be none.
func (l *later) add(fields []graphql.CollectedField, walk func()) {
	if len(fields) == 0 {
		return
	}
	l.any.Store(true)
	walk = sync.OnceFunc(walk)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.walks == nil {
		l.walks = make(map[*ast.Field][]func())
	}
	for _, f := range fields {
		l.walks[f.Field] = append(l.walks[f.Field], walk)
	}
}

// Made tells that the operation's first result was made: what is deferred may be loaded. One that was refused has nothing to
// load.
func Made(ctx context.Context) {
	l, ok := ctx.Value(contextKey{}).(*Loaders)
	if !ok {
		return
	}
	l.later.mu.Lock()
	defer l.later.mu.Unlock()
	if !l.later.made && l.later.gate != nil {
		close(l.later.gate)
	}
	l.later.made = true
}

// catchUp runs the walks that have waited for the field that is being resolved, to their ends: what is below is fetched
// then as well. A walk asks loaders as the field that it began at, which is above: it never waits for itself.
func (l *later) catchUp(ctx context.Context) {
	if !l.any.Load() {
		return
	}
	fc := graphql.GetFieldContext(ctx)
	if fc == nil || !fc.Field.IsDeferred() {
		return
	}
	select {
	case <-l.first():
	case <-ctx.Done():
		return
	}
	l.mu.Lock()
	walks := l.walks[fc.Field.Field]
	l.mu.Unlock()
	for _, walk := range walks {
		walk()
	}
}

// first is closed once the first result was made.
func (l *later) first() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gate == nil {
		l.gate = make(chan struct{})
		if l.made {
			close(l.gate)
		}
	}
	return l.gate
}
