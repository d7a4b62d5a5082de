package graphtest

import (
	"encoding/json"
	"fmt"

	"galley/ent/order"
	"galley/ent/orderevent"
	"galley/ent/orderline"
	"galley/ent/payment"
)

// fulfilments makes a parcel of A2 and of B1, and writes their timelines: what a shopper sees, and a note for staff alone.
// Of B1 nothing is counted as sent, so that it can still be cancelled.
func (f *filler) fulfilments() {
	for _, number := range []string{"A2", "B1"} {
		o := f.Orders[number]
		parcel, err := f.tx.Fulfilment.Create().SetOrderID(o.ID).SetCarrier("DPD").SetTrackingNumber("1Z").Save(f)
		f.Fulfilments[number] = must(f, parcel, err)
		line, err := f.tx.OrderLine.Query().Where(orderline.OrderID(o.ID)).Only(f)
		must(f, line, err)
		inside, err := f.tx.FulfilmentLine.Create().SetFulfilmentID(parcel.ID).SetOrderLineID(line.ID).SetQuantity(line.Quantity).Save(f)
		must(f, inside, err)
		if number == "A2" {
			must(f, o, line.Update().SetFulfilled(line.Quantity).Exec(f))
			must(f, o, o.Update().SetFulfilment(order.FulfilmentFULFILLED).Exec(f))
		}
		paid, err := f.tx.Payment.Query().Where(payment.OrderID(o.ID)).Only(f)
		must(f, paid, err)
		sent := f.tx.OrderEvent.Create().SetOrderID(o.ID).SetKind(orderevent.KindFULFILLED).SetActorID(f.Users["staff"].ID).
			SetData(json.RawMessage(fmt.Sprintf(`{"fulfilment":"%d","payment":"%d","amount":100}`, parcel.ID, paid.ID)))
		must(f, o, sent.Exec(f))
		note := f.tx.OrderEvent.Create().SetOrderID(o.ID).SetKind(orderevent.KindNOTE).SetPublic(false).SetText("Rings twice")
		must(f, o, note.Exec(f))
	}
}
