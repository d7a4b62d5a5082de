package loader

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"galley/ent"
	"galley/ent/fulfilment"
	"galley/ent/fulfilmentline"
	"galley/ent/orderevent"
	"galley/internal/database"
	"galley/internal/lifecycle"
	"galley/internal/money"
	"galley/internal/viewer"
)

// What has become of orders: the descriptors of parcels and timelines.

var (
	fulfilments = one(func(r *ent.Fulfilment) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Fulfilment, error) {
		return l.source.Client.Fulfilment.Query().Where(database.AnyOf(fulfilment.FieldID, keys)).Select(l.of(fulfilment.Table)...).All(ctx)
	})
	orderEvents = one(func(r *ent.OrderEvent) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.OrderEvent, error) {
		return l.source.Client.OrderEvent.Query().Where(database.AnyOf(orderevent.FieldID, keys)).Select(l.of(orderevent.Table)...).All(ctx)
	})
	fulfilmentsOfOrders = many(func(r *ent.Fulfilment) int64 { return r.OrderID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Fulfilment, error) {
		return l.source.Client.Fulfilment.Query().Where(database.AnyOf(fulfilment.FieldOrderID, keys)).Order(fulfilment.ByID()).
			Select(l.of(fulfilment.Table)...).All(ctx)
	})
	linesOfFulfilments = many(func(r *ent.FulfilmentLine) int64 { return r.FulfilmentID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.FulfilmentLine, error) {
		return l.source.Client.FulfilmentLine.Query().Where(database.AnyOf(fulfilmentline.FieldFulfilmentID, keys)).Order(fulfilmentline.ByID()).
			Select(l.of(fulfilmentline.Table)...).All(ctx)
	})
	eventsOfOrders = many(func(r *ent.OrderEvent) int64 { return r.OrderID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.OrderEvent, error) {
		return l.source.Client.OrderEvent.Query().Where(database.AnyOf(orderevent.FieldOrderID, keys)).Order(orderevent.ByID()).
			Select(l.of(orderevent.Table)...).All(ctx)
	})
)

func (w walk) ofFulfilments(ctx context.Context, rows []*ent.Fulfilment, f graphql.CollectedField) {
	switch f.Name {
	case "lines":
		toMany(ctx, w, rows, func(r *ent.Fulfilment) int64 { return r.ID }, &w.LinesOfFulfilment, f.Selections)
	case "order":
		toOne(ctx, w, rows, func(r *ent.Fulfilment) int64 { return r.OrderID }, &w.Order, f)
	}
}

func (w walk) ofFulfilmentLines(ctx context.Context, rows []*ent.FulfilmentLine, f graphql.CollectedField) {
	if f.Name == "line" {
		toOne(ctx, w, rows, func(r *ent.FulfilmentLine) int64 { return r.OrderLineID }, &w.OrderLine, f)
	}
}

func (w walk) ofOrderEvents(ctx context.Context, rows []*ent.OrderEvent, f graphql.CollectedField) {
	switch f.Name {
	case "amount":
		toOne(ctx, w, rows, orderOfAmount, &w.Order, f)
	case "payment":
		toOne(ctx, w, rows, func(r *ent.OrderEvent) int64 { return dataOf(r).Payment }, &w.Payment, f)
	case "fulfilment":
		toOne(ctx, w, rows, func(r *ent.OrderEvent) int64 { return dataOf(r).Fulfilment }, &w.Fulfilment, f)
	case "actor":
		if w.viewer.Has(viewer.OrderRead) { // else it will be refused
			toOne(ctx, w, rows, func(r *ent.OrderEvent) int64 { return optional(r.ActorID) }, &w.User, f)
		}
	}
}

// orderOfAmount is the order whose currency an event's amount is in, or 0 where it has none.
func orderOfAmount(e *ent.OrderEvent) int64 {
	if dataOf(e).Amount == 0 {
		return 0
	}
	return e.OrderID
}

// dataOf is what an event tells; of one that nobody can read, nothing: its resolver reports it.
func dataOf(e *ent.OrderEvent) lifecycle.Data {
	d, _ := lifecycle.DataOf(e)
	return d
}

// AmountOfEvent is the money that an event is about, in its order's currency.
func (l *Loaders) AmountOfEvent(ctx context.Context, e *ent.OrderEvent) (*money.Money, error) {
	d, err := lifecycle.DataOf(e)
	if err != nil || d.Amount == 0 {
		return nil, err
	}
	o, err := l.Order.Load(ctx, e.OrderID)
	if o == nil || err != nil {
		return nil, err
	}
	return &money.Money{Amount: money.Minor(d.Amount), Currency: o.Currency}, nil
}

// PaymentOfEvent is the payment that an event is about, if it is about one.
func (l *Loaders) PaymentOfEvent(ctx context.Context, e *ent.OrderEvent) (*ent.Payment, error) {
	return about(ctx, e, &l.Payment, func(d lifecycle.Data) int64 { return d.Payment })
}

// FulfilmentOfEvent is the parcel that an event is about, if it is about one.
func (l *Loaders) FulfilmentOfEvent(ctx context.Context, e *ent.OrderEvent) (*ent.Fulfilment, error) {
	return about(ctx, e, &l.Fulfilment, func(d lifecycle.Data) int64 { return d.Fulfilment })
}

func about[T any](ctx context.Context, e *ent.OrderEvent, l *Loader[*T], key func(lifecycle.Data) int64) (*T, error) {
	d, err := lifecycle.DataOf(e)
	if err != nil || key(d) == 0 {
		return nil, err
	}
	return l.Load(ctx, key(d))
}
