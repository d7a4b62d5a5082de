package database

import (
	"context"
	"slices"
	"sync"
)

// turns lets callers go one after another, in the order in which they came.
type turns struct {
	mu    sync.Mutex
	taken bool
	line  []chan struct{}
}

// take waits for a turn. One that comes together with the context's end is taken.
func (t *turns) take(ctx context.Context) error {
	t.mu.Lock()
	if !t.taken {
		t.taken = true
		t.mu.Unlock()
		return nil
	}
	mine := make(chan struct{})
	t.line = append(t.line, mine)
	t.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.Index(t.line, mine)
	if i < 0 {
		return nil
	}
	t.line = slices.Delete(t.line, i, i+1)
	return ctx.Err()
}

// hand gives the turn to whoever waits longest. It stays where it is when nobody waits.
func (t *turns) hand() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.next()
}

// leave ends a turn, whether or not somebody waits.
func (t *turns) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.taken = t.next()
}

func (t *turns) next() bool {
	if len(t.line) == 0 {
		return false
	}
	close(t.line[0])
	t.line = slices.Delete(t.line, 0, 1)
	return true
}

// waiting is how many wait for a turn.
func (t *turns) waiting() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.line)
}
