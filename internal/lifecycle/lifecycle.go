// Package lifecycle takes orders from state to state: one table of what may follow what, one compare-and-set, one line
// of the timeline, one letter, and the pieces and promotions that go back where an order ends.
package lifecycle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/orderevent"
	"galley/internal/database"
	"galley/internal/job"
	"galley/internal/live"
	"galley/internal/viewer"
)

// ErrMoved says that an order is not in the state that it was thought to be in, or may not go where it was sent.
var ErrMoved = errors.New("lifecycle: the order is in another state")

// next is the table of what may become of an order.
var next = map[order.Status][]order.Status{
	order.StatusPENDING_PAYMENT: {order.StatusPLACED, order.StatusCANCELLED, order.StatusEXPIRED},
	order.StatusPLACED:          {order.StatusCOMPLETED, order.StatusCANCELLED},
	order.StatusCOMPLETED:       nil,
	order.StatusCANCELLED:       nil,
	order.StatusEXPIRED:         nil,
}

// May tells whether an order may go from one state to another.
func May(from, to order.Status) bool { return slices.Contains(next[from], to) }

// Workflow moves orders.
type Workflow struct {
	db   *database.DB
	jobs *job.Queue
	live *live.Broker
}

// New makes the workflow of a shop.
func New(db *database.DB, jobs *job.Queue, broker *live.Broker) *Workflow {
	return &Workflow{db: db, jobs: jobs, live: broker}
}

// Event is a line of the timeline.
type Event struct {
	Kind    orderevent.Kind
	Private bool // for staff alone
	Text    string
	Data    *Data
}

// Data is what a line of the timeline tells besides its kind. Amounts are minor units of the order's currency.
type Data struct {
	Amount     int64  `json:"amount,omitempty"`
	Payment    int64  `json:"payment,omitempty,string"`
	Fulfilment int64  `json:"fulfilment,omitempty,string"`
}

// DataOf is what a line of the timeline tells besides its kind; nothing where there is nothing.
func DataOf(e *ent.OrderEvent) (Data, error) {
	var d Data
	if len(e.Data) == 0 {
		return d, nil
	}
	if err := json.Unmarshal(e.Data, &d); err != nil {
		return d, fmt.Errorf("decode event: %w", err)
	}
	return d, nil
}

// Note writes a line of an order's timeline, asks for the letter that tells the shopper of it, if there is one, and
// tells subscribers. Staff who did it are named, shoppers are not.
func (w *Workflow) Note(ctx context.Context, tx *ent.Tx, orderID int64, e Event) error {
	create := tx.OrderEvent.Create().SetOrderID(orderID).SetKind(e.Kind).SetPublic(!e.Private).SetText(e.Text)
	if actor := viewer.Actor(ctx); actor.Kind == viewer.Staff {
		create.SetActorID(actor.UserID)
	}
	about := Letter{Order: orderID}
	if e.Data != nil {
		text, err := json.Marshal(e.Data)
		if err != nil {
			return fmt.Errorf("encode event: %w", err)
		}
		create.SetData(text)
		about.Fulfilment, about.Amount = e.Data.Fulfilment, e.Data.Amount
	}
	if err := create.Exec(viewer.AsSystem(ctx)); err != nil {
		return fmt.Errorf("note event: %w", err)
	}
	w.live.AfterCommit(tx, live.Order(orderID))
	if kind, ok := letters[e.Kind]; ok {
		return w.write(ctx, tx, kind, about)
	}
	return nil
}
