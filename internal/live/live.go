// Package live tells who waits that something has changed. It carries topics, never content: who is told reads anew,
// under their own rules, so that what is told twice, late or together does no harm.
package live

import (
	"context"
	"strconv"
	"sync"

	"galley/ent"
)

// Topic is something that can change, such as an order.
type Topic string

// Placed is the topic of orders that are placed, any of them.
const Placed Topic = "placed"

// Order is the topic of one order, Cart of one cart, Stock of one variant's stock.
func Order(key int64) Topic { return topic("order", key) }

// Cart is the topic of one cart.
func Cart(key int64) Topic { return topic("cart", key) }

// Stock is the topic of one variant's stock.
func Stock(key int64) Topic { return topic("stock", key) }

func topic(of string, key int64) Topic { return Topic(of + ":" + strconv.FormatInt(key, 10)) }

// Broker tells subscribers of this process. The zero value is ready.
type Broker struct {
	mu   sync.Mutex
	subs map[Topic]map[*subscription]struct{}
}

type subscription struct{ told chan struct{} }

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
		for s := range b.subs[t] {
			select {
			case s.told <- struct{}{}:
			default: // it has not read the last one yet
			}
		}
	}
}

// AfterCommit publishes once the transaction is committed, and not otherwise.
func (b *Broker) AfterCommit(tx *ent.Tx, topics ...Topic) {
	tx.OnCommit(func(next ent.Committer) ent.Committer {
		return ent.CommitFunc(func(ctx context.Context, tx *ent.Tx) error {
			err := next.Commit(ctx, tx)
			if err == nil {
				b.Publish(topics...)
			}
			return err
		})
	})
}
