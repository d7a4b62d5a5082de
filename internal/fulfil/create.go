package fulfil

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/lib/pq"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/orderevent"
	"galley/ent/orderline"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/lifecycle"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// Create notes a parcel: pieces of an order that were sent together, all that is left unless told. Never more than was
// ordered is sent, whoever packs at once.
func (w *Workflow) Create(ctx context.Context, in CreateInput) (*database.Outcome, error) {
	tracking := tracking{in.Carrier, in.TrackingNumber, in.TrackingURL}.trimmed()
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		o, err := byStaff(ctx, tx, in.Order.KeyOf(nodeid.Order))
		if err != nil {
			return 0, err
		}
		if in.ExpectedVersion != nil && *in.ExpectedVersion != o.Version {
			return 0, fault.Changed()
		}
		system := viewer.AsSystem(ctx)
		lines, err := tx.OrderLine.Query().Where(orderline.OrderID(o.ID)).Order(orderline.ByPosition()).All(system)
		if err != nil {
			return 0, fmt.Errorf("read order lines: %w", err)
		}
		var c fault.Collector
		c.Add(o.Status == order.StatusPLACED, NotFulfillable, "Only what is placed, and not over, can be sent", "order")
		packed := in.pack(&c, lines)
		tracking.check(&c)
		if err := c.Err(); err != nil {
			return 0, err
		}
		return w.send(ctx, tx, o, lines, packed, tracking)
	})
}

// piece is so many pieces of an order line.
type piece struct {
	line     *ent.OrderLine
	quantity int
}

// pack finds out what is in the parcel.
func (in CreateInput) pack(c *fault.Collector, lines []*ent.OrderLine) (packed []piece) {
	if len(in.Lines) == 0 {
		for _, l := range lines {
			if left := l.Quantity - l.Fulfilled; left > 0 {
				packed = append(packed, piece{l, left})
			}
		}
		c.Add(len(packed) > 0, TooMany, "Nothing is left to be sent", "order")
		return packed
	}
	byKey := make(map[int64]*ent.OrderLine, len(lines))
	for _, l := range lines {
		byKey[l.ID] = l
	}
	for i, asked := range in.Lines {
		at, key := strconv.Itoa(i), asked.Line.KeyOf(nodeid.OrderLine)
		l := byKey[key]
		delete(byKey, key) // a line stands once
		switch {
		case l == nil:
			c.Add(false, Invalid, "This is no line of the order, or it stands here twice", "lines", at, "line")
		case asked.Quantity <= 0:
			c.Add(false, Invalid, "A parcel holds at least one piece of each of its lines", "lines", at, "quantity")
		case asked.Quantity > l.Quantity-l.Fulfilled:
			c.Add(false, TooMany, fmt.Sprintf("Only %d pieces are left to be sent", l.Quantity-l.Fulfilled), "lines", at, "quantity")
		default:
			packed = append(packed, piece{l, asked.Quantity})
		}
		if i == len(lines) {
			break // each further one is none, too: one complaint will do
		}
	}
	return packed
}

// send writes what was decided.
func (w *Workflow) send(ctx context.Context, tx *ent.Tx, o *ent.Order, lines []*ent.OrderLine, packed []piece, t tracking) (int64, error) {
	system := viewer.AsSystem(ctx)
	if err := w.take(ctx, tx, packed); err != nil {
		return 0, err
	}
	f, err := tx.Fulfilment.Create().SetOrderID(o.ID).SetCarrier(t.carrier).SetTrackingNumber(t.number).SetTrackingURL(t.url).Save(system)
	if err != nil {
		return 0, fmt.Errorf("create fulfilment: %w", err)
	}
	left := 0
	for _, l := range lines {
		left += l.Quantity - l.Fulfilled
	}
	rows := make([]*ent.FulfilmentLineCreate, len(packed))
	for i, p := range packed {
		rows[i] = tx.FulfilmentLine.Create().SetFulfilmentID(f.ID).SetOrderLineID(p.line.ID).SetQuantity(p.quantity)
		left -= p.quantity
	}
	if err := tx.FulfilmentLine.CreateBulk(rows...).Exec(system); err != nil {
		return 0, fmt.Errorf("create fulfilment lines: %w", err)
	}
	progress := order.FulfilmentPARTIAL
	if left == 0 {
		progress = order.FulfilmentFULFILLED
	}
	if err := tx.Order.Update().Where(order.ID(o.ID)).SetFulfilment(progress).AddVersion(1).Exec(system); err != nil {
		return 0, fmt.Errorf("update order: %w", err)
	}
	return f.ID, w.orders.Note(ctx, tx, o.ID, lifecycle.Event{Kind: orderevent.KindFULFILLED, Data: &lifecycle.Data{Fulfilment: f.ID}})
}

// take counts the pieces as sent, in one statement. The order is held, so that nobody sends any meanwhile; what is
// compared here would refuse them too.
func (w *Workflow) take(ctx context.Context, tx *ent.Tx, packed []piece) error {
	from, args := table(w.db, packed)
	result, err := tx.ExecContext(ctx, `UPDATE order_lines SET fulfilled = order_lines.fulfilled + p.quantity FROM `+from+`
WHERE order_lines.id = p.line AND order_lines.fulfilled + p.quantity <= order_lines.quantity`, args...)
	if err != nil {
		return fmt.Errorf("count pieces: %w", err)
	}
	n, err := result.RowsAffected()
	switch {
	case err != nil:
		return fmt.Errorf("count pieces: %w", err)
	case int(n) != len(packed):
		return fault.Changed()
	}
	return nil
}

// table is the pieces as a table p(line, quantity) of a statement whose text does not depend on how many there are.
func table(db *database.DB, packed []piece) (string, []any) {
	keys, quantities := make([]int64, len(packed)), make([]int64, len(packed))
	list := make([][2]int64, len(packed))
	for i, p := range packed {
		keys[i], quantities[i] = p.line.ID, int64(p.quantity)
		list[i] = [2]int64{keys[i], quantities[i]}
	}
	if db.Postgres() {
		return "unnest($1::bigint[], $2::bigint[]) AS p(line, quantity)", []any{pq.Array(keys), pq.Array(quantities)}
	}
	text, err := json.Marshal(list)
	if err != nil { // whole numbers always encode
		panic(err)
	}
	return "(SELECT value->>0 AS line, value->>1 AS quantity FROM json_each($1)) AS p", []any{string(text)}
}
