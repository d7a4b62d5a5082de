package lifecycle

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/orderevent"
	"galley/ent/orderline"
	"galley/ent/payment"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/live"
	"galley/internal/money"
	"galley/internal/promotion"
	"galley/internal/stock"
	"galley/internal/viewer"
)

// kinds are the lines of the timeline that tell of a state.
var kinds = map[order.Status]orderevent.Kind{
	order.StatusPLACED: orderevent.KindCONFIRMED, order.StatusCOMPLETED: orderevent.KindCOMPLETED,
	order.StatusCANCELLED: orderevent.KindCANCELLED, order.StatusEXPIRED: orderevent.KindEXPIRED,
}

// Created tells of an order that has just been written, in its transaction: one that is placed already gets its letter.
func (w *Workflow) Created(ctx context.Context, tx *ent.Tx, o *ent.Order) error {
	if err := w.Note(ctx, tx, o.ID, Event{Kind: orderevent.KindPLACED, Data: &Data{Amount: int64(o.TotalAmount)}}); err != nil {
		return err
	}
	if o.Status != order.StatusPLACED {
		return nil
	}
	w.live.AfterCommit(tx, live.Placed)
	return w.write(ctx, tx, LetterPlaced, Letter{Order: o.ID})
}

// Hold reads an order that the viewer may see, and keeps everybody else from changing it until the transaction ends.
func Hold(ctx context.Context, tx *ent.Tx, key int64) (*ent.Order, error) {
	q := tx.Order.Query().Where(order.ID(key))
	q.Modify(database.Locked(sql.LockNoKeyUpdate))
	o, err := q.Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, fault.New(fault.NotFound, "There is no such order")
	case err != nil:
		return nil, fmt.Errorf("hold order: %w", err)
	}
	return o, nil
}

// Move takes an order from the state and version that it was read in to another state. Of many at once one gets past
// the first statement; the others get ErrMoved. The reason stands in the timeline, and with a cancelled order.
// What an order that ends has not sent goes back on sale. Its money is not touched: see settlement.Release.
func (w *Workflow) Move(ctx context.Context, tx *ent.Tx, o *ent.Order, to order.Status, reason string) error {
	if err := w.move(ctx, tx, o, to, reason); err != nil {
		return err
	}
	if to == order.StatusCANCELLED || to == order.StatusEXPIRED {
		return w.putBack(viewer.AsSystem(ctx), tx, o.ID)
	}
	return nil
}

// Place is Move for an order that waits for its payment and is paid by now, while its caller holds its row: nobody else can
// have moved it. What it writes may wait: see database.Together.
func (w *Workflow) Place(ctx context.Context, tx *ent.Tx, o *ent.Order) error {
	err := tx.Order.Update().Where(order.ID(o.ID), order.StatusEQ(order.StatusPENDING_PAYMENT)).SetStatus(order.StatusPLACED).AddVersion(1).Exec(viewer.AsSystem(ctx))
	if err != nil {
		return fmt.Errorf("place order: %w", err)
	}
	w.live.AfterCommit(tx, live.Placed)
	return w.Note(ctx, tx, o.ID, Event{Kind: kinds[order.StatusPLACED]})
}

// WriteOff cancels an order whose pieces are not to be sold again, such as broken ones: they do not go back on sale.
func (w *Workflow) WriteOff(ctx context.Context, tx *ent.Tx, o *ent.Order, reason string) error {
	return w.move(ctx, tx, o, order.StatusCANCELLED, reason)
}

func (w *Workflow) move(ctx context.Context, tx *ent.Tx, o *ent.Order, to order.Status, reason string) error {
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
	if to == order.StatusCANCELLED || to == order.StatusEXPIRED {
		if err := promotion.GiveBack(ctx, tx, w.db, o.ID); err != nil {
			return err
		}
	}
	if to == order.StatusPLACED {
		w.live.AfterCommit(tx, live.Placed)
	}
	return w.db.Together(ctx, tx, func(ctx context.Context) error {
		return w.Note(ctx, tx, o.ID, Event{Kind: kinds[to], Text: reason})
	})
}

// CompleteIfDone completes an order that is delivered and paid; any other stays as it is. Its caller holds the order,
// and calls it where either may have come true. Only a delivered order costs a statement.
func (w *Workflow) CompleteIfDone(ctx context.Context, tx *ent.Tx, o *ent.Order) error {
	if o.Status != order.StatusPLACED || o.Fulfilment != order.FulfilmentDELIVERED {
		return nil
	}
	payments, err := tx.Payment.Query().Where(payment.OrderID(o.ID)).All(viewer.AsSystem(ctx))
	if err != nil {
		return fmt.Errorf("read payments: %w", err)
	}
	var paid money.Minor
	for _, p := range payments {
		paid += p.CapturedAmount
	}
	if paid < o.TotalAmount {
		return nil
	}
	return w.Move(ctx, tx, o, order.StatusCOMPLETED, "")
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
			w.live.AfterCommit(tx, live.Stock(*l.VariantID))
			items = append(items, stock.Item{VariantID: *l.VariantID, Quantity: left})
		}
	}
	return stock.PutBack(ctx, tx, w.db, key, items)
}
