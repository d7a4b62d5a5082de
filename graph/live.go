package graph

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/cart"
	"galley/ent/order"
	"galley/ent/variant"
	"galley/graph/connection"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/live"
	"galley/internal/nodeid"
)

// watch sends what read returns, at once and whenever one of the topics is told. It ends when the context does, when
// read fails, and when there is nothing to read any more; the client then connects again, and hears why.
func watch[T any](ctx context.Context, b *live.Broker, read func(context.Context) (T, error), topics ...live.Topic) (<-chan T, error) {
	told := b.Subscribe(ctx, topics...) // before the first read, or a change between them would be missed
	now, err := read(ctx)
	if err != nil {
		return nil, err
	}
	messages := make(chan T, 1)
	messages <- now
	go func() {
		defer close(messages)
		for {
			select {
			case <-ctx.Done():
				return
			case <-told:
			}
			now, err := read(ctx)
			if err != nil {
				return
			}
			select {
			case <-ctx.Done():
				return
			case messages <- now:
			}
		}
	}()
	return messages, nil
}

func (r *Resolver) watchOrder(ctx context.Context, key int64) (<-chan *ent.Order, error) {
	return watch(ctx, r.live, func(ctx context.Context) (*ent.Order, error) {
		o, err := r.source.Client.Order.Query().Where(order.ID(key)).Only(ctx)
		return o, missing(err, "order")
	}, live.Order(key))
}

func (r *Resolver) watchCart(ctx context.Context, key int64) (<-chan *ent.Cart, error) {
	return watch(ctx, r.live, func(ctx context.Context) (*ent.Cart, error) {
		c, err := r.source.Client.Cart.Query().Where(cart.ID(key)).Only(ctx)
		return c, missing(err, "cart")
	}, live.Cart(key))
}

// watchStock sends the variants in the order in which they were named, without those that are not on sale.
func (r *Resolver) watchStock(ctx context.Context, ids []*nodeid.ID) (<-chan []*ent.Variant, error) {
	if len(ids) > connection.MaxPage {
		return nil, fault.Newf(fault.BadUserInput, "At most %d variants at once", connection.MaxPage)
	}
	keys := make([]int64, len(ids))
	for i, id := range ids {
		keys[i] = id.KeyOf(nodeid.Variant)
	}
	return watch(ctx, r.live, func(ctx context.Context) ([]*ent.Variant, error) {
		found, err := r.source.Client.Variant.Query().Where(database.AnyOf(variant.FieldID, keys)).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("read variants: %w", err)
		}
		byKey := make(map[int64]*ent.Variant, len(found))
		for _, v := range found {
			byKey[v.ID] = v
		}
		visible := []*ent.Variant{}
		for _, key := range keys {
			if v := byKey[key]; v != nil {
				visible = append(visible, v)
				delete(byKey, key)
			}
		}
		return visible, nil
	}, live.Stocks(keys)...)
}

func missing(err error, what string) error {
	switch {
	case err == nil:
		return nil
	case ent.IsNotFound(err):
		return fault.New(fault.NotFound, "There is no such "+what)
	}
	return fmt.Errorf("read %s: %w", what, err)
}
