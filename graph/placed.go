package graph

import (
	"context"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/orderevent"
	"galley/internal/database"
	"galley/internal/live"
	"galley/internal/nodeid"
)

const (
	// overlap is how far back orders are looked for again: one that was placed before another may be committed after it.
	overlap = time.Minute
	// mostAtOnce is how many orders are read at once.
	mostAtOnce = 100
)

// feed sends each order once, as it is placed.
type feed struct {
	client *ent.Client
	since  time.Time           // of the latest event that was read
	sent   map[int64]time.Time // the orders that were sent for an event since the overlap, and when that was
}

// placing are the events by which an order came to be placed: its payment's, or its own.
var placing = orderevent.And(
	orderevent.KindIn(orderevent.KindPLACED, orderevent.KindCONFIRMED),
	orderevent.HasOrderWith(order.StatusIn(order.StatusPLACED, order.StatusCOMPLETED)),
)

func (r *Resolver) watchPlaced(ctx context.Context, after *nodeid.ID) (<-chan *ent.Order, error) {
	told := r.live.Subscribe(ctx, live.Placed)
	f := &feed{client: r.source.Client, sent: map[int64]time.Time{}}
	if err := f.begin(ctx, after); err != nil {
		return nil, err
	}
	orders := make(chan *ent.Order)
	go func() {
		defer close(orders)
		for f.send(ctx, orders) {
			select {
			case <-ctx.Done():
				return
			case <-told:
			}
		}
	}()
	return orders, nil
}

// begin finds where to begin: behind an order, or with the latest.
func (f *feed) begin(ctx context.Context, after *nodeid.ID) error {
	query := f.client.OrderEvent.Query().Where(placing).Order(orderevent.ByCreatedAt(sql.OrderDesc()), orderevent.ByID(sql.OrderDesc()))
	if after != nil {
		query.Where(orderevent.OrderID(after.KeyOf(nodeid.Order)))
	}
	e, err := query.First(ctx)
	switch {
	case ent.IsNotFound(err) && after != nil:
		return missing(err, "order")
	case ent.IsNotFound(err):
		return nil
	case err != nil:
		return fmt.Errorf("read timeline: %w", err)
	}
	f.since = e.CreatedAt
	if after != nil {
		f.sent[e.OrderID] = e.CreatedAt
		return nil
	}
	f.since = f.since.Add(overlap) // the latest alone
	return nil
}

// send sends what was placed since, the oldest first, and tells whether to go on.
func (f *feed) send(ctx context.Context, orders chan<- *ent.Order) bool {
	for {
		events, err := f.client.OrderEvent.Query().
			Where(placing, orderevent.CreatedAtGTE(f.since.Add(-overlap)), orderevent.Not(database.AnyOf(orderevent.FieldOrderID, f.recent()))).
			WithOrder().Order(orderevent.ByCreatedAt(), orderevent.ByID()).Limit(mostAtOnce).All(ctx)
		if err != nil {
			return false
		}
		if len(events) == 0 {
			return true
		}
		for _, e := range events {
			if _, twice := f.sent[e.OrderID]; twice {
				continue
			}
			select {
			case <-ctx.Done():
				return false
			case orders <- e.Edges.Order:
			}
			f.sent[e.OrderID] = e.CreatedAt
			if e.CreatedAt.After(f.since) {
				f.since = e.CreatedAt
			}
		}
	}
}

// recent are the orders that were sent and would be found again; older ones are forgotten.
func (f *feed) recent() []int64 {
	keys := []int64{}
	for key, at := range f.sent {
		if at.Before(f.since.Add(-overlap)) {
			delete(f.sent, key)
			continue
		}
		keys = append(keys, key)
	}
	return keys
}
