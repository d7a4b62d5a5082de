package socket

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"
)

// connection is one that was upgraded. One goroutine reads it. Each operation has a goroutine, which writes its results itself:
// a client that reads slowly holds its own operations back, and is cut off where it does not read a message in time.
type connection struct {
	conn     *websocket.Conn
	host     Host
	limits   Limits
	pace     *rate.Limiter
	welcomed bool
	late     *time.Timer // ends who does not begin
	beat     *time.Timer // asks whether somebody is there

	writing sync.Mutex

	mu         sync.Mutex
	operations map[string]*operation // that send results, by id
	leaving    bool                  // no more operations are taken
	runs       int                   // operations, those among them that send nothing any more
	running    sync.WaitGroup
	working    *semaphore.Weighted // of those that are worked on
}

// never is when a timer fires that is not set yet.
const never = 1 << 62

func (c *connection) serve(ctx, stopping context.Context) {
	if c.conn.Subprotocol() == "" {
		c.close(otherProtocol())
		return
	}
	defer context.AfterFunc(stopping, func() { c.leave(goingAway()) })()
	c.late = time.AfterFunc(c.limits.Init, func() { c.close(initTimeout()) })
	defer c.late.Stop()
	c.beat = time.AfterFunc(never, func() { c.ping(ctx) })
	defer c.beat.Stop()
	c.beat.Reset(c.limits.Ping)

	// Operations end before their connection, which is read to its end: the other side's farewell is part of it.
	operations, end := context.WithCancel(ctx)
	defer c.running.Wait()
	defer end()
	defer func() {
		if p := recover(); p != nil {
			end()
			c.close(internalError())
			panic(p)
		}
	}()
	for {
		text, err := c.read(ctx)
		if err != nil {
			return
		}
		if leave := c.take(operations, text); leave != nil {
			end()
			c.close(leave)
			return
		}
	}
}

// read waits for the next message, which has to come within its time once it has begun.
func (c *connection) read(ctx context.Context) ([]byte, error) {
	if err := c.pace.Wait(ctx); err != nil {
		return nil, err
	}
	_, message, err := c.conn.Reader(ctx)
	if err != nil {
		return nil, err
	}
	defer time.AfterFunc(c.limits.Message, func() { _ = c.conn.CloseNow() }).Stop()
	return io.ReadAll(message)
}

// ping closes the connection where no pong comes. While a message is written that tells as much.
func (c *connection) ping(ctx context.Context) {
	if !c.writing.TryLock() {
		c.beat.Reset(c.limits.Ping)
		return
	}
	c.writing.Unlock()
	ctx, cancel := context.WithTimeout(ctx, c.limits.Ping)
	defer cancel()
	if err := c.conn.Ping(ctx); err != nil {
		_ = c.conn.CloseNow()
		return
	}
	c.beat.Reset(c.limits.Ping)
}

// leave closes the connection once the operations that have an end have come to it. Those that last are broken off without a
// word: the client takes them up again when it is back.
func (c *connection) leave(l *Leave) {
	c.mu.Lock()
	c.leaving = true
	for id, o := range c.operations {
		if o.lasts {
			delete(c.operations, id)
			o.cancel()
		}
	}
	c.mu.Unlock()
	c.running.Wait()
	c.close(l)
}

func (c *connection) close(l *Leave) { _ = c.conn.Close(l.Code, l.told()) }
