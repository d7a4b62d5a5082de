package fulfil

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/fulfilment"
	"galley/ent/order"
	"galley/ent/orderevent"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/lifecycle"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// Deliver notes that a parcel has arrived. Where it was the last one of an order that is paid, the order is completed.
func (w *Workflow) Deliver(ctx context.Context, in DeliverInput) (*database.Outcome, error) {
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		f, o, err := parcel(ctx, tx, in.ID.KeyOf(nodeid.Fulfilment))
		if err != nil {
			return 0, err
		}
		system := viewer.AsSystem(ctx)
		if f.Status == fulfilment.StatusDELIVERED {
			return 0, fault.Reject(AlreadyDelivered, "It has been delivered before", "id")
		}
		err = tx.Fulfilment.Update().Where(fulfilment.ID(f.ID)).SetStatus(fulfilment.StatusDELIVERED).SetDeliveredAt(w.db.Now()).
			AddVersion(1).Exec(system)
		if err != nil {
			return 0, fmt.Errorf("update fulfilment: %w", err)
		}
		if err := w.arrived(system, tx, o); err != nil {
			return 0, err
		}
		err = w.orders.Note(ctx, tx, o.ID, lifecycle.Event{Kind: orderevent.KindDELIVERED, Data: &lifecycle.Data{Fulfilment: f.ID}})
		if err != nil {
			return 0, err
		}
		return f.ID, w.orders.CompleteIfDone(ctx, tx, o)
	})
}

// arrived counts an order as delivered where all of it was sent, and nothing is under way any more.
func (w *Workflow) arrived(ctx context.Context, tx *ent.Tx, o *ent.Order) error {
	if o.Fulfilment == order.FulfilmentFULFILLED {
		underWay, err := tx.Fulfilment.Query().Where(fulfilment.OrderID(o.ID), fulfilment.StatusEQ(fulfilment.StatusSHIPPED)).Exist(ctx)
		if err != nil {
			return fmt.Errorf("read fulfilments: %w", err)
		}
		if !underWay {
			o.Fulfilment = order.FulfilmentDELIVERED
		}
	}
	o.Version++
	if err := tx.Order.Update().Where(order.ID(o.ID)).SetFulfilment(o.Fulfilment).SetVersion(o.Version).Exec(ctx); err != nil {
		return fmt.Errorf("update order: %w", err)
	}
	return nil
}
