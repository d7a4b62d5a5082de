// Package live tells who waits that something has changed. It carries topics, never content: who is told reads anew,
// under their own rules, so that what is told twice, late or together does no harm.
package live

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strconv"
	"sync"

	"galley/ent"
)

// Topic is something that can change, such as an order.
type Topic string

// Placed is the topic of orders that are placed, any of them.
const Placed Topic = "placed"

// Order is the topic of one order.
func Order(key int64) Topic { return topic("order", key) }

// Cart is the topic of one cart.
func Cart(key int64) Topic { return topic("cart", key) }

// Stock is the topic of one variant's stock.
func Stock(variant int64) Topic { return topic("stock", variant) }

// Account is the topic of what an account may do, and of its sessions.
func Account(user int64) Topic { return topic("account", user) }

// Stocks are the topics of many variants' stocks.
func Stocks(variants []int64) []Topic {
	topics := make([]Topic, len(variants))
	for i, key := range variants {
		topics[i] = Stock(key)
	}
	return topics
}

func topic(of string, key int64) Topic { return Topic(of + ":" + strconv.FormatInt(key, 10)) }

// Broker tells subscribers, those of this process at once, and those of others through Run, which needs a NewBroker; the
// zero value serves one process.
type Broker struct {
	log  *slog.Logger
	name string // of this process, among those that hear each other

	mu     sync.Mutex
	subs   map[Topic]map[*subscription]struct{}
	unsent map[Topic]struct{} // what other processes are still to hear
	more   chan struct{}      // holds one: there is something unsent
	relays bool               // Run has begun
}

type subscription struct{ told chan struct{} }

// NewBroker makes the broker of a process.
func NewBroker(log *slog.Logger) *Broker {
	return &Broker{log: log, name: rand.Text(), unsent: map[Topic]struct{}{}, more: make(chan struct{}, 1)}
}

// Subscribe tells of changes of these topics until the context ends: the channel holds one, which stands for all
// since it was last read.
func (b *Broker) Subscribe(ctx context.Context, topics ...Topic) <-chan struct{} {
	s := &subscription{told: make(chan struct{}, 1)}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.subs == nil {
		b.subs = map[Topic]map[*subscription]struct{}{}
	}
	for _, t := range topics {
		if b.subs[t] == nil {
			b.subs[t] = map[*subscription]struct{}{}
		}
		b.subs[t][s] = struct{}{}
	}
	context.AfterFunc(ctx, func() { b.leave(s, topics) })
	return s.told
}

func (b *Broker) leave(s *subscription, topics []Topic) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range topics {
		delete(b.subs[t], s)
		if len(b.subs[t]) == 0 {
			delete(b.subs, t)
		}
	}
}

// Publish tells those who wait for any of these topics, and waits for nobody.
func (b *Broker) Publish(topics ...Topic) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range topics {
		b.tell(t)
		if b.relays {
			b.unsent[t] = struct{}{}
		}
	}
	if len(b.unsent) > 0 {
		signal(b.more)
	}
}

// tell tells the subscribers of a topic. The caller holds the lock.
func (b *Broker) tell(t Topic) {
	for s := range b.subs[t] {
		signal(s.told)
	}
}

// tellAll tells every subscriber: something was missed, and nobody knows what.
func (b *Broker) tellAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for t := range b.subs {
		b.tell(t)
	}
}

func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default: // it has not read the last one yet
	}
}

// AfterCommit publishes once the transaction is committed, and not otherwise.
func (b *Broker) AfterCommit(tx *ent.Tx, topics ...Topic) {
	if len(topics) == 0 {
		return
	}
	tx.OnCommit(func(next ent.Committer) ent.Committer {
		return ent.CommitFunc(func(ctx context.Context, tx *ent.Tx) error {
			err := next.Commit(ctx, tx)
			b.Publish(topics...) // after an error too: whether it was committed may be unknown, and reading anew does no harm
			return err
		})
	})
}
