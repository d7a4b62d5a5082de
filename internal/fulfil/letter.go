package fulfil

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"galley/ent"
	"galley/ent/fulfilmentline"
	"galley/ent/order"
	"galley/ent/orderline"
	"galley/internal/job"
	"galley/internal/lifecycle"
	"galley/internal/mail"
	"galley/internal/money"
	"galley/internal/postal"
)

// templates are the words of the letters about orders, by the kind of job that asks for them.
var templates = map[string]mail.Template{
	lifecycle.LetterPlaced: mail.OrderPlaced, lifecycle.LetterCancelled: mail.OrderCancelled, lifecycle.LetterExpired: mail.OrderExpired,
	lifecycle.LetterShipped: mail.OrderShipped, lifecycle.LetterTracking: mail.OrderTracking,
	lifecycle.LetterDelivered: mail.OrderDelivered, lifecycle.LetterRefunded: mail.OrderRefunded,
}

// write makes the handler that writes a letter about an order to whoever ordered. One that has been anonymised
// meanwhile has nobody to write to.
func (w *Workflow) write(t mail.Template) job.Handler {
	return func(ctx context.Context, j job.Job) error {
		var about lifecycle.Letter
		if err := json.Unmarshal(j.Payload, &about); err != nil {
			return fmt.Errorf("read job: %w", err)
		}
		o, err := w.db.Client.Order.Query().Where(order.ID(about.Order)).Only(ctx)
		if ent.IsNotFound(err) || err == nil && o.Email == "" {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read order: %w", err)
		}
		lines, err := w.db.Client.OrderLine.Query().Where(orderline.OrderID(o.ID)).Order(orderline.ByPosition()).All(ctx)
		if err != nil {
			return fmt.Errorf("read order lines: %w", err)
		}
		d := data(o, lines)
		if about.Amount != 0 {
			d.Amount = money.Money{Amount: money.Minor(about.Amount), Currency: o.Currency}.String()
		}
		if about.Fulfilment != 0 {
			if err := w.addParcel(ctx, &d, about.Fulfilment, lines); err != nil {
				return err
			}
		}
		return w.tell(ctx, j, o, t, d)
	}
}

// tell sends a letter about an order, with the link that opens it.
func (w *Workflow) tell(ctx context.Context, j job.Job, o *ent.Order, t mail.Template, d mail.OrderData) (err error) {
	if d.Token, err = w.issue(ctx, o); err != nil {
		return err
	}
	l := mail.Letter{ID: j.Kind + "." + strconv.FormatInt(j.Key, 10), To: o.Email, Template: t, Data: d}
	if o.ShippingAddress != nil {
		l.Name = o.ShippingAddress.Name
	}
	if err := w.letters.Send(ctx, l); err != nil {
		return fmt.Errorf("send %s: %w", t, err)
	}
	return nil
}

// data is what a letter says about an order. What costs nothing is not worth a line.
func data(o *ent.Order, lines []*ent.OrderLine) mail.OrderData {
	amount := func(a money.Minor) string {
		if a == 0 {
			return ""
		}
		return money.Money{Amount: a, Currency: o.Currency}.String()
	}
	d := mail.OrderData{
		Number: o.Number, Discount: amount(-o.DiscountAmount), Delivery: amount(o.DeliveryAmount), DeliveryName: o.DeliveryName,
		Tax: amount(o.TaxAmount), TaxIncluded: o.TaxIncluded, Total: money.Money{Amount: o.TotalAmount, Currency: o.Currency}.String(),
	}
	for _, l := range lines {
		total := money.Money{Amount: l.TotalAmount, Currency: l.Currency}.String()
		d.Lines = append(d.Lines, mail.OrderLineData{Title: l.Title, Quantity: l.Quantity, Total: total})
	}
	if o.ShippingAddress != nil {
		d.ShipTo = written(*o.ShippingAddress)
	}
	return d
}

// addParcel tells of a parcel what is in it, and where it is to be looked for.
func (w *Workflow) addParcel(ctx context.Context, d *mail.OrderData, key int64, lines []*ent.OrderLine) error {
	f, err := w.db.Client.Fulfilment.Get(ctx, key)
	if err != nil {
		return fmt.Errorf("read fulfilment: %w", err)
	}
	d.Parcel = mail.ParcelData{Carrier: f.Carrier, Number: f.TrackingNumber, URL: f.TrackingURL}
	packed, err := w.db.Client.FulfilmentLine.Query().Where(fulfilmentline.FulfilmentID(key)).All(ctx)
	if err != nil {
		return fmt.Errorf("read fulfilment lines: %w", err)
	}
	quantities := make(map[int64]int, len(packed))
	for _, p := range packed {
		quantities[p.OrderLineID] = p.Quantity
	}
	for _, l := range lines {
		if n := quantities[l.ID]; n > 0 {
			d.Parcel.Lines = append(d.Parcel.Lines, mail.OrderLineData{Title: l.Title, Quantity: n})
		}
	}
	return nil
}

// written is an address as it stands on a parcel.
func written(a postal.Address) (lines []string) {
	town := strings.TrimSpace(a.City + " " + a.PostalCode)
	for _, line := range []string{a.Name, a.Company, a.Line1, a.Line2, town, a.Region, a.Country} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
