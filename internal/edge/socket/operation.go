package socket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"galley/internal/fault"
)

// operation is one of a client's.
type operation struct {
	id     string
	cancel context.CancelFunc
	lasts  bool
}

const (
	mostIDBytes = 256
	// mostWorking is how many operations of a connection are worked on at once, about as many as a browser asks for over HTTP/1.1.
	// A client that begins hundreds keeps itself waiting, and nobody else. Those that last only wait, and do not count.
	mostWorking = 4
)

// subscribe has an operation run. A connection that is being left takes none: clients send again, when they are back, what has
// not ended.
func (c *connection) subscribe(ctx context.Context, m Message) *Leave {
	if !c.welcomed {
		return unauthorized()
	}
	if m.ID == "" || len(m.ID) > mostIDBytes {
		return Invalid()
	}
	full, leave := c.admit(ctx, m)
	if full {
		c.write(message("error", m.ID, tooMany(c.limits.Operations)))
	}
	return leave
}

// admit has an operation run, unless there are as many as there may be.
func (c *connection) admit(ctx context.Context, m Message) (full bool, leave *Leave) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.operations[m.ID] != nil:
		return false, duplicate(m.ID)
	case c.leaving:
		return false, nil
	case c.runs >= c.limits.Operations:
		return true, nil
	}
	c.runs++
	ctx, cancel := context.WithCancel(ctx)
	o := &operation{id: m.ID, cancel: cancel}
	c.operations[o.id] = o
	c.running.Go(func() {
		defer c.over(o)
		c.run(ctx, o, m.Payload)
	})
	return false, nil
}

// over counts an operation out. One that its client has ended counts until it has in truth.
func (c *connection) over(o *operation) {
	o.cancel()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.runs--
}

// end breaks an operation off, if there is one of this id.
func (c *connection) end(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if o := c.operations[id]; o != nil {
		delete(c.operations, id)
		o.cancel()
	}
}

// run sends what becomes of an operation, when it is its turn. After an error nothing more is sent of it.
func (c *connection) run(ctx context.Context, o *operation, payload json.RawMessage) {
	if c.working.Acquire(ctx, 1) != nil {
		return
	}
	done := sync.OnceFunc(func() { c.working.Release(1) })
	defer done()
	results, err := c.host.Begin(ctx, payload)
	if err == nil {
		if results.Lasts {
			done()
		}
		c.lasting(o, results.Lasts)
	}
	for err == nil {
		var result [][]byte
		if result, err = results.Next(); err == nil && (ctx.Err() != nil || !c.send(o, false, "next", result...)) {
			return
		}
	}
	switch failed, leave := Errors(nil), (*Leave)(nil); {
	case errors.Is(err, io.EOF):
		c.send(o, true, "complete")
	case errors.As(err, &failed):
		c.send(o, true, "error", failed)
	case errors.As(err, &leave):
		go c.leave(leave) // it waits for this one, too
	}
}

// lasting notes that an operation has no end of its own. A connection that is being left does not wait for it.
func (c *connection) lasting(o *operation, lasts bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	o.lasts = lasts
	if lasts && c.leaving {
		delete(c.operations, o.id)
		o.cancel()
	}
}

// send sends a message of an operation that was not ended meanwhile, and tells whether it did.
func (c *connection) send(o *operation, last bool, kind string, payload ...[]byte) bool {
	text := message(kind, o.id, payload...)
	c.writing.Lock()
	defer c.writing.Unlock()
	return c.current(o, last) && c.put(text)
}

// current tells whether an operation's messages are waited for. After its last one they are not.
func (c *connection) current(o *operation, last bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.operations[o.id] != o {
		return false
	}
	if last {
		delete(c.operations, o.id)
	}
	return true
}

func tooMany(most int) []byte {
	text, err := json.Marshal([]any{map[string]any{
		"message":    fmt.Sprintf("This connection runs %d operations at once, and no more: end one first", most),
		"extensions": map[string]any{"code": fault.RateLimited},
	}})
	if err != nil {
		panic(err) // of text cannot fail
	}
	return text
}
