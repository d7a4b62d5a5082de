package lifecycle

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/orderevent"
	"galley/ent/orderline"
	"galley/internal/live"
	"galley/internal/promotion"
	"galley/internal/stock"
	"galley/internal/viewer"
)

// The kinds of jobs that write letters about orders.
const (
	LetterPlaced    = "order.placed"
	LetterCancelled = "order.cancelled"
	LetterExpired   = "order.expired"
)

// Letter is the payload of such a job.
type Letter struct {
	Order int64 `json:"order,string"`
}

// kinds are the lines of the timeline that tell of a state, and the letters.
var (
	kinds = map[order.Status]orderevent.Kind{
		order.StatusPLACED: orderevent.KindCONFIRMED, order.StatusCOMPLETED: orderevent.KindCOMPLETED,
		order.StatusCANCELLED: orderevent.KindCANCELLED, order.StatusEXPIRED: orderevent.KindEXPIRED,
	}
	letters = map[order.Status]string{
		order.StatusPLACED: LetterPlaced, order.StatusCANCELLED: LetterCancelled, order.StatusEXPIRED: LetterExpired,
	}
)

// Created tells of an order that has just been written, in its transaction: one that is placed already gets its letter.
func (w *Workflow) Created(ctx context.Context, tx *ent.Tx, o *ent.Order) error {
	if err := w.Note(ctx, tx, o.ID, Event{Kind: orderevent.KindPLACED, Data: &Data{Amount: int64(o.TotalAmount)}}); err != nil {
		return err
	}
	return w.tell(ctx, tx, o.ID, o.Status)
}

// Move takes an order from the state and version that it was read in to another state. Of many at once one gets past
// the first statement; the others get ErrMoved. The reason stands in the timeline, and with a cancelled order.
// What an order that ends has not sent goes back on sale. Its money is not touched: see settlement.Release.
func (w *Workflow) Move(ctx context.Context, tx *ent.Tx, o *ent.Order, to order.Status, reason string) error {
	if !May(o.Status, to) {
		return ErrMoved
	}
	update := tx.Order.Update().Where(order.ID(o.ID), order.StatusEQ(o.Status), order.Version(o.Version)).SetStatus(to).AddVersion(1)
	if to == order.StatusCANCELLED {
		update.SetCancelledAt(w.db.Now()).SetCancelReason(reason)
	}
	n, err := update.Save(viewer.AsSystem(ctx))
	switch {
	case err != nil:
		return fmt.Errorf("move order: %w", err)
	case n == 0:
		return ErrMoved
	}
	if err := w.Note(ctx, tx, o.ID, Event{Kind: kinds[to], Text: reason}); err != nil {
		return err
	}
	if to == order.StatusCANCELLED || to == order.StatusEXPIRED {
		if err := promotion.GiveBack(ctx, tx, w.db, o.ID); err != nil {
			return err
		}
		if err := w.putBack(viewer.AsSystem(ctx), tx, o.ID); err != nil {
			return err
		}
	}
	return w.tell(ctx, tx, o.ID, to)
}

// tell asks for the letter of a state, and tells subscribers.
func (w *Workflow) tell(ctx context.Context, tx *ent.Tx, key int64, status order.Status) error {
	w.live.AfterCommit(tx, live.Order(key))
	if status == order.StatusPLACED {
		w.live.AfterCommit(tx, live.Placed)
	}
	kind, ok := letters[status]
	if !ok {
		return nil
	}
	_, err := w.jobs.Add(ctx, tx, kind, Letter{key})
	return err
}

// putBack returns the pieces that were not sent to stock.
func (w *Workflow) putBack(ctx context.Context, tx *ent.Tx, key int64) error {
	lines, err := tx.OrderLine.Query().Where(orderline.OrderID(key), orderline.VariantIDNotNil()).All(ctx)
	if err != nil {
		return fmt.Errorf("read order lines: %w", err)
	}
	var items []stock.Item
	for _, l := range lines {
		if left := l.Quantity - l.Fulfilled; left > 0 {
			items = append(items, stock.Item{VariantID: *l.VariantID, Quantity: left})
		}
	}
	return stock.PutBack(ctx, tx, w.db, key, items)
}
